import type { Box, Point, Size } from '../../core/contract/geometry.ts';

type Aim =
  | { readonly kind: 'fit' }
  | { readonly kind: 'box'; readonly box: Box }
  | { readonly kind: 'free'; readonly centre: Point; readonly scale: number };

/** CSS pixels per photo pixel that nobody needs more of. */
const MOST_SCALE = 16;

/**
 * How a photo lies on its stage: photo pixels to stage pixels and back. What is aimed at stays aimed at when
 * the stage changes its size, as it does when the tablet is turned.
 */
export class PhotoView {
  #photo = $state.raw<Size>({ width: 1, height: 1 });
  #stage = $state.raw<Size>({ width: 1, height: 1 });
  #aim = $state.raw<Aim>({ kind: 'fit' });

  /** CSS pixels per photo pixel. */
  readonly scale = $derived.by(() => this.#scaleOf(this.#aim));
  readonly #centre = $derived.by(() => this.#centreOf(this.#aim));
  /** Where the photo's top left corner lies, in stage pixels. */
  readonly left = $derived(this.#stage.width / 2 - this.#centre[0] * this.scale);
  readonly top = $derived(this.#stage.height / 2 - this.#centre[1] * this.scale);

  get photo(): Size {
    return this.#photo;
  }
  get stage(): Size {
    return this.#stage;
  }
  get fits(): boolean {
    return this.#aim.kind === 'fit';
  }

  show(photo: Size): void {
    this.#photo = photo;
  }

  /** In CSS pixels; a stage that is not laid out yet has none. */
  resize(width: number, height: number): void {
    if (width > 0 && height > 0) this.#stage = { width, height };
  }

  fit(): void {
    this.#aim = { kind: 'fit' };
  }

  /** Shows the box, in photo pixels, as large as it can be whole. */
  focus(box: Box): void {
    this.#aim = { kind: 'box', box };
  }

  toStage([x, y]: Point): Point {
    return [this.left + x * this.scale, this.top + y * this.scale];
  }

  toPhoto([x, y]: Point): Point {
    return [(x - this.left) / this.scale, (y - this.top) / this.scale];
  }

  /** Zooms so that the photo point under `at`, in stage pixels, stays there. */
  zoom(factor: number, at: Point = [this.#stage.width / 2, this.#stage.height / 2]): void {
    const scale = Math.min(MOST_SCALE, Math.max(this.#scaleOf({ kind: 'fit' }), this.scale * factor));
    const [x, y] = this.toPhoto(at);
    this.#free(scale, [
      x - (at[0] - this.#stage.width / 2) / scale,
      y - (at[1] - this.#stage.height / 2) / scale,
    ]);
  }

  /** Moves the photo by stage pixels. */
  pan(dx: number, dy: number): void {
    const [x, y] = this.#centre;
    this.#free(this.scale, [x - dx / this.scale, y - dy / this.scale]);
  }

  /** The middle of the stage never leaves the photo. */
  #free(scale: number, [x, y]: Point): void {
    const centre: Point = [
      Math.min(this.#photo.width, Math.max(0, x)),
      Math.min(this.#photo.height, Math.max(0, y)),
    ];
    this.#aim = { kind: 'free', centre, scale };
  }

  #scaleOf(aim: Aim): number {
    if (aim.kind === 'free') return aim.scale;
    const { width, height } = aim.kind === 'box' ? aim.box : this.#photo;
    return Math.min(this.#stage.width / width, this.#stage.height / height);
  }

  #centreOf(aim: Aim): Point {
    if (aim.kind === 'free') return aim.centre;
    if (aim.kind === 'box') return [aim.box.x + aim.box.width / 2, aim.box.y + aim.box.height / 2];
    return [this.#photo.width / 2, this.#photo.height / 2];
  }
}
