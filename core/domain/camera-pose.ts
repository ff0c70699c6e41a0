import type { DevicePose } from '../contract/records.ts';

/** As `deviceorientation` tells it, in degrees: https://www.w3.org/TR/orientation-event/#deviceorientation. */
export interface Orientation {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  /** Whether `alpha` counts from north; otherwise it counts from anywhere. */
  readonly isAbsolute: boolean;
}

/** Looking nearly straight up or down there is no up in the picture, and no roll. */
const STEEP_DEG = 80;

/**
 * Where a tablet's back camera looks. `screenAngle`: how far the screen's content is turned against the
 * device, as `screen.orientation.angle`.
 */
export function cameraPose(
  { alpha, beta, gamma, isAbsolute }: Orientation,
  screenAngle: number,
): Pick<DevicePose, 'pitchDeg' | 'rollDeg' | 'headingDeg'> {
  const [a, b, c] = [alpha, beta, gamma].map((degrees) => (degrees * Math.PI) / 180) as [
    number,
    number,
    number,
  ];
  // The rotation is Z(alpha) X(beta) Y(gamma); its third row is the sky in the device's own axes.
  const up = { x: -Math.cos(b) * Math.sin(c), y: Math.sin(b), z: Math.cos(b) * Math.cos(c) };
  const pitchDeg = degrees(Math.asin(Math.min(1, Math.max(-1, -up.z))));
  const isSteep = Math.abs(pitchDeg) > STEEP_DEG;
  // The camera looks along the device's -z: minus the third column.
  const east = -Math.cos(a) * Math.sin(c) - Math.sin(a) * Math.sin(b) * Math.cos(c);
  const north = -Math.sin(a) * Math.sin(c) + Math.cos(a) * Math.sin(b) * Math.cos(c);
  return {
    pitchDeg,
    ...(isSteep ? {} : { rollDeg: signed(degrees(Math.atan2(-up.x, up.y)) + screenAngle) }),
    ...(isAbsolute && !isSteep ? { headingDeg: (degrees(Math.atan2(east, north)) + 360) % 360 } : {}),
  };
}

const degrees = (radians: number): number => (radians * 180) / Math.PI;

/** The same angle from -180 to 180. */
const signed = (angle: number): number => ((((angle + 180) % 360) + 360) % 360) - 180;
