import { basename } from 'node:path';
import { describeFailure } from '../../cli/describe-failure.ts';
import type { PipelineResult } from '../../cli/page/pipeline-api.ts';
import { PipelineBrowser } from '../../cli/pipeline-browser.ts';
import type { ModelManifest } from '../../core/contract/model-manifest.ts';
import { matchPhoto, scoresAtThreshold, type MatchedPhoto } from '../../core/evaluate/detection-metrics.ts';
import { labelThresholds } from '../../core/vision/thresholds.ts';
import { shareAtMost } from '../binomial.ts';
import { labelledScenes } from '../labelled-scene.ts';
import type { Scene } from '../scenes.ts';
import { spread, type Spread } from '../statistics.ts';
import type { Subset, SubsetReport } from '../subset.ts';

const WAYS = { 'first look': {}, thorough: { thorough: true } } as const;
type Way = keyof typeof WAYS;
/** What a tile finds depends on where it lies: each photo is laid into scenes so often. */
const LAYOUTS = 3;

/** Every labelled photo of the reported part laid into 12 MP, with and without the first look. */
export const firstLook: Subset = {
  name: 'first-look',
  measures: `tiles, time and recall with the first look and without, labelled photos laid into 12 MP`,
  async run({ model, limit, skip, log }): Promise<SubsetReport> {
    const all = await labelledScenes(log, LAYOUTS);
    const scenes = all?.slice(skip, skip + limit);
    if (!scenes) throw new Error('there are no labelled photos at ../shared/data/wind-blade');
    await using browser = await PipelineBrowser.open({ log });
    const prepared = await browser.prepare({ modelId: model });
    if (!prepared.ok) throw new Error(describeFailure(prepared));
    const { manifest } = prepared.value;

    const runs = { 'first look': [] as SceneRun[], thorough: [] as SceneRun[] };
    for (const [at, scene] of scenes.entries()) {
      await browser.give([scene.path]);
      // By turns, so that what drifts hits both alike.
      const ways: readonly Way[] = at % 2 === 0 ? ['first look', 'thorough'] : ['thorough', 'first look'];
      for (const way of ways) {
        const outcome = await browser.analyse(0, { modelId: model, ...WAYS[way] });
        if (!outcome.ok) throw new Error(describeFailure(outcome));
        runs[way].push(judge(scene, outcome.value, manifest));
      }
      const told = (way: Way): string => {
        const run = runs[way].at(-1);
        return run ? `${run.tiles} tiles for ${foundIn(scene, run, manifest)} damages` : 'nothing';
      };
      log(`${basename(scene.path)}: ${told('first look')}, thorough ${told('thorough')}`);
    }
    return reportOf(scenes, runs, manifest, {
      chromium: browser.version,
      model: `${manifest.id} ${manifest.version}`,
      runtime: prepared.value.runtime,
      precision: prepared.value.precision,
      'looks first': prepared.value.firstLook ?? 'nobody',
      threads: prepared.value.threads,
    });
  },
};

interface SceneRun {
  readonly matched: MatchedPhoto;
  readonly tiles: number;
  readonly ms: number;
}

function judge(
  { truths }: Scene,
  { findings, tiles, pageMs }: PipelineResult,
  manifest: ModelManifest,
): SceneRun {
  const detections = findings.map(({ labelIndex, box, score }) => ({ classIndex: labelIndex, box, score }));
  const labelled = truths.map((box) => ({ classIndex: 0, box }));
  const classes = manifest.labels.length;
  return { matched: matchPhoto({ truths: labelled, detections }, classes, [0.5]), tiles, ms: pageMs };
}

/** At the pack's own thresholds. */
const foundIn = ({ truths }: Scene, { matched }: SceneRun, manifest: ModelManifest): number =>
  Math.round(scoresAtThreshold([matched], labelThresholds(manifest)).recall * truths.length);

function reportOf(
  scenes: readonly Scene[],
  runs: Readonly<Record<Way, readonly SceneRun[]>>,
  manifest: ModelManifest,
  about: Readonly<Record<string, string | number>>,
): SubsetReport {
  const thresholds = labelThresholds(manifest);
  const of = (way: Way) =>
    scoresAtThreshold(
      runs[way].map(({ matched }) => matched),
      thresholds,
    );
  const [quick, whole] = [of('first look'), of('thorough')];
  const damages = scenes.reduce((total, { truths }) => total + truths.length, 0);
  const found = Math.round(quick.recall * damages);
  const foundOfAll = Math.round(whole.recall * damages);
  const pairs = runs.thorough.flatMap((all, at) => {
    const few = runs['first look'][at];
    return few ? [{ all, few }] : [];
  });
  const only = (value: number): Spread => ({ median: value, low: value, high: value, count: scenes.length });
  const sum = (way: Way) => runs[way].reduce((total, { tiles }) => total + tiles, 0);
  return {
    ms: Object.fromEntries(
      Object.entries(runs).map(([way, list]) => [
        way,
        { 'Blob to findings': spread(list.map(({ ms }) => ms)) },
      ]),
    ),
    ratios: {
      'tiles: first look / thorough': only(sum('first look') / sum('thorough')),
      'time: first look / thorough': spread(pairs.map(({ all, few }) => few.ms / all.ms)),
      'recall lost': only(1 - quick.recall / whole.recall),
    },
    about: {
      ...about,
      scenes: scenes.length,
      'labelled damages': damages,
      'found, thorough': foundOfAll,
      'found, first look': found,
      // What so few damages can tell: none lost is no proof that none ever will be.
      'recall lost is likely at most': shareAtMost(Math.max(0, foundOfAll - found), foundOfAll),
      'layouts of each photo': LAYOUTS,
      'tiles of a scene, thorough': sum('thorough') / scenes.length,
      'tiles of a scene, first look': sum('first look') / scenes.length,
      'most tiles, first look': Math.max(...runs['first look'].map(({ tiles }) => tiles)),
      'recall, thorough': whole.recall,
      'recall, first look': quick.recall,
      'precision, thorough': whole.precision,
      'precision, first look': quick.precision,
    },
  };
}
