import type { AssetType, Severity, SeverityScale } from '../contract/records.ts';
import type { DamageType } from './damage-types.ts';
import { unreachable } from './outcome.ts';

/** A quantity and by how much it may be off, in its own unit. */
export interface Measured {
  readonly value: number;
  readonly uncertainty: number;
}

/** What was measured on a finding or its photo; absent where there was no scale to measure with. */
export interface Measurements {
  readonly damageAreaCm2?: Measured;
  readonly crackWidthMm?: Measured;
  /** Share of the surface in the photo; needs no scale. */
  readonly rustedAreaPercent?: Measured;
  /** The deepest layer that a person saw damaged. */
  readonly layer?: 'surface' | 'topcoat' | 'laminate' | 'structure' | 'through';
}

export type SeverityProposal =
  | { readonly kind: 'proposed'; readonly severity: Severity }
  | { readonly kind: 'not-measurable'; readonly missing: Quantity }
  /** The scale has no figure that a photo can answer; a person grades. */
  | { readonly kind: 'judged-by-person' }
  | { readonly kind: 'not-applicable' };

export type Quantity = 'damageAreaCm2' | 'crackWidthMm' | 'rustedAreaPercent';

interface Grade {
  readonly value: number;
  readonly criterion: string;
}

/** The scale that grades a damage on an asset; undefined where none does. */
export function scaleFor(type: DamageType, asset: AssetType): SeverityScale | undefined {
  if (type === 'corrosion') return 'ISO4628-3';
  if (asset === 'turbine') return type === 'leading-edge-erosion' ? 'IEA-T46' : 'EPRI-5';
  const isConcrete = asset === 'bridge' || asset === 'building';
  return type === 'crack' && isConcrete ? 'AASHTO-CW' : undefined;
}

/**
 * A grade from measured quantities only, with the figure that it matched. Its uncertainty is how many
 * categories the measurement's own uncertainty spans. Figures: ISO 4628-3 table 1; AASHTO MBEI
 * reinforced-concrete crack widths, IEA Wind Task 46 and EPRI 3002019669, the last three as guidance.
 */
export function proposeSeverity(
  scale: SeverityScale,
  type: DamageType,
  measurements: Measurements,
): SeverityProposal {
  switch (scale) {
    case 'EPRI-5':
      // Its categories are an engineer's judgement; no figure in it can be read from a photo.
      return { kind: 'judged-by-person' };
    case 'ISO4628-3':
      if (type !== 'corrosion') return { kind: 'not-applicable' };
      return grade(scale, 'rustedAreaPercent', measurements, rustGrade);
    case 'AASHTO-CW':
      if (type !== 'crack') return { kind: 'not-applicable' };
      return grade(scale, 'crackWidthMm', measurements, crackGrade);
    case 'IEA-T46':
      if (type !== 'leading-edge-erosion') return { kind: 'not-applicable' };
      return grade(scale, 'damageAreaCm2', measurements, (area) => erosionGrade(area, measurements.layer));
    default:
      return unreachable(scale);
  }
}

function grade(
  scale: SeverityScale,
  quantity: Quantity,
  measurements: Measurements,
  gradeOf: (value: number) => Grade,
): SeverityProposal {
  const measured = measurements[quantity];
  if (!measured || !isPlausible(measured)) return { kind: 'not-measurable', missing: quantity };
  const { value, criterion } = gradeOf(measured.value);
  const least = gradeOf(Math.max(0, measured.value - measured.uncertainty)).value;
  const most = gradeOf(measured.value + measured.uncertainty).value;
  const uncertainty = Math.max(value - least, most - value);
  return { kind: 'proposed', severity: { scale, value, criteria: [criterion], uncertainty } };
}

const isPlausible = ({ value, uncertainty }: Measured): boolean =>
  Number.isFinite(value) && Number.isFinite(uncertainty) && value >= 0 && uncertainty >= 0;

/** Rusted area in percent of each grade from Ri 0 to Ri 4; Ri 5 begins above the last, its picture shows 40-50 %. */
const RUSTED_AREA = [0, 0.05, 0.5, 1, 8] as const;

/** The lowest grade whose area is not exceeded: between two pictures the worse one counts. */
function rustGrade(percent: number): Grade {
  const index = RUSTED_AREA.findIndex((limit) => percent <= limit);
  const shown = `${rounded(percent)} % rusted area`;
  if (index === -1) return { value: 5, criterion: `ISO 4628-3, table 1: ${shown} is above Ri 4 (8 %)` };
  return {
    value: index,
    criterion: `ISO 4628-3, table 1: ${shown} is not above Ri ${index} (${RUSTED_AREA[index] ?? 0} %)`,
  };
}

/** CS4 asks for a structural review and is never proposed. */
function crackGrade(widthMm: number): Grade {
  const shown = `AASHTO MBEI crack width (guidance): ${rounded(widthMm)} mm`;
  if (widthMm < 0.3) return { value: 1, criterion: `${shown} is below 0.30 mm, CS1` };
  if (widthMm <= 1.27) return { value: 2, criterion: `${shown} is within 0.30-1.27 mm, CS2` };
  return { value: 3, criterion: `${shown} is above 1.27 mm, CS3` };
}

/** Mass loss and aerodynamic criteria cannot be read from a photo and are left out. */
function erosionGrade(areaCm2: number, layer: Measurements['layer']): Grade {
  const shown = `IEA Wind Task 46 (guidance): ${rounded(areaCm2)} cm2`;
  const beneath = layer === 'laminate' || layer === 'structure' || layer === 'through';
  if (beneath && areaCm2 >= 1)
    return { value: 5, criterion: `${shown} of laminate is at least 1 cm2, category 5` };
  if (beneath) return { value: 4, criterion: `${shown}, layer beneath the topcoat exposed, category 4` };
  if (layer === 'topcoat' && areaCm2 >= 10) {
    return { value: 3, criterion: `${shown} of topcoat is at least 10 cm2, category 3` };
  }
  if (areaCm2 > 10) return { value: 2, criterion: `${shown} of wear is above 10 cm2, category 2` };
  if (areaCm2 >= 1) return { value: 1, criterion: `${shown} of wear is within 1-10 cm2, category 1` };
  return { value: 0, criterion: `${shown} of wear is below 1 cm2, category 0` };
}

/** Two digits that count, without an exponent. */
const rounded = (value: number): string => String(Number(value.toPrecision(2)));
