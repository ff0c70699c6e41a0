import type { Scale } from '../../core/contract/records.ts';
import type { ScaleFailure } from '../../core/measure/scale.ts';
import { number } from './format.ts';
import { t } from './text/text.ts';

/** "0.52 mm per pixel ± 0.02", rounded to where the uncertainty begins. */
export function scaleText({ mmPerPixel, uncertainty }: Scale): string {
  const digits = uncertainty > 0 ? Math.min(5, Math.max(0, 1 - Math.floor(Math.log10(uncertainty)))) : 3;
  return t('scale.value', { value: number(mmPerPixel, digits), off: number(uncertainty, digits) });
}

export function scaleFailureText(failure: ScaleFailure): string {
  return failure.kind === 'taps-too-close'
    ? t('scale.tooClose', { pixels: number(failure.neededPixels) })
    : t('scale.notADistance');
}
