import type { GoldenFile } from '../contract/golden.ts';

/** A model's answer as every runtime hands it over. */
export interface OutputTensor {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

export interface GoldenVerdict {
  readonly verdict: 'passed' | 'failed';
  /** Largest |actual - expected|, in the output's own unit; Infinity where nothing could be compared. */
  readonly worstError: number;
  readonly message: string;
}

type GoldenOutput = GoldenFile['cases'][number]['outputs'][number];
type Tolerance = GoldenFile['tolerance'][string];

/** Passes where |actual - expected| <= abs + rel * |expected| at every stored index of every output. */
export function compareGolden(
  outputs: Readonly<Record<string, OutputTensor>>,
  expected: readonly GoldenOutput[],
  tolerance: Tolerance,
): GoldenVerdict {
  let worstError = 0;
  let firstMiss: string | undefined;
  for (const golden of expected) {
    const actual = Object.hasOwn(outputs, golden.name) ? outputs[golden.name] : undefined;
    const misfit = shapeMisfit(golden, actual);
    if (misfit !== undefined || !actual)
      return failed(Infinity, misfit ?? `output ${golden.name} is missing`);
    for (const [i, index] of golden.indices.entries()) {
      const want = golden.values[i] ?? NaN;
      const got = actual.data[index] ?? NaN;
      const error = Math.abs(got - want);
      if (Number.isNaN(error))
        return failed(Infinity, `${golden.name}[${index}] is ${got}, expected ${want}`);
      worstError = Math.max(worstError, error);
      if (error > tolerance.abs + tolerance.rel * Math.abs(want)) {
        firstMiss ??= `${golden.name}[${index}] is ${got}, expected ${want}`;
      }
    }
  }
  if (firstMiss !== undefined) return failed(worstError, firstMiss);
  if (!expected.some((golden) => golden.indices.length > 0)) return failed(Infinity, 'nothing to compare');
  return { verdict: 'passed', worstError, message: `largest error ${worstError.toPrecision(3)}` };
}

const failed = (worstError: number, message: string): GoldenVerdict => ({
  verdict: 'failed',
  worstError,
  message,
});

function shapeMisfit(golden: GoldenOutput, actual: OutputTensor | undefined): string | undefined {
  if (!actual) return `output ${golden.name} is missing`;
  const shape = golden.shape.join('x');
  if (actual.shape.join('x') !== shape) {
    return `${golden.name} has shape ${actual.shape.join('x')}, expected ${shape}`;
  }
  const length = golden.shape.reduce((product, side) => product * side, 1);
  if (actual.data.length !== length)
    return `${golden.name} holds ${actual.data.length} values, not ${length}`;
  if (golden.values.length !== golden.indices.length) return `${golden.name} has an index without a value`;
  return undefined;
}
