import type { InspectionId } from '../../../core/contract/ids.ts';
import type { Review } from '../../../core/contract/records.ts';
import type { InspectionStore } from '../../storage/inspection-store.ts';
import type { ReportInput } from './report-input.ts';

export type ReportSource = Pick<
  InspectionStore,
  'inspection' | 'captures' | 'analyses' | 'findings' | 'reviews' | 'photo' | 'thumbnail'
>;

export type ReportRecords = Pick<
  ReportInput,
  'inspection' | 'captures' | 'analyses' | 'findings' | 'reviews' | 'photo' | 'thumbnail'
>;

/** What a report takes from the store; undefined for an unknown inspection. */
export async function reportRecords(
  store: ReportSource,
  id: InspectionId,
): Promise<ReportRecords | undefined> {
  const inspection = await store.inspection(id);
  if (!inspection) return undefined;
  const [captures, analyses, findings] = await Promise.all([
    store.captures(id),
    store.analyses(id),
    store.findings(id),
  ]);
  const reviews: Review[] = [];
  // Only what was judged has reviews; most of a big day was not.
  for (const finding of findings) {
    if (finding.state !== 'proposed') reviews.push(...(await store.reviews(finding.id)));
  }
  return {
    inspection,
    captures,
    analyses,
    findings,
    reviews,
    photo: (captureId) => store.photo(captureId),
    thumbnail: (captureId) => store.thumbnail(captureId),
  };
}
