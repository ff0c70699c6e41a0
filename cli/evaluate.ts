import { evaluateAll } from './evaluate/all.ts';
import { openDataset } from './evaluate/dataset.ts';
import { evaluateDataset, type EvaluationReport } from './evaluate/report.ts';
import { parseEvaluateAllOptions, parseEvaluateOptions } from './options.ts';
import { PipelineBrowser } from './pipeline-browser.ts';
import { runCommand } from './run-command.ts';

const USAGE = `npm run evaluate -- --model ID --data DIR --format yolo|voc|coco|mask [--json]
    [--images DIR --labels DIR] [--references DIR] [--tolerance PX] [--threshold 0..1] [--limit N] [--bootstrap ROUNDS]
    [--runtime onnx-wasm|onnx-webgpu|litert|tfjs-wasm|tfjs-webgpu] [--precision fp32|fp16|uint8] [--thorough]
npm run evaluate -- --all [--only ID,ID] [--every-file] [--limit N]

For a pack of patch features --references names clean photos; with --format mask a photo is clean whose mask is
empty or absent.
DIR holds images/ and, by format, labels/*.txt, annotations/*.xml, annotations.json or masks/*.
With --json the last thing printed is one object; the exit code is 0 only if every file was read.
--all evaluates every pack on the data that its card reports on, beside what training measured, and writes the table
of docs/MODELS.md; with a --limit the table is printed only. --only leaves the other packs' rows as they are;
--every-file runs each file for the CPU, not only the one that the app would take.`;

const log = (line: string) => console.error(line);

await runCommand(USAGE, async (args) => {
  if (args.includes('--all')) return evaluateAll(parseEvaluateAllOptions(args), log);
  const options = parseEvaluateOptions(args);
  const dataset = await openDataset(options);
  await using browser = await PipelineBrowser.open({ runtime: options.runtime, log });
  const report = await evaluateDataset(browser, dataset, options, log);
  if (options.json) console.log(JSON.stringify(asJson(report)));
  else console.table(flat(asJson(report)));
  if (report.unread > 0) log(`${report.unread} of ${dataset.length} photos could not be read`);
  return report.unread === 0 ? 0 : 1;
});

/** The metrics stand beside what they were measured with. */
function asJson({ metrics, unread: _, interval95, msPerImage, ...about }: EvaluationReport) {
  return { ...about, ...metrics, ...(interval95 ? { interval95 } : {}), msPerImage };
}

function flat(report: Readonly<Record<string, unknown>>): Record<string, string> {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return Object.fromEntries(Object.entries(report).map(([name, value]) => [name, text(value)]));
}
