import * as v from 'valibot';
import type { Operation } from './operation.ts';
import { Analysis, Capture, Finding, Inspection, Review } from './records.ts';

const schemas = {
  inspection: Inspection,
  capture: Capture,
  analysis: Analysis,
  finding: Finding,
  review: Review,
} as const satisfies Record<Operation['entity'], unknown>;

/** The ids of other records that a record holds. */
export const PARENTS = {
  inspection: {},
  capture: { inspectionId: 'inspection' },
  analysis: { inspectionId: 'inspection', captureId: 'capture' },
  finding: { inspectionId: 'inspection', captureId: 'capture' },
  review: { inspectionId: 'inspection', findingId: 'finding' },
} as const satisfies Record<Operation['entity'], Readonly<Record<string, Operation['entity']>>>;

type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with an operation's fields, each by itself; undefined where nothing is. null removes a field. */
export function wrongField({ entity, fields }: Pick<Operation, 'entity' | 'fields'>): string | undefined {
  const entries: Readonly<Record<string, v.GenericSchema>> = schemas[entity].entries;
  for (const [name, value] of Object.entries(fields)) {
    const schema = Object.hasOwn(entries, name) ? entries[name] : undefined;
    if (!schema || name === 'id' || name === 'schemaV') return `${entity} has no field ${name}`;
    if (value === null && schema.type === 'optional') continue;
    const parsed = v.safeParse(schema, value);
    if (!parsed.success) return `${name}: ${v.summarize(parsed.issues)}`;
  }
  return undefined;
}

/** What is wrong with a whole record; undefined where nothing is. */
export function wrongRecord(entity: Operation['entity'], record: Fields): string | undefined {
  const parsed = v.safeParse(schemas[entity], record);
  return parsed.success ? undefined : v.summarize(parsed.issues);
}
