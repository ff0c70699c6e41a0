import type { Point, Size } from '../contract/geometry.ts';
import type { Scale } from '../contract/records.ts';
import { fail, succeed, type Outcome } from '../domain/outcome.ts';
import { product, quadrature } from './uncertain.ts';

/** Diagonal of the 36 x 24 mm frame that "35 mm equivalent" refers to (CIPA DCG-001). */
const FULL_FRAME_DIAGONAL_MM = Math.hypot(36, 24);
/** Half a step of the whole millimetres that EXIF gives for the 35 mm equivalent. */
const EQUIVALENT_STEP_MM = 0.5;
/** Focus breathing and rounding of the sensor's size: what a lens's printed focal length is off by. */
const FOCAL_RELATIVE = 0.02;
/** Tilt of the surface that nobody notices while framing: it shortens the picture by 1 - cos. */
const UNNOTICED_TILT_DEG = 10;

export type ScaleFailure =
  | { readonly kind: 'taps-too-close'; readonly pixels: number; readonly neededPixels: number }
  | { readonly kind: 'not-a-distance'; readonly name: string; readonly value: number };

export interface KnownLength {
  /** Two tapped points in photo pixels. */
  readonly taps: readonly [Point, Point];
  readonly knownMm: number;
  /** Half-width of the known length. */
  readonly knownUncertaintyMm: number;
  /** Half-width of one tap along the line, in photo pixels. */
  readonly tapPx: number;
}

/** Two taps on a tape, a bolt circle, a serration: anything whose length is known. */
export const scaleFromTaps = (input: KnownLength): Outcome<Scale, ScaleFailure> =>
  fromKnownLength('two-taps', input);

/** Two taps on leading and trailing edge where the blade's chord is known from its drawing. */
export const scaleFromChord = (input: KnownLength): Outcome<Scale, ScaleFailure> =>
  fromKnownLength('chord', input);

function fromKnownLength(
  method: 'two-taps' | 'chord',
  { taps, knownMm, knownUncertaintyMm, tapPx }: KnownLength,
): Outcome<Scale, ScaleFailure> {
  if (!(knownMm > 0 && Number.isFinite(knownMm)))
    return fail({ kind: 'not-a-distance', name: 'knownMm', value: knownMm });
  const [a, b] = taps;
  const pixels = Math.hypot(b[0] - a[0], b[1] - a[1]);
  // Both taps are off on their own.
  const pixelUncertainty = tapPx * Math.SQRT2;
  const neededPixels = Math.max(10, 4 * pixelUncertainty);
  if (!(pixels >= neededPixels)) return fail({ kind: 'taps-too-close', pixels, neededPixels });
  const scale = product(
    { of: { value: knownMm, uncertainty: knownUncertaintyMm }, power: 1 },
    { of: { value: pixels, uncertainty: pixelUncertainty }, power: -1 },
  );
  return succeed({
    mmPerPixel: scale.value,
    uncertainty: scale.uncertainty,
    method,
    taps: [a, b],
    knownMm,
  });
}

export type Lens =
  | { readonly kind: 'equivalent'; readonly focal35mm: number }
  | { readonly kind: 'sensor'; readonly focalMm: number; readonly sensorDiagonalMm: number };

export interface CameraDistance {
  readonly distanceM: number;
  /** Half-width of the distance: about 0.05 m for a laser, a metre and more for an estimate. */
  readonly distanceUncertaintyM: number;
  readonly lens: Lens;
  /** The uncropped photo. */
  readonly photo: Size;
}

/**
 * Pinhole camera: mm per pixel = distance x sensor diagonal / (focal length x diagonal in pixels). Holds
 * for a distance many times the focal length and a photo that was neither cropped nor zoomed digitally.
 */
export function scaleFromCamera(input: CameraDistance): Outcome<Scale, ScaleFailure> {
  const { distanceM, distanceUncertaintyM, lens, photo } = input;
  const focal = lens.kind === 'equivalent' ? lens.focal35mm : lens.focalMm;
  const diagonal = lens.kind === 'equivalent' ? FULL_FRAME_DIAGONAL_MM : lens.sensorDiagonalMm;
  for (const [name, value] of Object.entries({ distanceM, focal, diagonal })) {
    if (!(value > 0 && Number.isFinite(value))) return fail({ kind: 'not-a-distance', name, value });
  }
  const step = lens.kind === 'equivalent' ? EQUIVALENT_STEP_MM : 0;
  const perPixel = diagonal / Math.hypot(photo.width, photo.height);
  const scale = product(
    { of: { value: distanceM * 1000, uncertainty: distanceUncertaintyM * 1000 }, power: 1 },
    { of: { value: focal, uncertainty: quadrature(step, focal * FOCAL_RELATIVE) }, power: -1 },
  );
  const mmPerPixel = scale.value * perPixel;
  const tilt = mmPerPixel * (1 - Math.cos((UNNOTICED_TILT_DEG * Math.PI) / 180));
  return succeed({
    mmPerPixel,
    uncertainty: quadrature(scale.uncertainty * perPixel, tilt),
    method: 'camera',
    distanceM,
  });
}

/** The 35 mm equivalent from which `scaleFromCamera` made this scale; undefined for a scale of another method. */
export function focalOfScale({ method, mmPerPixel, distanceM }: Scale, photo: Size): number | undefined {
  if (method !== 'camera' || distanceM === undefined) return undefined;
  return (distanceM * 1000 * FULL_FRAME_DIAGONAL_MM) / (mmPerPixel * Math.hypot(photo.width, photo.height));
}
