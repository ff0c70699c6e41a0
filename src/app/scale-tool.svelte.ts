import type { Point, Size } from '../../core/contract/geometry.ts';
import type { Capture, Scale } from '../../core/contract/records.ts';
import type { Outcome } from '../../core/domain/outcome.ts';
import {
  focalOfScale,
  scaleFromCamera,
  scaleFromChord,
  scaleFromTaps,
  type ScaleFailure,
} from '../../core/measure/scale.ts';
import { typedNumber } from './typed-number.ts';

export const SCALE_METHODS = ['two-taps', 'chord', 'camera'] as const satisfies readonly Scale['method'][];
export type ScaleMethod = (typeof SCALE_METHODS)[number];

/** How far a finger's aim is off under the magnifier, in CSS pixels; at 95 %, as every half-width. */
const AIM_PX = 4;
/** CSS pixels per photo pixel of the magnifier, at least. */
const LOUPE_SCALE = 3;

/** What is typed, as typed; lengths in mm, distances in m. */
export interface ScaleFields {
  readonly known: string;
  readonly knownOff: string;
  readonly distance: string;
  readonly distanceOff: string;
  readonly focal: string;
}

/** Finding a photo's scale: two taps and a length, or the camera's distance and lens. */
export class ScaleTool {
  #method = $state<ScaleMethod>('two-taps');
  #taps = $state.raw<readonly { readonly at: Point; readonly offPx: number }[]>([]);
  #aim = $state.raw<Point>();
  #fields = $state.raw<ScaleFields>({
    known: '',
    knownOff: '1',
    distance: '',
    distanceOff: '0.5',
    focal: '',
  });
  readonly #photo: Size;

  readonly #outcome = $derived.by(() => this.#measure());

  /** `photo` in pixels, orientation applied, uncropped. */
  constructor(capture: Capture, photo: Size) {
    this.#photo = photo;
    const { scale, exif } = capture;
    const set = scale && focalOfScale(scale, photo);
    const focal = set === undefined ? exif?.focalLength35mm : Math.round(set * 10) / 10;
    this.#fields = {
      ...this.#fields,
      ...(focal !== undefined && { focal: String(focal) }),
      ...(scale?.knownMm !== undefined && { known: String(scale.knownMm) }),
      ...(scale?.distanceM !== undefined && { distance: String(scale.distanceM) }),
    };
    this.#method = scale?.method ?? 'two-taps';
    this.#taps = (scale?.taps ?? []).map((at) => ({ at, offPx: AIM_PX / LOUPE_SCALE }));
  }

  get method(): ScaleMethod {
    return this.#method;
  }
  set method(method: ScaleMethod) {
    this.#method = method;
    this.change({ knownOff: method === 'chord' ? '20' : '1' });
  }
  get fields(): ScaleFields {
    return this.#fields;
  }
  get taps(): readonly Point[] {
    return this.#taps.map(({ at }) => at);
  }
  /** Where the finger is before it lifts, in photo pixels. */
  get aim(): Point | undefined {
    return this.#aim;
  }
  get needsTaps(): boolean {
    return this.#method !== 'camera';
  }
  /** Undefined while something is still missing. */
  get outcome(): Outcome<Scale, ScaleFailure> | undefined {
    return this.#outcome;
  }

  change(fields: Partial<ScaleFields>): void {
    this.#fields = { ...this.#fields, ...fields };
  }

  /** `viewScale`: CSS pixels per photo pixel. A third tap corrects the nearer end. */
  point(at: Point, ended: boolean, viewScale: number): void {
    this.#aim = ended ? undefined : at;
    if (!ended) return;
    const tap = { at, offPx: AIM_PX / loupeScale(viewScale) };
    const [first, second] = this.#taps;
    if (!first || !second) {
      this.#taps = [...this.#taps, tap];
      return;
    }
    const isFirst = distance(first.at, at) < distance(second.at, at);
    this.#taps = isFirst ? [tap, second] : [first, tap];
  }

  #measure(): Outcome<Scale, ScaleFailure> | undefined {
    const read = (name: keyof ScaleFields) => typedNumber(this.#fields[name]);
    if (this.#method === 'camera') {
      const [distanceM, focal35mm] = [read('distance'), read('focal')];
      if (distanceM === undefined || focal35mm === undefined) return undefined;
      return scaleFromCamera({
        distanceM,
        distanceUncertaintyM: read('distanceOff') ?? 0,
        lens: { kind: 'equivalent', focal35mm },
        photo: this.#photo,
      });
    }
    const [first, second] = this.#taps;
    const knownMm = read('known');
    if (!first || !second || knownMm === undefined) return undefined;
    const measure = this.#method === 'chord' ? scaleFromChord : scaleFromTaps;
    return measure({
      taps: [first.at, second.at],
      knownMm,
      knownUncertaintyMm: read('knownOff') ?? 0,
      tapPx: Math.max(first.offPx, second.offPx),
    });
  }
}

/** Of the magnifier over a photo that is shown at `viewScale`. */
export const loupeScale = (viewScale: number): number => Math.max(LOUPE_SCALE, viewScale * 2);

const distance = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);
