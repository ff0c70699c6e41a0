/** How often the running picture is looked at, from how long the last looks took. */
export interface Pace {
  /** Smoothed milliseconds of one look; undefined before the first. */
  readonly lookMs: number | undefined;
  /** The quickest that this device has been: slower than it by far means heat. */
  readonly bestMs: number | undefined;
}

export const NO_PACE: Pace = { lookMs: undefined, bestMs: undefined };

const SMOOTH = 0.2;
/** Looks that take longer than the best by this much are a device that slows itself down. */
const WARM = 1.5;
/** The best is forgotten slowly: a bigger picture or another app is no heat. */
const FORGET = 1.002;

export function afterLook(pace: Pace, ms: number): Pace {
  const lookMs = pace.lookMs === undefined ? ms : pace.lookMs + (ms - pace.lookMs) * SMOOTH;
  return { lookMs, bestMs: Math.min((pace.bestMs ?? lookMs) * FORGET, lookMs) };
}

/**
 * Milliseconds to rest before the next look: none while the device is quick. The more it slows down the
 * longer, up to as long as a look takes, so that it is busy half the time at most and cools.
 */
export function restMs({ lookMs, bestMs }: Pace): number {
  if (lookMs === undefined || bestMs === undefined) return 0;
  const slower = lookMs / bestMs;
  return slower <= WARM ? 0 : lookMs * Math.min(1, slower - WARM);
}

/** Whether the device has slowed itself down, so that a person is told why findings come late. */
export const isWarm = (pace: Pace): boolean => restMs(pace) > 0;
