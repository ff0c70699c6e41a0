import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { PackIndex, type ModelManifest } from '../../core/contract/model-manifest.ts';
import type { Prepared } from '../../core/contract/vision-worker.ts';
import { describeFailure } from '../../cli/describe-failure.ts';
import { PipelineBrowser } from '../../cli/pipeline-browser.ts';
import { benchPhoto } from '../photos.ts';
import { spread, type Spread } from '../statistics.ts';
import type { Subset, SubsetReport } from '../subset.ts';

const PACKS = resolve(import.meta.dirname, '../../models/index.json');
const WARM_UPS = 2;

/** One tile of every pack, in the way that the app itself would run it on this machine. */
export const models: Subset = {
  name: 'models',
  measures: 'one run of each pack, and its share of the time of all of them',
  async run({ rounds, log }): Promise<SubsetReport> {
    const index = v.parse(v.pipe(v.string(), v.parseJson(), PackIndex), await readFile(PACKS, 'utf8'));
    await using browser = await PipelineBrowser.open({ log });
    const runs = new Map<string, { readonly ms: Spread; readonly prepared: Prepared }>();
    for (const { id } of index.packs) {
      const prepared = await browser.prepare({ modelId: id });
      if (!prepared.ok) throw new Error(describeFailure(prepared));
      const ms = await timeTile(browser, prepared.value, rounds);
      runs.set(id, { ms, prepared: prepared.value });
      log(`${id}: ${ms.median.toFixed(0)} ms`);
    }
    const all = [...runs.values()].reduce((sum, { ms }) => sum + ms.median, 0);
    const threads = [...runs.values()][0]?.prepared.threads ?? 0;
    return {
      ms: { 'one run': Object.fromEntries([...runs].map(([id, { ms }]) => [id, ms])) },
      ratios: Object.fromEntries([...runs].map(([id, { ms }]) => [`${id} / all packs`, share(ms, all)])),
      about: {
        chromium: browser.version,
        threads,
        ...Object.fromEntries([...runs].map(([id, { prepared }]) => [id, describe(prepared)])),
      },
    };
  },
};

/** A pack that finds nothing by itself is timed by its self-test, which runs it as often as was asked. */
async function timeTile(
  browser: PipelineBrowser,
  { manifest, selfTest }: Prepared,
  rounds: number,
): Promise<Spread> {
  if (manifest.task === 'embed') return { ...spread([selfTest.medianMs]), count: selfTest.cases };
  const { width, height } = oneTile(manifest);
  await browser.give([await benchPhoto(width, height)]);
  const times: number[] = [];
  for (let round = -WARM_UPS; round < rounds; round++) {
    const outcome = await browser.analyse(0, { modelId: manifest.id });
    if (!outcome.ok) throw new Error(describeFailure(outcome));
    if (outcome.value.tiles !== 1) throw new Error(`${manifest.id} took ${outcome.value.tiles} tiles`);
    if (round >= 0) times.push(outcome.value.times.infer);
  }
  return spread(times);
}

/** The largest photo that the pack sees in one run, in its nearest zoom. */
function oneTile({ input, tiling }: ModelManifest) {
  const zoom = tiling.scales.length === 1 ? Math.max(...tiling.scales) : NaN;
  if (!(zoom > 0)) throw new Error('a pack with several zooms has no single tile');
  return { width: Math.floor(input.width / zoom), height: Math.floor(input.height / zoom) };
}

const share = ({ median, low, high, count }: Spread, all: number): Spread => ({
  median: median / all,
  low: low / all,
  high: high / all,
  count,
});

const describe = ({ manifest, runtime, precision }: Prepared): string =>
  `${manifest.version} ${runtime} ${precision}, ${manifest.input.width} x ${manifest.input.height}`;
