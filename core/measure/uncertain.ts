/**
 * A value and the half-width of its 95 % interval (k = 2). Half-widths of independent causes add in
 * quadrature, as standard uncertainties do, so nothing is converted on the way. Source: JCGM 100:2008, 5.1.2.
 */
export interface Uncertain {
  readonly value: number;
  readonly uncertainty: number;
}

export const quadrature = (...halfWidths: readonly number[]): number => Math.hypot(...halfWidths);

/** Product of independent quantities, each to a power: relative half-widths add in quadrature. */
export function product(
  ...factors: readonly { readonly of: Uncertain; readonly power: number }[]
): Uncertain {
  const value = factors.reduce((all, { of, power }) => all * of.value ** power, 1);
  const relative = quadrature(...factors.map(({ of, power }) => (power * of.uncertainty) / of.value));
  return { value, uncertainty: Math.abs(value) * relative };
}
