import type { GoldenFile } from '../../core/contract/golden.ts';
import type { ModelManifest } from '../../core/contract/model-manifest.ts';
import type { SelfTest, Way } from '../../core/contract/runtime.ts';
import { compareGolden, type GoldenVerdict } from '../../core/vision/compare-golden.ts';
import { blocksImage } from '../../core/vision/golden-input.ts';
import { packTile, tensorShape } from '../../core/vision/pack-tile.ts';
import type { Session } from '../runtimes/runtime.ts';
import { messageOf } from './pack-files.ts';

/** The first WebGPU run compiles shaders; wrong answers have been seen to come only with later runs. */
const RUNS = 3;
/** Further cases are left out on a device that needs longer: the first has shown what it can do. */
const PATIENCE_MS = 30_000;

type GoldenCase = GoldenFile['cases'][number];

/** Runs golden cases of this precision three times each; the worst run decides, the first is not timed. */
export async function runSelfTest(
  session: Session,
  manifest: ModelManifest,
  golden: GoldenFile,
  { runtime, precision }: Way,
  onRun: () => void,
): Promise<SelfTest> {
  const cases = golden.cases.filter((test) => test.precision === undefined || test.precision === precision);
  const tolerance = golden.tolerance[precision];
  const times: number[] = [];
  let worst: GoldenVerdict = { verdict: 'passed', worstError: 0, message: '' };
  if (!tolerance || cases.length === 0) worst = failed(`the pack has no golden case for ${precision}`);
  else {
    const start = performance.now();
    for (const [at, test] of cases.entries()) {
      if (at > 0 && performance.now() - start > PATIENCE_MS) break;
      for (let run = 0; run < RUNS && worst.verdict === 'passed'; run++) {
        worst = worseOf(worst, await runCase(session, manifest, test, tolerance, times));
        onRun();
      }
    }
  }
  return selfTestOf(manifest, { runtime, precision }, worst, cases.length, times);
}

/** The verdict on a way that cannot even start. */
export const neverRan = (manifest: ModelManifest, way: Way, message: string): SelfTest =>
  selfTestOf(manifest, way, failed(message), 0, []);

const selfTestOf = (
  { id, version }: ModelManifest,
  way: Way,
  { verdict, worstError, message }: GoldenVerdict,
  cases: number,
  times: readonly number[],
): SelfTest => ({
  model: { id, version },
  ...way,
  verdict,
  // Infinity does not survive JSON.
  worstError: Number.isFinite(worstError) ? worstError : Number.MAX_VALUE,
  cases,
  medianMs: median(times.length > 1 ? times.slice(1) : times),
  ...(times[0] === undefined ? {} : { firstMs: times[0] }),
  message,
  at: Date.now(),
});

async function runCase(
  session: Session,
  manifest: ModelManifest,
  test: GoldenCase,
  tolerance: GoldenFile['tolerance'][string],
  times: number[],
): Promise<GoldenVerdict> {
  const { input } = manifest;
  const rgba = blocksImage(test.input.seed, test.input.blocks, input.width, input.height);
  const data = packTile(rgba, input.width, input.height, input);
  const start = performance.now();
  try {
    const outputs = await session.run({ [input.name]: { shape: tensorShape(input), data } });
    times.push(performance.now() - start);
    return compareGolden(outputs, test.outputs, tolerance);
  } catch (error) {
    return failed(messageOf(error));
  }
}

const failed = (message: string): GoldenVerdict => ({ verdict: 'failed', worstError: Infinity, message });

const worseOf = (a: GoldenVerdict, b: GoldenVerdict): GoldenVerdict =>
  b.verdict === 'failed' || b.worstError >= a.worstError ? b : a;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
