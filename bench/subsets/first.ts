import type { StageTimes } from '../../core/contract/vision-worker.ts';
import { describeFailure } from '../../cli/describe-failure.ts';
import { PipelineBrowser } from '../../cli/pipeline-browser.ts';
import { interleave } from '../interleave.ts';
import { benchPhoto } from '../photos.ts';
import { spread, type Spread } from '../statistics.ts';
import type { Subset, SubsetReport } from '../subset.ts';

const PHOTOS = { '640 px': [640, 640], '12 MP': [4000, 3000] } as const;
const STAGES = ['decode', 'pack', 'infer', 'merge', 'total'] as const;

interface Run {
  readonly times: StageTimes;
  /** From handing the Blob to the bridge to the findings in the page. */
  readonly pageMs: number;
  readonly tiles: number;
}

/** From a photo's Blob to its findings in the page, by stage. */
export const first: Subset = {
  name: 'first',
  measures: 'Blob to findings of a 640 px and a 12 MP photo, and the share that is not inference',
  async run({ model, rounds, log }): Promise<SubsetReport> {
    const names = Object.keys(PHOTOS);
    const paths = await Promise.all(
      Object.values(PHOTOS).map(([width, height]) => benchPhoto(width, height)),
    );
    await using browser = await PipelineBrowser.open({ log });
    const prepared = await browser.prepare({ modelId: model });
    if (!prepared.ok) throw new Error(describeFailure(prepared));
    await browser.give(paths);

    const analyse = async (index: number): Promise<Run> => {
      // Every tile: fewer runs of the model would only make the rest weigh more.
      const outcome = await browser.analyse(index, { modelId: model, thorough: true });
      if (!outcome.ok) throw new Error(describeFailure(outcome));
      return outcome.value;
    };
    const variants = Object.fromEntries(names.map((name, index) => [name, () => analyse(index)]));
    const runs = Object.entries(await interleave(variants, { rounds }));

    return {
      ms: Object.fromEntries(runs.map(([name, of]) => [name, stageSpreads(of)])),
      ratios: Object.fromEntries(
        runs.map(([name, of]) => [`${name}: not inference / inference`, spread(of.map(overhead))]),
      ),
      about: {
        chromium: browser.version,
        model: `${prepared.value.manifest.id} ${prepared.value.manifest.version}`,
        runtime: prepared.value.runtime,
        precision: prepared.value.precision,
        threads: prepared.value.threads,
        ...Object.fromEntries(runs.map(([name, of]) => [`tiles of ${name}`, of[0]?.tiles ?? 0])),
      },
    };
  },
};

const overhead = ({ times, pageMs }: Run): number => (pageMs - times.infer) / times.infer;

const stageSpreads = (runs: readonly Run[]): Readonly<Record<string, Spread>> => ({
  ...Object.fromEntries(STAGES.map((stage) => [stage, spread(runs.map(({ times }) => times[stage]))])),
  'Blob to findings': spread(runs.map(({ pageMs }) => pageMs)),
});
