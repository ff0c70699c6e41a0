import * as v from 'valibot';
import type { ServerRow } from '../../core/contract/sync.ts';
import { Analysis, Capture, Finding, Inspection, Review } from '../../core/contract/records.ts';
import type { Feedback } from '../../core/feedback/dataset.ts';
import { serverRow } from '../../core/sync-rules/server-row.ts';
import type { Database } from '../repositories/database.ts';
import { recordsAfter } from '../repositories/records.ts';

const PAGE = 500;

export interface AllRecords extends Feedback {
  readonly inspections: readonly Inspection[];
}

/** Every record of a tenant as it shows, deleted ones left out. One page a transaction, so that nobody waits. */
export async function allRecords(database: Database, tenant: string): Promise<AllRecords> {
  const rows: ServerRow[] = [];
  for (let after = 0; ;) {
    const from = after;
    const page = await database.read((sql) => recordsAfter(sql, tenant, from, PAGE));
    rows.push(...page.map(({ merged }) => serverRow(merged)).filter(({ isDeleted }) => !isDeleted));
    after = page.at(-1)?.changeNumber ?? after;
    if (page.length < PAGE) break;
  }
  const inspections = parsed(rows, 'inspection', Inspection).filter(({ demo }) => !demo);
  const known = new Set<string>(inspections.map(({ id }) => id));
  const isOwned = ({ inspectionId }: { readonly inspectionId: string }): boolean => known.has(inspectionId);
  return {
    inspections,
    captures: parsed(rows, 'capture', Capture).filter(isOwned),
    analyses: parsed(rows, 'analysis', Analysis).filter(isOwned),
    findings: parsed(rows, 'finding', Finding).filter(isOwned),
    reviews: parsed(rows, 'review', Review).filter(isOwned),
  };
}

/** A record that changed while it was read comes twice; the later one counts. */
function parsed<Schema extends v.GenericSchema>(
  rows: readonly ServerRow[],
  entity: ServerRow['entity'],
  schema: Schema,
): v.InferOutput<Schema>[] {
  const byId = new Map<string, v.InferOutput<Schema>>();
  for (const row of rows) {
    if (row.entity !== entity) continue;
    byId.set(row.id, v.parse(schema, { ...row.fields, id: row.id, schemaV: 1 }));
  }
  return [...byId.values()];
}
