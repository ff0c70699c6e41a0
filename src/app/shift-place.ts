import type { CapturePlace } from '../../core/contract/records.ts';

/** Of one photo along the blade, where only one end is given. */
const STEP_M = 1;

/** The next part of the blade, as long as this one: towards the tip, or back towards the root. */
export function shifted(place: CapturePlace, way: 1 | -1, bladeLengthM: number | undefined): CapturePlace {
  const { fromRootM: from, toRootM: to } = place;
  if (from === undefined) return place;
  const span = to === undefined ? 0 : to - from;
  const step = Math.abs(span) > 0 ? Math.abs(span) : STEP_M;
  const [least, most] = [0, (bladeLengthM ?? Infinity) - Math.max(0, span)];
  const next = round(Math.max(least, Math.min(most, from + way * step)));
  return { ...place, fromRootM: next, ...(to !== undefined && { toRootM: round(next + span) }) };
}

/** Whole centimetres: steps of 0.1 m must not pile up to 0.30000000000000004. */
const round = (metres: number): number => Math.round(metres * 100) / 100;
