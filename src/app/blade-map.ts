import type { BladeSide, Capture, ComponentPosition, Finding } from '../../core/contract/records.ts';

export const BLADES = ['A', 'B', 'C'] as const satisfies readonly ComponentPosition[];
export const SIDES = [
  'leading-edge',
  'pressure',
  'suction',
  'trailing-edge',
] as const satisfies readonly BladeSide[];

export interface SideCount {
  readonly side: BladeSide;
  readonly photos: number;
  readonly findings: number;
}

export interface BladeMark {
  readonly finding: Finding;
  /** 0 at the root, 1 at the tip. */
  readonly along: number;
}

export interface BladeRow {
  readonly blade: ComponentPosition;
  readonly photos: number;
  readonly findings: number;
  readonly sides: readonly SideCount[];
  /** Findings whose distance from the root is known. */
  readonly marks: readonly BladeMark[];
}

/** Rejected findings are no damage and are not drawn. */
const counts = ({ state }: Finding): boolean => state !== 'rejected';

/** What is known of each blade. A distance is used only where it was measured: none is guessed. */
export function bladeRows(
  captures: readonly Capture[],
  findings: readonly Finding[],
  bladeLengthM: number | undefined,
): readonly BladeRow[] {
  return BLADES.map((blade) => {
    const photos = captures.filter(({ place }) => place.component === blade);
    const found = findings.filter((finding) => counts(finding) && finding.place.component === blade);
    const sides = SIDES.map((side) => ({
      side,
      photos: photos.filter(({ place }) => place.side === side).length,
      findings: found.filter(({ place }) => place.side === side).length,
    }));
    return { blade, photos: photos.length, findings: found.length, sides, marks: marks(found, bladeLengthM) };
  });
}

function marks(findings: readonly Finding[], bladeLengthM: number | undefined): readonly BladeMark[] {
  if (!bladeLengthM) return [];
  return findings.flatMap((finding) => {
    const { fromRootM, toRootM } = finding.place;
    if (fromRootM === undefined) return [];
    const middle = (fromRootM + (toRootM ?? fromRootM)) / 2;
    return [{ finding, along: Math.min(1, Math.max(0, middle / bladeLengthM)) }];
  });
}
