import type { Finding } from '../contract/records.ts';
import { quadrature } from './uncertain.ts';

/** How much longer a damage has grown, in cm; undefined unless both were measured. */
export function growthCm(
  before: Pick<Finding, 'size'>,
  after: Pick<Finding, 'size'>,
): NonNullable<Finding['growthCm']> | undefined {
  const [then, now] = [before.size?.lengthCm, after.size?.lengthCm];
  if (!then || !now || then === 'not-measurable' || now === 'not-measurable') return undefined;
  return { value: now.value - then.value, uncertainty: quadrature(then.uncertainty, now.uncertainty) };
}
