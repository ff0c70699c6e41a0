import type { RawFinding } from '../core/contract/vision-worker.ts';
import { analysePhotos, type AnalysedPhoto } from './analyse-photos.ts';
import { describeFailure } from './describe-failure.ts';
import { listPhotos } from './list-photos.ts';
import { parseDetectOptions } from './options.ts';
import { PipelineBrowser, requestOf } from './pipeline-browser.ts';
import { runCommand } from './run-command.ts';

const USAGE = `npm run detect -- PHOTO... --model ID [--json] [--threshold 0..1] [--thorough]
    [--runtime onnx-wasm|onnx-webgpu|litert|tfjs-wasm|tfjs-webgpu] [--precision fp32|fp16|uint8]

PHOTO is a file or a folder. Findings are in photo pixels, origin top left, EXIF orientation applied.
Of large photos only places are looked at closely in which a first look sees something; --thorough looks at all.`;

await runCommand(USAGE, async (args) => {
  const options = parseDetectOptions(args);
  const { runtime, threshold } = options;
  const paths = await listPhotos(options.photos);
  const log = (line: string) => console.error(line);
  await using browser = await PipelineBrowser.open({ runtime, log });

  const request = requestOf(options);
  const prepared = await browser.prepare(request);
  if (!prepared.ok) throw new Error(describeFailure(prepared));
  const { manifest, ...used } = prepared.value;

  const photos: AnalysedPhoto[] = [];
  const analysis = { ...request, ...(threshold === undefined ? {} : { minScore: threshold }) };
  for await (const photo of analysePhotos(browser, paths, analysis, log)) photos.push(photo);

  if (options.json) {
    const about = { model: manifest.id, version: manifest.version, ...used };
    console.log(JSON.stringify({ ...about, photos: photos.map(asJson) }, null, 2));
  } else {
    for (const photo of photos) console.log(asText(photo));
  }
  return photos.every(({ outcome }) => outcome.ok) ? 0 : 1;
});

function asJson({ path, outcome }: AnalysedPhoto) {
  if (!outcome.ok) return { file: path, error: { kind: outcome.kind, message: describeFailure(outcome) } };
  const { photo, threshold, tiles, skipped, findings, times, defectProbability } = outcome.value;
  return { file: path, ...photo, threshold, tiles, skipped, findings, defectProbability, timesMs: times };
}

function asText({ path, outcome }: AnalysedPhoto): string {
  if (!outcome.ok) return `${path}\n  not analysed: ${describeFailure(outcome)}`;
  const { photo, findings, times } = outcome.value;
  const head = `${path}  ${photo.width} x ${photo.height} px, ${Math.round(times.total)} ms`;
  if (findings.length === 0) return `${head}\n  nothing found`;
  return [head, ...findings.map(findingLine)].join('\n');
}

function findingLine({ label, score, box }: RawFinding): string {
  const [x, y, width, height] = [box.x, box.y, box.width, box.height].map((value) => value.toFixed(0));
  return `  ${(score * 100).toFixed(0).padStart(3)} %  ${label.padEnd(20)} at ${x}, ${y}, ${width} x ${height} px`;
}
