import type { PushResult, SentOperation } from '../../core/contract/sync.ts';
import { clampClock, parseClock, formatClock } from '../../core/domain/hybrid-clock.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { objection, objectionAfter } from '../../core/sync-rules/check-operation.ts';
import { mergeOperation, shown, type MergedRecord } from '../../core/sync-rules/merge.ts';
import type { Identity } from './identity.ts';
import { handedOver } from './sign-off-standing.ts';
import type { TouchedRecords } from './touched-records.ts';

/** A device's clock may run ahead of ours by so much before ties stop following it. */
const MOST_AHEAD_MS = 5 * 60 * 1000;

type Refusal = { readonly kind: 'refused'; readonly detail: string };

export interface MergedOne {
  readonly result: PushResult['result'];
  /** That the record belongs to. */
  readonly inspectionId: string | undefined;
}

/** Merges an operation into its record, or says why it is refused. */
export async function mergeOne(
  records: TouchedRecords,
  device: Identity['device'],
  sent: SentOperation,
  changeNumber: number,
  now: number,
): Promise<Outcome<MergedOne, Refusal>> {
  const hlc = trustedClock(sent.hlc, device, now);
  if (hlc === undefined) return fail({ kind: 'refused', detail: 'its clock cannot be read' });
  const before = await records.get(sent.entity, sent.id);
  const detail = await objection(sent, (entity, id) => records.get(entity, id), before);
  if (detail !== undefined) return fail({ kind: 'refused', detail });
  const operation = { ...sent, hlc, state: 'pending' as const, tries: 0, nextAt: 0 };
  const merged = mergeOperation(before, handedOver(operation, before, changeNumber), changeNumber);
  const wrong = objectionAfter(merged);
  if (wrong !== undefined) return fail({ kind: 'refused', detail: wrong });
  const hasConflict = records.keep(merged, changeNumber);
  const owner = sent.entity === 'inspection' ? sent.id : shown(merged, 'inspectionId');
  return succeed({
    result: resultOf(merged, sent, hasConflict),
    inspectionId: typeof owner === 'string' ? owner : undefined,
  });
}

/** Names the device that is known to have sent it, whatever it calls itself, and never lies far ahead. */
function trustedClock(hlc: string, device: string, now: number): string | undefined {
  const clamped = clampClock(hlc, now, MOST_AHEAD_MS);
  const reading = clamped === undefined ? undefined : parseClock(clamped);
  return reading && formatClock({ ...reading, device: `${device}/${reading.device}` });
}

/** merged: others had written the same fields unseen, and what stands is settled by rule. */
function resultOf(
  merged: MergedRecord,
  { fields }: SentOperation,
  hasConflict: boolean,
): PushResult['result'] {
  if (hasConflict) return 'conflict';
  const isShared = Object.keys(fields).some((name) => (merged.fields[name] ?? []).length > 1);
  return isShared ? 'merged' : 'applied';
}
