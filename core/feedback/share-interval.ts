/** A share of `all` with its 95 % interval; everything undefined of none. */
export interface Share {
  readonly share: number | undefined;
  readonly low: number;
  readonly high: number;
  readonly all: number;
}

/** Of the normal distribution, for 95 %. */
const Z = 1.959964;

/** Wilson's score interval, which holds for few cases and for shares near 0 and 1. Source: Wilson, JASA 1927. */
export function shareInterval(hits: number, all: number): Share {
  if (all === 0) return { share: undefined, low: 0, high: 1, all };
  const share = hits / all;
  const middle = share + Z ** 2 / (2 * all);
  const half = Z * Math.sqrt((share * (1 - share)) / all + Z ** 2 / (4 * all ** 2));
  const whole = 1 + Z ** 2 / all;
  return {
    ...{ share, all },
    low: Math.max(0, (middle - half) / whole),
    high: Math.min(1, (middle + half) / whole),
  };
}
