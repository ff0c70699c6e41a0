import { describeFailure } from '../../cli/describe-failure.ts';
import { PipelineBrowser } from '../../cli/pipeline-browser.ts';
import { benchPhoto } from '../photos.ts';
import { slopeOf } from '../slope.ts';
import { spread, type Spread } from '../statistics.ts';
import type { Subset, SubsetReport } from '../subset.ts';

const PHOTOS = 500;
/** The first photos fill pools and heaps once. */
const SETTLING = 50;
const PEAK_MB = 600;

/** 12 MP photos one after the other through the app's own pipeline, then one of 48 MP. */
export const memory: Subset = {
  name: 'memory',
  measures: `memory of page and worker over ${PHOTOS} photos of 12 MP in a row, and one photo of 48 MP`,
  async run({ model, limit, log }): Promise<SubsetReport> {
    const count = Math.min(PHOTOS, limit);
    const [photo, large] = [await benchPhoto(4000, 3000), await benchPhoto(8064, 6048)];
    await using browser = await PipelineBrowser.open({ log });
    await browser.give([photo, large]);
    const analyse = async (index: number): Promise<number> => {
      const outcome = await browser.analyse(index, { modelId: model });
      if (!outcome.ok) throw new Error(describeFailure(outcome));
      return outcome.value.pageMs;
    };
    const held: number[] = [];
    const times: number[] = [];
    for (let at = 0; at < count; at++) {
      times.push(await analyse(0));
      held.push(await browser.memoryMb());
      if ((at + 1) % 50 === 0) log(`${at + 1} photos: ${held.at(-1)?.toFixed(0)} MB`);
    }
    const largeMs = await analyse(1);
    const afterLarge = await browser.memoryMb();
    const settled = held.slice(Math.min(SETTLING, Math.floor(count / 5)));
    const slope = slopeOf(settled);
    const peak = Math.max(...held);
    return {
      ms: { photo: { '12 MP': spread(times), '48 MP': only(largeMs) } },
      ratios: {
        [`peak / ${PEAK_MB} MB`]: only(peak / PEAK_MB),
        'growth over all photos / mean': only((slope.perStep * settled.length) / slope.mean),
      },
      about: {
        chromium: browser.version,
        model,
        photos: count,
        'peak MB': Math.round(peak),
        'mean MB': Math.round(slope.mean),
        'MB per 100 photos': Number((slope.perStep * 100).toFixed(2)),
        'standard error of it': Number((slope.error * 100).toFixed(2)),
        'MB after 48 MP': Math.round(afterLarge),
      },
    };
  },
};

const only = (value: number): Spread => ({ median: value, low: value, high: value, count: 1 });
