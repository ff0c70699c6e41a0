import type { InspectionStatus } from '../../../core/contract/records.ts';
import type { InspectionSummary } from '../../storage/inspection-store.ts';

export type StatusFilter = InspectionStatus | 'all';
export type SortKey = 'changed' | 'asset' | 'site' | 'status' | 'open';

export interface DeskFilter {
  readonly status: StatusFilter;
  readonly site: string;
  /** Words that all have to be somewhere in title, site, asset, campaign or inspector. */
  readonly search: string;
  readonly sort: SortKey;
}

export const NO_FILTER: DeskFilter = { status: 'all', site: '', search: '', sort: 'changed' };

/** What waits for the office first, then what waits for the technician, then what is done. */
export const STATUS_ORDER: readonly InspectionStatus[] = [
  'received',
  'has-issues',
  'rejected',
  'finalised',
  'draft',
  'approved',
];

export const openFindings = ({ findings, judged }: InspectionSummary): number => findings - judged;

/** The summaries that a filter leaves, in its order; equal ones stay as they came. */
export function deskRows(
  summaries: readonly InspectionSummary[],
  { status, site, search, sort }: DeskFilter,
): readonly InspectionSummary[] {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return summaries
    .filter(({ inspection }) => status === 'all' || inspection.status === status)
    .filter(({ inspection }) => site === '' || inspection.site === site)
    .filter((summary) => words.every((word) => textOf(summary).includes(word)))
    .toSorted(ORDERS[sort]);
}

/** How many inspections have each status. */
export function countByStatus(
  summaries: readonly InspectionSummary[],
): Readonly<Partial<Record<InspectionStatus, number>>> {
  const counts: Partial<Record<InspectionStatus, number>> = {};
  for (const { inspection } of summaries) counts[inspection.status] = (counts[inspection.status] ?? 0) + 1;
  return counts;
}

export const sitesOf = (summaries: readonly InspectionSummary[]): readonly string[] =>
  [...new Set(summaries.map(({ inspection }) => inspection.site))].filter(Boolean).toSorted();

const textOf = ({ inspection: { title, site, asset, campaign, inspector } }: InspectionSummary): string =>
  [title, site, asset.tag, asset.model, asset.serial, campaign, inspector].join(' ').toLocaleLowerCase();

type Order = (a: InspectionSummary, b: InspectionSummary) => number;
const byText =
  (text: (summary: InspectionSummary) => string): Order =>
  (a, b) =>
    text(a).localeCompare(text(b), undefined, { numeric: true });

const ORDERS: Readonly<Record<SortKey, Order>> = {
  changed: (a, b) => b.inspection.updatedAt - a.inspection.updatedAt,
  asset: byText(({ inspection }) => inspection.asset.tag),
  site: byText(({ inspection }) => inspection.site),
  status: (a, b) => STATUS_ORDER.indexOf(a.inspection.status) - STATUS_ORDER.indexOf(b.inspection.status),
  open: (a, b) => openFindings(b) - openFindings(a),
};
