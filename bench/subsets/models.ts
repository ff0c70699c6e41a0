import type { ModelManifest } from '../../core/contract/model-manifest.ts';
import type { Way } from '../../core/contract/runtime.ts';
import type { PackStatus, Prepared } from '../../core/contract/vision-worker.ts';
import { describeFailure } from '../../cli/describe-failure.ts';
import { PipelineBrowser } from '../../cli/pipeline-browser.ts';
import { benchPhoto } from '../photos.ts';
import { spread, type Spread } from '../statistics.ts';
import type { Subset, SubsetReport } from '../subset.ts';

const WARM_UPS = 1;
/** After so long a way is timed by the rounds that it has: on a slow machine one run may take seconds. */
const BUDGET_MS = 15_000;
const LEAST_ROUNDS = 3;

interface Timed {
  readonly pack: string;
  readonly way: string;
  readonly isOwn: boolean;
  readonly ms: Spread;
}

/** One tile of every pack, in each way that this machine has, the app's own choice among them. */
export const models: Subset = {
  name: 'models',
  measures: 'one tile of each pack by every runtime and precision, and what the own choice gives away',
  async run({ rounds, log }): Promise<SubsetReport> {
    await using browser = await PipelineBrowser.open({ log });
    const listed = await browser.packs();
    if (!listed.ok) throw new Error(describeFailure(listed));
    const timed: Timed[] = [];
    const about: Record<string, string | number> = { chromium: browser.version };
    for (const { manifest, ways } of listed.value) {
      const own = await browser.prepare({ modelId: manifest.id });
      if (!own.ok) throw new Error(describeFailure(own));
      const size = `${manifest.input.width} x ${manifest.input.height}`;
      about['threads'] = own.value.threads;
      about[`own choice of ${manifest.id}`] = `${manifest.version} ${nameOf(own.value)}, ${size}`;
      for (const way of runnable(ways)) {
        const ms = await timeWay(browser, manifest, way, rounds);
        log(
          `${manifest.id} by ${nameOf(way)}: ${typeof ms === 'string' ? ms : `${ms.median.toFixed(0)} ms`}`,
        );
        if (typeof ms === 'string') about[`${manifest.id} by ${nameOf(way)}`] = ms;
        else
          timed.push({ pack: manifest.id, way: nameOf(way), isOwn: nameOf(way) === nameOf(own.value), ms });
      }
    }
    return { ...tables(timed), about };
  },
};

const nameOf = ({ runtime, precision }: Way): string => `${runtime} ${precision}`;

/** Software stands in for a GPU here; it tells nothing of one. */
const runnable = (ways: PackStatus['ways']): readonly Way[] =>
  ways.filter(({ runtime }) => !runtime.endsWith('webgpu'));

/** Why the way does not run here, where it does not: its self-test may fail. */
async function timeWay(
  browser: PipelineBrowser,
  manifest: ModelManifest,
  { runtime, precision }: Way,
  rounds: number,
): Promise<Spread | string> {
  const way = { modelId: manifest.id, runtime, precision };
  const prepared = await browser.prepare(way);
  if (!prepared.ok) return describeFailure(prepared);
  if (manifest.task === 'embed') return bySelfTest(prepared.value);
  const { width, height } = oneTile(manifest);
  await browser.give([await benchPhoto(width, height)]);
  const times: number[] = [];
  const start = performance.now();
  for (let round = -WARM_UPS; round < rounds; round++) {
    if (times.length >= LEAST_ROUNDS && performance.now() - start > BUDGET_MS) break;
    const outcome = await browser.analyse(0, way);
    if (!outcome.ok) throw new Error(describeFailure(outcome));
    if (outcome.value.tiles !== 1) throw new Error(`${manifest.id} took ${outcome.value.tiles} tiles`);
    if (round >= 0) times.push(outcome.value.times.infer);
  }
  return spread(times);
}

/** A pack that finds nothing by itself is timed by its self-test, which ran a few cases. */
const bySelfTest = ({ selfTest: { medianMs, cases } }: Prepared): Spread => ({
  ...spread([medianMs]),
  count: cases,
});

/** The largest photo that the pack sees in one run, in its nearest zoom. */
function oneTile({ input, tiling }: ModelManifest) {
  const zoom = tiling.scales.length === 1 ? Math.max(...tiling.scales) : NaN;
  if (!(zoom > 0)) throw new Error('a pack with several zooms has no single tile');
  return { width: Math.floor(input.width / zoom), height: Math.floor(input.height / zoom) };
}

/** Each way's time, and the own choice's share of the time of the fastest: 1 where it chose best. */
function tables(timed: readonly Timed[]): Pick<SubsetReport, 'ms' | 'ratios'> {
  const packs = [...new Set(timed.map(({ pack }) => pack))];
  const of = (pack: string) => timed.filter((each) => each.pack === pack);
  return {
    ms: Object.fromEntries(
      packs.map((pack) => [pack, Object.fromEntries(of(pack).map(({ way, ms }) => [way, ms]))]),
    ),
    ratios: Object.fromEntries(
      packs.flatMap((pack) => {
        const own = of(pack).find(({ isOwn }) => isOwn)?.ms;
        const fastest = Math.min(...of(pack).map(({ ms }) => ms.median));
        return own ? [[`${pack}: own choice / fastest`, by(own, fastest)]] : [];
      }),
    ),
  };
}

const by = ({ median, low, high, count }: Spread, unit: number): Spread => ({
  median: median / unit,
  low: low / unit,
  high: high / unit,
  count,
});
