import { basename } from 'node:path';
import type { StageTimes } from '../core/contract/vision-worker.ts';
import type { Outcome } from '../core/domain/outcome.ts';
import type { LabelFailure } from '../core/evaluate/truth.ts';
import { analysePhotos } from './analyse-photos.ts';
import { describeFailure } from './describe-failure.ts';
import { openDataset } from './evaluate/dataset.ts';
import { evaluatorFor } from './evaluate/evaluator.ts';
import { msPerImage } from './evaluate/timing.ts';
import { parseEvaluateOptions } from './options.ts';
import { PipelineBrowser } from './pipeline-browser.ts';
import { runCommand } from './run-command.ts';

const USAGE = `npm run evaluate -- --model ID --data DIR --format yolo|voc|coco|mask [--json]
    [--images DIR --labels DIR] [--tolerance PX] [--threshold 0..1] [--limit N] [--bootstrap ROUNDS]
    [--runtime onnx-wasm|onnx-webgpu] [--precision fp32|fp16|uint8]

DIR holds images/ and, by format, labels/*.txt, annotations/*.xml, annotations.json or masks/*.
With --json the last thing printed is one object; the exit code is 0 only if every file was read.`;

await runCommand(USAGE, async (args) => {
  const options = parseEvaluateOptions(args);
  const { runtime, precision, model } = options;
  const dataset = await openDataset(options);
  const log = (line: string) => console.error(line);
  await using browser = await PipelineBrowser.open({ runtime, log });

  const request = {
    modelId: model,
    ...(runtime ? { runtime } : {}),
    ...(precision ? { precision } : {}),
  };
  const prepared = await browser.prepare(request);
  if (!prepared.ok) throw new Error(describeFailure(prepared));
  const { manifest } = prepared.value;
  const evaluator = evaluatorFor(manifest, options);

  const times: StageTimes[] = [];
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

  const report = {
    model: manifest.id,
    version: manifest.version,
    runtime: prepared.value.runtime,
    precision: prepared.value.precision,
    images: dataset.length - unread,
    ...present(evaluator.metrics()),
    ...(options.bootstrap ? { interval95: evaluator.intervals(options.bootstrap) } : {}),
    msPerImage: msPerImage(times),
  };
  if (options.json) console.log(JSON.stringify(report));
  else console.table(flat(report));
  if (unread > 0) log(`${unread} of ${dataset.length} photos could not be read`);
  return unread === 0 ? 0 : 1;
});

function labelProblem(added: Outcome<null, LabelFailure>): string | undefined {
  return added.ok ? undefined : `${added.file}: ${added.detail}`;
}

/** Without what could not be worked out; to five digits, which is finer than any data set here decides. */
function present(metrics: Readonly<Record<string, number>>): Record<string, number> {
  const known = Object.entries(metrics).filter(([, value]) => Number.isFinite(value));
  return Object.fromEntries(known.map(([name, value]) => [name, Number(value.toFixed(5))]));
}

function flat(report: Readonly<Record<string, unknown>>): Record<string, string> {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return Object.fromEntries(Object.entries(report).map(([name, value]) => [name, text(value)]));
}
