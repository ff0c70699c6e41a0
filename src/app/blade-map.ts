import type {
  BladeSide,
  Capture,
  CleanSide,
  ComponentPosition,
  Finding,
} from '../../core/contract/records.ts';

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
  /** Photographed, every finding judged and none confirmed: a person may say that no damage is seen. */
  readonly maybeClean: boolean;
  /** Who said so. */
  readonly clean: CleanSide | undefined;
}

export interface BladeMark {
  /** The gravest of those that lie here, or the first where none has a severity. */
  readonly finding: Finding;
  readonly count: number;
  /** 0 at the root, 1 at the tip. */
  readonly along: number;
}

/** Marks closer than this share of the blade would cover each other. */
const NEAR = 0.05;

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
  cleanSides: readonly CleanSide[] = [],
): readonly BladeRow[] {
  return BLADES.map((blade) => {
    const photos = captures.filter(({ place }) => place.component === blade);
    const found = findings.filter((finding) => counts(finding) && finding.place.component === blade);
    const sides = SIDES.map((side): SideCount => {
      const here = found.filter(({ place }) => place.side === side).length;
      const seen = photos.filter(({ place }) => place.side === side).length;
      return {
        side,
        photos: seen,
        findings: here,
        maybeClean: seen > 0 && here === 0,
        clean: cleanSides.find((one) => one.component === blade && one.side === side),
      };
    });
    return { blade, photos: photos.length, findings: found.length, sides, marks: marks(found, bladeLengthM) };
  });
}

function marks(findings: readonly Finding[], bladeLengthM: number | undefined): readonly BladeMark[] {
  if (!bladeLengthM) return [];
  const placed = findings
    .flatMap((finding) => {
      const { fromRootM, toRootM } = finding.place;
      if (fromRootM === undefined) return [];
      const middle = (fromRootM + (toRootM ?? fromRootM)) / 2;
      return [{ finding, along: Math.min(1, Math.max(0, middle / bladeLengthM)) }];
    })
    .toSorted((a, b) => a.along - b.along);
  const merged: BladeMark[] = [];
  for (const { finding, along } of placed) {
    const last = merged.at(-1);
    if (last && along - last.along < NEAR) merged[merged.length - 1] = join(last, finding);
    else merged.push({ finding, count: 1, along });
  }
  return merged;
}

function join(mark: BladeMark, finding: Finding): BladeMark {
  const graver = (finding.severity?.value ?? -1) > (mark.finding.severity?.value ?? -1);
  return { ...mark, finding: graver ? finding : mark.finding, count: mark.count + 1 };
}
