import { basename } from 'node:path';
import type { StageTimes } from '../../core/contract/vision-worker.ts';
import type { Outcome } from '../../core/domain/outcome.ts';
import type { LabelFailure } from '../../core/evaluate/truth.ts';
import { analysePhotos } from '../analyse-photos.ts';
import { describeFailure } from '../describe-failure.ts';
import { listPhotos } from '../list-photos.ts';
import { UsageError, type EvaluateOptions } from '../options.ts';
import { requestOf, type PipelineBrowser } from '../pipeline-browser.ts';
import type { LabelledPhoto } from './dataset.ts';
import { evaluatorFor, type Evaluator } from './evaluator.ts';
import { msPerImage, type MsPerImage } from './timing.ts';

/** What a pack reaches on a data set, as it is printed. */
export interface EvaluationReport {
  readonly model: string;
  readonly version: string;
  readonly runtime: string;
  readonly precision: string;
  readonly images: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly interval95?: Readonly<Record<string, readonly [number, number]>>;
  readonly msPerImage: MsPerImage;
  /** Photos that could not be read or compared; they are left out. */
  readonly unread: number;
}

/** Every photo through the app's own pipeline. Throws where the pack cannot be used at all. */
export async function evaluateDataset(
  browser: PipelineBrowser,
  dataset: readonly LabelledPhoto[],
  options: EvaluateOptions,
  log: (line: string) => void,
): Promise<EvaluationReport> {
  const request = requestOf(options);
  const prepared = await browser.prepare(request);
  if (!prepared.ok) throw new Error(describeFailure(prepared));
  const { manifest, runtime, precision } = prepared.value;
  const evaluator = evaluatorFor(manifest, options);

  const times: StageTimes[] = [];
  const unlearned = await learnReferences(browser, options, evaluator, log);
  let unread = 0;
  const labelled = new Map(dataset.map((photo) => [photo.path, photo]));
  const analysis = { ...request, ...evaluator.request };
  for await (const { path, outcome } of analysePhotos(browser, [...labelled.keys()], analysis, log)) {
    const photo = labelled.get(path);
    if (!photo) throw new Error(`${path} was not asked for`);
    const problem = outcome.ok
      ? labelProblem(await evaluator.add(photo, outcome.value))
      : describeFailure(outcome);
    if (outcome.ok) times.push(outcome.value.times);
    if (problem === undefined) continue;
    unread++;
    log(`${basename(path)} is left out: ${problem}`);
  }
  return {
    model: manifest.id,
    version: manifest.version,
    runtime,
    precision,
    images: dataset.length - unread,
    metrics: present(evaluator.metrics()),
    ...(options.bootstrap ? { interval95: evaluator.intervals(options.bootstrap) } : {}),
    msPerImage: msPerImage(times),
    unread: unread + unlearned,
  };
}

/** Shows an evaluator that compares its clean photos; returns how many could not be read. */
async function learnReferences(
  browser: PipelineBrowser,
  options: EvaluateOptions,
  evaluator: Evaluator,
  log: (line: string) => void,
): Promise<number> {
  const { references } = options;
  if ((references === undefined) === (evaluator.learn !== undefined)) {
    const which = references === undefined ? 'needs' : 'takes no';
    throw new UsageError(`${options.model} ${which} clean photos to compare with: --references DIR`);
  }
  if (references === undefined) return 0;
  let unread = 0;
  const request = { ...requestOf(options), ...evaluator.request };
  for await (const { path, outcome } of analysePhotos(
    browser,
    await listPhotos([references]),
    request,
    log,
  )) {
    if (outcome.ok) evaluator.learn?.(outcome.value);
    else {
      unread++;
      log(`${basename(path)} is left out: ${describeFailure(outcome)}`);
    }
  }
  return unread;
}

function labelProblem(added: Outcome<null, LabelFailure>): string | undefined {
  return added.ok ? undefined : `${added.file}: ${added.detail}`;
}

/** Without what could not be worked out; to five digits, which is finer than any data set here decides. */
function present(metrics: Readonly<Record<string, number>>): Record<string, number> {
  const known = Object.entries(metrics).filter(([, value]) => Number.isFinite(value));
  return Object.fromEntries(known.map(([name, value]) => [name, Number(value.toFixed(5))]));
}
