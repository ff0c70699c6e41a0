import type { Finding, Measured } from '../../core/contract/records.ts';
import { number, percent } from './format.ts';
import { placeText, distanceText } from './place-text.ts';
import { t } from './text/text.ts';

export const LAYERS = ['surface', 'topcoat', 'laminate', 'structure', 'through'] as const;
export const ACTIONS = ['none', 'monitor', 'repair', 'repair-urgent', 'stop'] as const;

export interface Fact {
  readonly name: string;
  /** Undefined: not measurable. */
  readonly value: string | undefined;
}

/** Whether the type is open, layer, blade and side, as far as known. */
export function whereText({ type, layer, place }: Finding): string {
  const { component, side } = place;
  const where = placeText({ ...(component && { component }), ...(side && { side }) });
  return [
    type === 'unclassified' && t('judge.typeOpen'),
    layer && t(`layer.${layer}`),
    where ?? t('place.unknown'),
  ]
    .filter(Boolean)
    .join(', ');
}

/** What can be said of place and size. Without a scale in the photo no size is measurable. */
export function findingFacts({ place, size, type, growthCm }: Finding): readonly Fact[] {
  const fromRoot = distanceText(place);
  return [
    { name: t('facts.fromRoot'), value: fromRoot },
    { name: t('facts.length'), value: measured(size?.lengthCm, 'cm') },
    { name: t('facts.area'), value: measured(size?.areaCm2, 'cm²') },
    ...(type === 'crack' ? [{ name: t('facts.crackWidth'), value: measured(size?.crackWidthMm, 'mm') }] : []),
    ...(growthCm ? [{ name: t('facts.growth'), value: measured(growthCm, 'cm') }] : []),
  ];
}

/** "21 cm ± 2" */
export function measured(quantity: Measured | undefined, unit: string): string | undefined {
  if (quantity === undefined || quantity === 'not-measurable') return undefined;
  const digits = quantity.uncertainty < 1 ? 1 : 0;
  return `${number(quantity.value, digits)} ${unit} ± ${number(quantity.uncertainty, digits)}`;
}

/** "Grown by 3 cm ± 1 since then", or shrunk, or not beyond what the measuring is off by. */
export function growthText(growth: Finding['growthCm']): string | undefined {
  if (!growth) return undefined;
  const values = { value: number(Math.abs(growth.value), 1), uncertainty: number(growth.uncertainty, 1) };
  if (Math.abs(growth.value) <= growth.uncertainty) return t('compare.unchanged', values);
  return t(growth.value > 0 ? 'compare.grown' : 'compare.smaller', values);
}

/** "Crack 61%": what the model called it and how sure it was; what a person drew has no score. */
export const tagText = ({ label, type, score }: Finding): string =>
  [label ? t(`damage.${type}`) : t('judge.drawn'), score === undefined ? '' : percent(score)]
    .filter(Boolean)
    .join(' ');
