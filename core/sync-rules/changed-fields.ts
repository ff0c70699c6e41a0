import { canonicalJson } from '../domain/canonical-json.ts';

type Fields = Readonly<Record<string, unknown>>;
/** Told by the operation itself. */
const OUTSIDE: readonly string[] = ['id', 'schemaV'];

/**
 * What an operation carries: every field of a new record, only what differs of a known one. null says
 * that a field was removed; no record holds null itself.
 */
export function changedFields(after: Fields, before: Fields = {}): Fields {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...names].filter(
    (name) => !OUTSIDE.includes(name) && text(after[name]) !== text(before[name]),
  );
  return Object.fromEntries(changed.map((name) => [name, after[name] ?? null]));
}

const text = (value: unknown): string => canonicalJson(value ?? null);
