import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { QualityFlag } from '../../../../core/contract/records.ts';
import { measureQuality } from '../../../../core/quality/measure-quality.ts';
import { exposure, gaussian, motion, reflection, smallGray, type Degrade } from './degrade.ts';

/**
 * The limit for blur was chosen on the other half of this set, those for light on these photos themselves; so
 * read the rates for dark, bright and glare as what the limits do here, not as what they do anywhere.
 */
const folder = join('..', 'shared', 'data', 'wind-blade', 'valid', 'images');
const photos = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];

async function share(flag: QualityFlag, degrade?: Degrade): Promise<number> {
  let flagged = 0;
  for (const photo of photos) {
    const quality = measureQuality(await smallGray(photo, degrade), undefined);
    if (quality.flags.includes(flag)) flagged += 1;
  }
  return flagged / photos.length;
}

describe.skipIf(photos.length === 0)(
  'warnings on real photos (skipped without ../shared/data)',
  { timeout: 60_000 },
  () => {
    test.for<[flag: QualityFlag, atMost: number]>([
      ['blur', 0.03],
      ['dark', 0.03],
      ['bright', 0.06],
      ['glare', 0.03],
    ])(
      '%s is warned about wrongly on at most %f of untouched photos',
      async ([flag, atMost], { annotate }) => {
        const rate = await share(flag);
        await annotate(`false alarms, ${flag}: ${(100 * rate).toFixed(1)} % of ${photos.length}`);
        expect(rate).toBeLessThanOrEqual(atMost);
      },
    );

    test.for<[name: string, flag: QualityFlag, degrade: Degrade, atLeast: number]>([
      ['Gaussian blur, sigma 2 px', 'blur', gaussian(2), 0.95],
      ['Gaussian blur, sigma 3 px', 'blur', gaussian(3), 0.97],
      ['motion of 11 px, level', 'blur', motion(11, 0), 0.97],
      ['motion of 15 px, upright', 'blur', motion(15, 90), 0.9],
      ['motion of 15 px, slanting', 'blur', motion(15, 45), 0.85],
      ['three stops too dark', 'dark', exposure(-3), 0.97],
      ['three stops too bright', 'bright', exposure(3), 0.75],
      ['a reflection of 30 px sigma', 'glare', reflection(30, 0.5, 0.47), 0.75],
      ['a reflection of 45 px sigma', 'glare', reflection(45, 0.45, 0.6), 0.65],
    ])('%s is warned about', async ([, flag, degrade, atLeast], { annotate }) => {
      const rate = await share(flag, degrade);
      await annotate(`hits: ${(100 * rate).toFixed(1)} % of ${photos.length}`);
      expect(rate).toBeGreaterThanOrEqual(atLeast);
    });
  },
);
