import type { Conflict, Rival, ServerRow } from '../contract/sync.ts';
import { parseClock } from '../domain/hybrid-clock.ts';
import {
  hidden,
  isDeleted,
  isDisputed,
  isEditedAfterDelete,
  shown,
  type MergedRecord,
  type Register,
} from './merge.ts';

/** Written with every change, of no meaning to people: the latest stands, and nobody is asked. */
const BOOKKEEPING: readonly string[] = ['updatedAt'];

/** A record as devices are told of it. */
export function serverRow(record: MergedRecord): ServerRow {
  const names = Object.keys(record.fields);
  const values = names
    .map((name) => [name, shown(record, name)] as const)
    .filter(([, value]) => value !== undefined);
  const conflict = conflictOf(record);
  return {
    entity: record.entity,
    id: record.id,
    fields: Object.fromEntries(values),
    versions: versionsOf(record, (name) => rivalsTo(record, name).length > 0),
    isDeleted: isDeleted(record),
    ...(conflict && { conflict }),
  };
}

/**
 * Field versions that a device has seen who was shown this record. Where rivals stand, the versions from
 * before them: whoever goes on editing without looking at them must not be taken to have settled it.
 */
function versionsOf(
  { fields, deletions }: MergedRecord,
  hasRivals: (name: string) => boolean,
): Record<string, number> {
  const versions = Object.entries(fields).map(([name, registers]) => {
    const all = registers.map(({ version }) => version);
    return [name, hasRivals(name) ? Math.min(...all) - 1 : Math.max(...all)] as const;
  });
  const deleted = deletions.map(({ version }) => version);
  return { ...Object.fromEntries(versions), ...(deleted.length > 0 && { '*': Math.max(...deleted) }) };
}

/** What a person has to look at in a record; undefined where there is nothing. */
export function conflictOf(record: MergedRecord): Conflict | undefined {
  const rivals = Object.keys(record.fields)
    .filter((name) => rivalsTo(record, name).length > 0)
    .map((name) => [name, rivalsOf(record, name)] as const);
  const fields = Object.fromEntries(rivals);
  const seen = versionsOf(record, () => false);
  if (isEditedAfterDelete(record)) return { kind: 'edited-after-delete', fields, seen };
  if (rivals.length === 0) return undefined;
  return { kind: isDisputed(record) ? 'disputed' : 'fields', fields, seen };
}

const rivalsTo = (record: MergedRecord, name: string): readonly Register[] =>
  BOOKKEEPING.includes(name) ? [] : hidden(record, name);

function rivalsOf(record: MergedRecord, name: string): Rival[] {
  const others = rivalsTo(record, name);
  const visible = (record.fields[name] ?? []).filter((register) => !others.includes(register));
  return [...visible.slice(-1), ...others].map(asRival);
}

function asRival({ value, version, hlc }: Register): Rival {
  const clock = parseClock(hlc);
  return { value, version, at: clock?.wall ?? 0, device: clock?.device ?? '' };
}
