import type { Finding, Measured } from '../../core/contract/records.ts';
import { number } from './format.ts';
import { placeText, distanceText } from './place-text.ts';
import { t } from './text/text.ts';

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
export function findingFacts({ place, size, type }: Finding): readonly Fact[] {
  const fromRoot = distanceText(place);
  return [
    { name: t('facts.fromRoot'), value: fromRoot },
    { name: t('facts.length'), value: measured(size?.lengthCm, 'cm') },
    { name: t('facts.area'), value: measured(size?.areaCm2, 'cm²') },
    ...(type === 'crack' ? [{ name: t('facts.crackWidth'), value: measured(size?.crackWidthMm, 'mm') }] : []),
  ];
}

/** "21 cm ± 2" */
function measured(quantity: Measured | undefined, unit: string): string | undefined {
  if (quantity === undefined || quantity === 'not-measurable') return undefined;
  const digits = quantity.uncertainty < 1 ? 1 : 0;
  return `${number(quantity.value, digits)} ${unit} ± ${number(quantity.uncertainty, digits)}`;
}
