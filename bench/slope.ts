export interface Slope {
  /** Growth from one value to the next by least squares, and its standard error. */
  readonly perStep: number;
  readonly error: number;
  readonly mean: number;
}

/** A straight line through values that were taken one after the other; three at least. */
export function slopeOf(values: readonly number[]): Slope {
  const count = values.length;
  if (count < 3) throw new RangeError(`${count} values have no slope`);
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const middle = (count - 1) / 2;
  const spreadX = (count * (count * count - 1)) / 12;
  const perStep = values.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0) / spreadX;
  const left = values.reduce((sum, value, at) => sum + (value - mean - perStep * (at - middle)) ** 2, 0);
  return { perStep, error: Math.sqrt(left / (count - 2) / spreadX), mean };
}
