/**
 * Hybrid logical clock: wall ms, counter and device in one string that sorts as text in the order of
 * events. It breaks ties only and never refuses a write. Source: Kulkarni et al., Logical Physical
 * Clocks, 2014.
 */
export interface ClockReading {
  readonly wall: number;
  readonly counter: number;
  readonly device: string;
}

const WALL_DIGITS = 15;
/** A reading from beyond the year 9999 is no clock's; following it would use up the digits. */
const LAST_WALL = 253_402_300_799_999;
const MAX_COUNTER = 0xffff;

export function formatClock({ wall, counter, device }: ClockReading): string {
  return `${String(wall).padStart(WALL_DIGITS, '0')}-${counter.toString(16).padStart(4, '0')}-${device}`;
}

/** undefined where the text is no reading. */
export function parseClock(text: string): ClockReading | undefined {
  const match = /^(\d{15})-([0-9a-f]{4})-(.+)$/s.exec(text);
  if (!match) return undefined;
  const [, wall = '', counter = '', device = ''] = match;
  return { wall: Number(wall), counter: Number.parseInt(counter, 16), device };
}

/** The reading of a new event here: after `last`, even when the device's clock went back. */
export function tick(last: string | undefined, now: number, device: string): string {
  const previous = last === undefined ? undefined : parseClock(last);
  return formatClock({ ...next(whole(now), previous ? [previous] : []), device });
}

/** The reading after another device's event arrived: after both. */
export function receive(last: string | undefined, remote: string, now: number, device: string): string {
  const own = last === undefined ? undefined : parseClock(last);
  const other = parseClock(remote);
  const seen = [own, other && other.wall <= LAST_WALL ? other : undefined];
  return formatClock({
    ...next(
      whole(now),
      seen.filter((reading) => reading !== undefined),
    ),
    device,
  });
}

/** What a server makes of a reading from a clock that runs ahead: its wall time is at most now + `aheadMs`. */
export function clampClock(text: string, now: number, aheadMs: number): string | undefined {
  const reading = parseClock(text);
  return reading && formatClock({ ...reading, wall: Math.min(reading.wall, whole(now + aheadMs)) });
}

function next(now: number, seen: readonly ClockReading[]): { wall: number; counter: number } {
  const wall = Math.max(now, ...seen.map((reading) => reading.wall));
  const counters = seen.filter((reading) => reading.wall === wall).map((reading) => reading.counter);
  if (counters.length === 0) return { wall, counter: 0 };
  const counter = Math.max(...counters) + 1;
  return counter > MAX_COUNTER ? { wall: wall + 1, counter: 0 } : { wall, counter };
}

const whole = (ms: number): number => Math.min(LAST_WALL, Math.max(0, Math.floor(ms)));
