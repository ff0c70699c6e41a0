import type { Inspection } from '../../core/contract/records.ts';
import type { InspectionSummary } from './inspection-store.ts';
import type { ReadTransaction } from './records.ts';
import type { StoreParts } from './store-parts.ts';
import type { TypedRows } from './typed-rows.ts';

/** Newest first, in one transaction so that the counts agree with each other. */
export async function summarise({ records, rows }: StoreParts): Promise<InspectionSummary[]> {
  return records.read(['inspections', 'captures', 'analyses', 'findings'], async (read) => {
    const inspections = rows.many('inspections', await read.all('inspections'));
    const newestFirst = inspections.sort((a, b) => b.updatedAt - a.updatedAt);
    return Promise.all(newestFirst.map((inspection) => summaryOf(read, rows, inspection)));
  });
}

async function summaryOf(
  read: ReadTransaction,
  rows: TypedRows,
  inspection: Inspection,
): Promise<InspectionSummary> {
  const { id } = inspection;
  const [captures, analyses, findings, proposed, first] = await Promise.all([
    read.countBy('captures', 'inspection', id),
    read.allBy('analyses', 'inspection', id),
    read.countBy('findings', 'inspection', id),
    read.countBy('findings', 'state', [id, 'proposed']),
    read.firstBy('captures', 'time', id),
  ]);
  const analysed = new Set(rows.many('analyses', analyses).map((analysis) => analysis.captureId));
  return {
    inspection,
    captures,
    analysed: analysed.size,
    findings,
    judged: findings - proposed,
    coverCaptureId: rows.one('captures', first)?.id,
  };
}
