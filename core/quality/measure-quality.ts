import type { Quality, QualityFlag, Scale } from '../contract/records.ts';
import { blurriness } from './blur.ts';
import { percentile, saturatedShare } from './exposure.ts';
import { glareShare } from './glare.ts';
import type { Gray } from './gray.ts';

/**
 * When a photo is warned about. Tuned on wind-turbine photos at WORKING_SIDE and checked on others of the same
 * kind (tests/unit/core/quality says how often they hit and err); `far` is a rule: damage of 10 mm covers
 * five pixels.
 */
export const LIMITS = {
  /** Above: blurred by more than about 1.5 pixels of the small picture, 1/400 of its side. */
  blur: 0.38,
  /** Luma that a twentieth of the picture is brighter than; below: too dark. */
  dark: 110,
  /** Share of the middle without detail; above: too bright. */
  bright: 0.25,
  /** Share of the picture in one reflection; above: glare. */
  glare: 0.009,
  /** Millimetres per pixel of the original; above: too far. */
  far: 2,
} as const;

/**
 * What is wrong with a photo, from a small copy of it whose longest side is WORKING_SIDE. Finer blur than the
 * copy can show goes unseen. A quantity that cannot be measured is absent: blur where nothing has an edge,
 * distance without a scale.
 */
export function measureQuality(small: Gray, scale: Scale | undefined): Quality {
  const blur = blurriness(small);
  const measures = {
    ...(blur === undefined ? {} : { blur }),
    dark: percentile(small, 0.95),
    bright: saturatedShare(small),
    glare: glareShare(small),
    ...(scale ? { far: scale.mmPerPixel } : {}),
  };
  return { flags: flagsOf(measures), measures };
}

/** What was measured before, with the distance that a scale tells; without one that is unknown again. */
export function qualityAtScale({ measures }: Quality, scale: Scale | undefined): Quality {
  const { far: _before, ...rest } = measures;
  const next = { ...rest, ...(scale ? { far: scale.mmPerPixel } : {}) };
  return { flags: flagsOf(next), measures: next };
}

function flagsOf(measures: Readonly<Partial<Record<QualityFlag, number>>>): QualityFlag[] {
  return (Object.keys(LIMITS) as QualityFlag[]).filter((flag) => {
    const value = measures[flag];
    if (value === undefined) return false;
    return flag === 'dark' ? value < LIMITS.dark : value > LIMITS[flag];
  });
}
