import type { CapturePlace } from '../../core/contract/records.ts';
import { number } from './format.ts';
import { t } from './text/text.ts';

/** "B, 36 to 39 m, pressure side", as far as it is known. */
export function placeText({ component, side, fromRootM, toRootM }: CapturePlace): string | undefined {
  const parts = [
    component && t('place.bladeNamed', { blade: component }),
    side && t(`side.${side}`),
    distanceText({ fromRootM, toRootM }),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** "36 to 39 m"; undefined where it was not measured. */
export function distanceText({
  fromRootM: from,
  toRootM: to,
}: {
  readonly [Key in 'fromRootM' | 'toRootM']?: CapturePlace[Key] | undefined;
}): string | undefined {
  if (from === undefined) return undefined;
  return to === undefined
    ? t('place.at', { from: number(from, 1) })
    : t('place.range', { from: number(from, 1), to: number(to, 1) });
}
