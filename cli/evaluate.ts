import { basename } from 'node:path';
import type { StageTimes } from '../core/contract/vision-worker.ts';
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
  const paths = dataset.map(({ path }) => path);
  const photos = analysePhotos(browser, paths, { ...request, ...evaluator.request }, log);
  for (const labelled of dataset) {
    const { value } = await photos.next();
    if (!value) throw new Error('fewer answers than photos');
    const problem = value.outcome.ok
      ? await evaluator.add(labelled, value.outcome.value)
      : describeFailure(value.outcome);
    if (value.outcome.ok) times.push(value.outcome.value.times);
    if (typeof problem === 'string') log(`${basename(labelled.path)} is left out: ${problem}`);
    else if (!problem.ok) log(`${basename(labelled.path)} is left out: ${problem.file}: ${problem.detail}`);
    if (typeof problem === 'string' || !problem.ok) unread++;
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

/** Without what could not be worked out; to five digits, which is finer than any data set here decides. */
function present(metrics: Readonly<Record<string, number>>): Record<string, number> {
  const known = Object.entries(metrics).filter(([, value]) => Number.isFinite(value));
  return Object.fromEntries(known.map(([name, value]) => [name, Number(value.toFixed(5))]));
}

function flat(report: Readonly<Record<string, unknown>>): Record<string, string> {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return Object.fromEntries(Object.entries(report).map(([name, value]) => [name, text(value)]));
}
