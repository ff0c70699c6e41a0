import type { GoldenFile } from '../../core/contract/golden.ts';
import type { ModelManifest, Precision } from '../../core/contract/model-manifest.ts';
import type { RuntimeId, SelfTest } from '../../core/contract/runtime.ts';
import { compareGolden, type GoldenVerdict } from '../../core/vision/compare-golden.ts';
import { blocksImage } from '../../core/vision/golden-input.ts';
import { packTile, tensorShape } from '../../core/vision/pack-tile.ts';
import type { Session } from '../runtimes/runtime.ts';
import { messageOf } from './pack-files.ts';

/** The first WebGPU run compiles shaders; wrong answers have been seen to come only with later runs. */
const RUNS = 3;

type GoldenCase = GoldenFile['cases'][number];

/** Runs every golden case of this precision three times; the worst run decides. */
export async function runSelfTest(
  session: Session,
  manifest: ModelManifest,
  golden: GoldenFile,
  runtime: RuntimeId,
  precision: Precision,
  onRun: () => void,
): Promise<SelfTest> {
  const cases = golden.cases.filter((test) => test.precision === undefined || test.precision === precision);
  const tolerance = golden.tolerance[precision];
  const times: number[] = [];
  let worst: GoldenVerdict = { verdict: 'passed', worstError: 0, message: '' };
  if (!tolerance || cases.length === 0) worst = failed(`the pack has no golden case for ${precision}`);
  else {
    for (const test of cases) {
      for (let run = 0; run < RUNS && worst.verdict === 'passed'; run++) {
        worst = worseOf(worst, await runCase(session, manifest, test, tolerance, times));
        onRun();
      }
    }
  }
  return {
    model: { id: manifest.id, version: manifest.version },
    runtime,
    precision,
    verdict: worst.verdict,
    // Infinity does not survive JSON.
    worstError: Number.isFinite(worst.worstError) ? worst.worstError : Number.MAX_VALUE,
    cases: cases.length,
    medianMs: median(times),
    message: worst.message,
    at: Date.now(),
  };
}

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
