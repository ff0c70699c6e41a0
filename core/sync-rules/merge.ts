import type { Operation } from '../contract/operation.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import { parseClock } from '../domain/hybrid-clock.ts';

interface Written {
  /** Of the server, when it came. */
  readonly version: number;
  /** Also says which device wrote it. */
  readonly hlc: string;
  /** The operation that wrote it; absent where that does not tell what it replaces. */
  readonly opId?: string | undefined;
}

export interface Register extends Written {
  readonly value: unknown;
  /** Operations whose values it replaced before they came, the last few. */
  readonly replaced?: readonly string[] | undefined;
}

export interface Deletion extends Written {
  /** Field versions that the deleting device had seen, and what it had written itself. */
  readonly base: Operation['base'];
  readonly over?: Operation['over'];
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

/** What a merge looks at of an operation. */
export type Change = Pick<Operation, 'entity' | 'id' | 'kind' | 'fields' | 'base' | 'hlc'> &
  Partial<Pick<Operation, 'opId' | 'over'>>;

/** Facts: the first value stands, others are kept beside it. */
const IMMUTABLE: readonly Operation['entity'][] = ['capture', 'analysis', 'review'];

/** A field of which more than so many operations come late, each after the one that replaced it, asks a person. */
const MOST_REPLACED = 8;

/** Puts an operation into a record at server version `version`, which grows with every operation. */
export function mergeOperation(
  record: MergedRecord | undefined,
  operation: Change,
  version: number,
): MergedRecord {
  const { entity, id, kind, hlc, base, over } = operation;
  const before = record ?? { entity, id, fields: {}, deletions: [] };
  const written: Written = { version, hlc, ...(over && { opId: operation.opId }) };
  if (kind === 'delete') {
    // One that its maker has seen is said again: what was edited beside it has been looked at.
    const others = before.deletions.filter((deletion) => isUnseen(deletion, '*', operation));
    return { ...before, deletions: [...others, { ...written, base, ...(over && { over }) }] };
  }
  const fields = Object.entries(operation.fields).map(([field, value]) => {
    return [field, replacedBy(before.fields[field] ?? [], operation, field, { value, ...written })] as const;
  });
  // Whoever writes after having seen a deletion takes it back: undo on the same device, or on another.
  const deletions = before.deletions.filter((deletion) => isUnseen(deletion, '*', operation));
  return { ...before, fields: { ...before.fields, ...Object.fromEntries(fields) }, deletions };
}

/** What stands of a field after an operation. */
function replacedBy(
  registers: readonly Register[],
  operation: Change,
  field: string,
  written: Register,
): readonly Register[] {
  const unseen = registers.filter((register) => isUnseen(register, field, operation));
  // As when a server that fell back to a backup is sent again what it lost, after what was built on it.
  if (unseen.some(({ replaced }) => replaced?.includes(operation.opId ?? ''))) return unseen;
  const gone = registers.filter((register) => !unseen.includes(register));
  const over = operation.over?.[field];
  const isToCome = over !== undefined && !gone.some(({ opId }) => opId === over);
  const replaced = [...gone.flatMap((register) => register.replaced ?? []), ...(isToCome ? [over] : [])];
  const last = replaced.slice(-MOST_REPLACED);
  return [...unseen, { ...written, ...(last.length > 0 && { replaced: last }) }];
}

/** The value that shows; undefined when the field was never written or was removed. */
export function shown({ entity, fields }: MergedRecord, field: string): unknown {
  const all = fields[field] ?? [];
  // Nearly always; thousands of records are shown at a time.
  if (all.length === 1) return all[0]?.value ?? undefined;
  const registers = [...all].sort((a, b) => (a.hlc < b.hlc ? -1 : 1));
  if (IMMUTABLE.includes(entity)) return registers[0]?.value ?? undefined;
  const verdicts = isVerdictField(entity, field) ? registers.filter(isVerdict) : [];
  return (verdicts.at(-1) ?? registers.at(-1))?.value ?? undefined;
}

/** Values that do not show, with when and by whom they were written. */
export function hidden(record: MergedRecord, field: string): readonly Register[] {
  const registers = record.fields[field] ?? [];
  if (registers.length < 2) return [];
  const visible = text(shown(record, field));
  return registers.filter(({ value }) => text(value) !== visible);
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

/**
 * At a version that the writer of `by` had not seen, and nothing that it says to replace. What an older app wrote
 * does not say so: what the same device wrote earlier was replaced.
 */
function isUnseen(
  { version, hlc, opId }: Written,
  field: string,
  by: Pick<Operation, 'hlc' | 'base' | 'over'>,
): boolean {
  if (version <= (by.base[field] ?? 0)) return false;
  if (by.over && opId !== undefined) return by.over[field] !== opId;
  return deviceOf({ hlc }) !== deviceOf(by) || hlc > by.hlc;
}

const isVerdictField = (entity: Operation['entity'], field: string): boolean =>
  entity === 'finding' && field === 'state';
/** A model proposes; every other state is a person's. */
const isVerdict = ({ value }: Register): boolean => value !== 'proposed';
const deviceOf = ({ hlc }: Pick<Register, 'hlc'>): string => parseClock(hlc)?.device ?? hlc;
const text = (value: unknown): string => canonicalJson(value ?? null);
