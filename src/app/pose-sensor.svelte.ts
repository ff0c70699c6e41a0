import type { DevicePose, Position } from '../../core/contract/records.ts';
import { cameraPose, type Orientation } from '../../core/domain/camera-pose.ts';

// lib.dom knows neither Safari's compass nor its question for permission.
type WithCompass = DeviceOrientationEvent & { readonly webkitCompassHeading?: number };
type WithPermission = { readonly requestPermission?: () => Promise<'granted' | 'denied'> };

/** Not older than this, in ms: a position from the drive to the site is no position of the photo. */
const FRESH_MS = 30_000;

/** Where the device is and how it is held, while the camera is open; parts that it lacks stay absent. */
export class PoseSensor {
  #orientation = $state.raw<Orientation>();
  #place = $state.raw<{
    readonly position: Position;
    readonly accuracyM: number;
    readonly altitudeM?: number;
  }>();
  #screenAngle = $state(0);
  #watch: number | undefined;
  readonly #tilt = $derived(this.#orientation && cameraPose(this.#orientation, this.#screenAngle));

  /** Undefined where there is no sensor, or the camera looks straight up or down. */
  get rollDeg(): number | undefined {
    return this.#tilt?.rollDeg;
  }
  get pitchDeg(): number | undefined {
    return this.#tilt?.pitchDeg;
  }
  get hasPosition(): boolean {
    return this.#place !== undefined;
  }
  get pose(): DevicePose | undefined {
    const pose: DevicePose = { ...this.#place, ...this.#tilt };
    return Object.keys(pose).length === 0 ? undefined : pose;
  }

  /** To be called while a tap is handled: Safari asks for permission only then. */
  start(): void {
    const asks = (globalThis.DeviceOrientationEvent as WithPermission | undefined)?.requestPermission;
    void asks?.().catch(() => undefined);
    addEventListener('deviceorientationabsolute', this.#turned);
    addEventListener('deviceorientation', this.#turned);
    const { geolocation } = navigator as { readonly geolocation?: Geolocation };
    this.#watch = geolocation?.watchPosition(this.#moved, () => (this.#place = undefined), {
      enableHighAccuracy: true,
      maximumAge: FRESH_MS,
    });
  }

  stop(): void {
    removeEventListener('deviceorientationabsolute', this.#turned);
    removeEventListener('deviceorientation', this.#turned);
    if (this.#watch !== undefined) navigator.geolocation.clearWatch(this.#watch);
  }

  readonly #turned = (event: DeviceOrientationEvent) => {
    const { alpha, beta, gamma, webkitCompassHeading } = event as WithCompass;
    if (beta === null || gamma === null) return;
    const isAbsolute = event.absolute || webkitCompassHeading !== undefined;
    // Where both events come, the one that knows north counts.
    if (!isAbsolute && this.#orientation?.isAbsolute === true) return;
    const turned = webkitCompassHeading === undefined ? (alpha ?? 0) : 360 - webkitCompassHeading;
    this.#orientation = { alpha: turned, beta, gamma, isAbsolute: isAbsolute && alpha !== null };
    this.#screenAngle = screen.orientation.angle;
  };

  readonly #moved = ({ coords }: GeolocationPosition) => {
    const { latitude, longitude, accuracy, altitude } = coords;
    this.#place = {
      position: { latitude, longitude },
      accuracyM: accuracy,
      ...(altitude !== null && { altitudeM: altitude }),
    };
  };
}
