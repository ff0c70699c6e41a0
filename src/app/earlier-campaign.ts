import type { Capture, CapturePlace, Finding, Inspection } from '../../core/contract/records.ts';
import type { Size } from '../../core/contract/geometry.ts';
import type { InspectionStore } from '../storage/inspection-store.ts';

/** The inspections of the same asset that were made before this one, the latest first. */
export function earlierCampaigns(
  all: readonly Inspection[],
  { id, asset, createdAt, demo }: Inspection,
): readonly Inspection[] {
  const same = (tag: string) => tag.trim().toLocaleLowerCase() === asset.tag.trim().toLocaleLowerCase();
  return all
    .filter(
      (other) =>
        other.id !== id &&
        other.demo === demo &&
        other.createdAt < createdAt &&
        other.asset.type === asset.type &&
        same(other.asset.tag),
    )
    .toSorted((a, b) => b.createdAt - a.createdAt);
}

/** Metres that count for as much as another side of the same blade. */
const SIDE_M = 20;
const OTHER_BLADE_M = 1000;

/**
 * How far apart two photos were taken, in metres along the blade; another blade or side counts as far away, and
 * a place that is not known as neither near nor far.
 */
export function farness(a: CapturePlace, b: CapturePlace): number {
  const differs = (one: string | undefined, other: string | undefined, by: number): number =>
    one === other ? 0 : one === undefined || other === undefined ? by / 2 : by;
  const [from, to] = [middle(a), middle(b)];
  const along = from === undefined || to === undefined ? SIDE_M / 2 : Math.abs(from - to);
  return along + differs(a.component, b.component, OTHER_BLADE_M) + differs(a.side, b.side, SIDE_M);
}

const middle = ({ fromRootM: from, toRootM: to }: CapturePlace): number | undefined =>
  from === undefined ? to : (from + (to ?? from)) / 2;

export interface EarlierPhoto {
  readonly capture: Capture;
  readonly photo: Size | undefined;
  /** What was not rejected. */
  readonly findings: readonly Finding[];
}

export interface EarlierCampaign {
  readonly inspection: Inspection;
  readonly photos: readonly EarlierPhoto[];
}

/** The latest earlier campaign that has photos; undefined where there is none on this device. */
export async function readEarlierCampaign(
  store: Pick<InspectionStore, 'inspections' | 'captures' | 'findings' | 'analyses'>,
  inspection: Inspection,
): Promise<EarlierCampaign | undefined> {
  const summaries = await store.inspections();
  const withPhotos = summaries.filter(({ captures }) => captures > 0).map((one) => one.inspection);
  const [earlier] = earlierCampaigns(withPhotos, inspection);
  if (!earlier) return undefined;
  const [captures, findings, analyses] = await Promise.all([
    store.captures(earlier.id),
    store.findings(earlier.id),
    store.analyses(earlier.id),
  ]);
  const sizes = new Map(analyses.map(({ captureId, photo }) => [captureId, photo]));
  return {
    inspection: earlier,
    photos: captures.map((capture) => ({
      capture,
      photo: sizes.get(capture.id) ?? capture.size,
      findings: findings.filter(({ captureId, state }) => captureId === capture.id && state !== 'rejected'),
    })),
  };
}
