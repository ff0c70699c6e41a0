import type { Finding } from '../../../core/contract/records.ts';
import type { InspectionRecords } from './field-record.svelte.ts';

/** One damage over two campaigns: seen in both, only before, or only now. */
export interface FindingPair {
  readonly earlier: Finding | undefined;
  readonly later: Finding | undefined;
}

export interface AssetCampaigns {
  readonly key: string;
  readonly tag: string;
  readonly site: string;
  /** The latest first. */
  readonly inspections: readonly InspectionRecords[];
}

/** Assets that were inspected more than once. */
export function assetsWithCampaigns(all: readonly InspectionRecords[]): readonly AssetCampaigns[] {
  const groups = new Map<string, InspectionRecords[]>();
  for (const one of all) {
    const { asset } = one.inspection;
    const key = `${asset.type} ${asset.tag.trim().toLocaleLowerCase()}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups]
    .filter(([, own]) => own.length > 1)
    .map(([key, own]) => {
      const inspections = own.toSorted((a, b) => b.inspection.createdAt - a.inspection.createdAt);
      const [latest] = inspections;
      return {
        key,
        tag: latest?.inspection.asset.tag ?? '',
        site: latest?.inspection.site ?? '',
        inspections,
      };
    })
    .toSorted((a, b) => a.tag.localeCompare(b.tag, undefined, { numeric: true }));
}

/** Findings of two campaigns, linked as people linked them; what was rejected is left out. */
export function pairsOf(earlier: InspectionRecords, later: InspectionRecords): readonly FindingPair[] {
  const real = ({ findings }: InspectionRecords) => findings.filter(({ state }) => state !== 'rejected');
  const before = new Map<string, Finding>(real(earlier).map((finding) => [finding.id, finding]));
  const linked = new Set<string>();
  const now = real(later).map((finding): FindingPair => {
    const former = finding.previousFindingId && before.get(finding.previousFindingId);
    if (former) linked.add(former.id);
    return { earlier: former || undefined, later: finding };
  });
  const gone = [...before.values()].filter(({ id }) => !linked.has(id));
  const first = ({ earlier: one, later: other }: FindingPair) => (one && other ? 0 : other ? 1 : 2);
  return [...now, ...gone.map((finding) => ({ earlier: finding, later: undefined }))].toSorted(
    (a, b) => first(a) - first(b),
  );
}
