import type { Operation } from '../contract/operation.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import { parseClock } from '../domain/hybrid-clock.ts';

/** A value with the server version it came at; its clock also says which device wrote it. */
export interface Register {
  readonly value: unknown;
  readonly version: number;
  readonly hlc: string;
}

export interface Deletion extends Omit<Register, 'value'> {
  /** Field versions that the deleting device had seen. */
  readonly base: Operation['base'];
}

/**
 * A record as a server keeps it. A field holds every value that no later writer had seen, so that nothing
 * a person entered goes, and every order of arrival ends in the same record. Deletions stay for at least
 * 180 days.
 */
export interface MergedRecord {
  readonly entity: Operation['entity'];
  readonly id: string;
  readonly fields: Readonly<Record<string, readonly Register[]>>;
  readonly deletions: readonly Deletion[];
}

/** Facts: the first value stands, others are kept beside it. */
const IMMUTABLE: readonly Operation['entity'][] = ['capture', 'analysis', 'review'];

/** Puts an operation into a record at server version `version`, which grows with every operation. */
export function mergeOperation(
  record: MergedRecord | undefined,
  operation: Operation,
  version: number,
): MergedRecord {
  const { entity, id, kind, hlc, base } = operation;
  const before = record ?? { entity, id, fields: {}, deletions: [] };
  if (kind === 'delete') {
    const others = before.deletions.filter((deletion) => deviceOf(deletion) !== deviceOf(operation));
    return { ...before, deletions: [...others, { version, hlc, base }] };
  }
  const written = Object.entries(operation.fields).map(([field, value]) => {
    const unseen = (before.fields[field] ?? []).filter((register) => isUnseen(register, field, operation));
    return [field, [...unseen, { value, version, hlc }]] as const;
  });
  // Whoever writes after having seen a deletion takes it back: undo on the same device, or on another.
  const deletions = before.deletions.filter((deletion) => isUnseen(deletion, '*', operation));
  return { ...before, fields: { ...before.fields, ...Object.fromEntries(written) }, deletions };
}

/** The value that shows; undefined when the field was never written or was removed. */
export function shown({ entity, fields }: MergedRecord, field: string): unknown {
  const registers = [...(fields[field] ?? [])].sort((a, b) => (a.hlc < b.hlc ? -1 : 1));
  if (IMMUTABLE.includes(entity)) return registers[0]?.value ?? undefined;
  const verdicts = isVerdictField(entity, field) ? registers.filter(isVerdict) : [];
  return (verdicts.at(-1) ?? registers.at(-1))?.value ?? undefined;
}

/** Values that do not show, with when and by whom they were written. */
export function hidden(record: MergedRecord, field: string): readonly Register[] {
  const visible = text(shown(record, field));
  return (record.fields[field] ?? []).filter(({ value }) => text(value) !== visible);
}

/** People judged a finding differently without having seen each other: both verdicts are shown. */
export function isDisputed({ entity, fields }: MergedRecord): boolean {
  const verdicts = (fields['state'] ?? []).filter(isVerdict).map(({ value }) => value);
  return entity === 'finding' && new Set(verdicts).size > 1;
}

/** Deleted; but never a finding that a person judged without the deleting device knowing. */
export function isDeleted({ entity, fields, deletions }: MergedRecord): boolean {
  if (deletions.length === 0) return false;
  const verdicts = entity === 'finding' ? (fields['state'] ?? []).filter(isVerdict) : [];
  return !verdicts.some((verdict) => deletions.some((deletion) => isUnseen(verdict, 'state', deletion)));
}

/** Edited by a device that did not know of the deletion, or the other way round: a person has to look. */
export function isEditedAfterDelete({ fields, deletions }: MergedRecord): boolean {
  return Object.entries(fields).some(([field, registers]) =>
    registers.some((register) => deletions.some((deletion) => isUnseen(register, field, deletion))),
  );
}

/** Written by another device, at a version that the writer of `by` had not seen. */
function isUnseen(
  { version, hlc }: Pick<Register, 'version' | 'hlc'>,
  field: string,
  by: Pick<Operation, 'hlc' | 'base'>,
): boolean {
  return deviceOf({ hlc }) !== deviceOf(by) && version > (by.base[field] ?? 0);
}

const isVerdictField = (entity: Operation['entity'], field: string): boolean =>
  entity === 'finding' && field === 'state';
/** A model proposes; every other state is a person's. */
const isVerdict = ({ value }: Register): boolean => value !== 'proposed';
const deviceOf = ({ hlc }: Pick<Register, 'hlc'>): string => parseClock(hlc)?.device ?? hlc;
const text = (value: unknown): string => canonicalJson(value ?? null);
