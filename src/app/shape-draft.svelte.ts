import type { Box, Geometry, Point, Size } from '../../core/contract/geometry.ts';
import { paintMask } from '../../core/vision/paint-mask.ts';
import { boxAround } from './drawn-box.ts';

export const SHAPE_TOOLS = ['box', 'polygon', 'brush', 'eraser'] as const;
export type ShapeTool = (typeof SHAPE_TOOLS)[number];

/** Moving less than this many CSS pixels is a tap. */
const TAP = 8;
/** A tap so near the first corner, in CSS pixels, closes the polygon. */
const CLOSING = 28;
/** Four taps on its outermost points make a box. */
const EXTREMES = 4;

/**
 * A shape in the making: a box by drag or four taps, a polygon by taps or one drag around, a mask by brush and
 * eraser. Each step can be undone and redone until the shape is kept or dropped.
 */
export class ShapeDraft {
  #photo: Size = { width: 1, height: 1 };
  #tool = $state<ShapeTool>('box');
  #geometry = $state.raw<Geometry>();
  #past = $state.raw<readonly (Geometry | undefined)[]>([]);
  #future = $state.raw<readonly (Geometry | undefined)[]>([]);
  #corners = $state.raw<readonly Point[]>([]);
  #path = $state.raw<readonly Point[]>([]);
  #gesture: Point | undefined;
  /** Diameter of brush and eraser, in CSS pixels. */
  brush = $state(32);
  #radius = $state(16);

  get tool(): ShapeTool {
    return this.#tool;
  }
  get geometry(): Geometry | undefined {
    return this.#geometry;
  }
  /** Taps that do not make a shape yet. */
  get corners(): readonly Point[] {
    return this.#corners;
  }
  /** The stroke under the finger. */
  get path(): readonly Point[] {
    return this.#path;
  }
  /** Of the stroke under the finger, in photo pixels. */
  get radius(): number {
    return this.#radius;
  }
  get canUndo(): boolean {
    return this.#corners.length > 0 || this.#past.length > 0;
  }
  get canRedo(): boolean {
    return this.#future.length > 0;
  }
  get isChanged(): boolean {
    return this.#past.length > 0;
  }
  get canClose(): boolean {
    return this.#tool === 'polygon' && this.#corners.length >= 3;
  }

  begin(photo: Size, geometry: Geometry | undefined): void {
    this.#photo = photo;
    this.#geometry = geometry;
    this.#past = [];
    this.#future = [];
    this.#letGo();
    this.#tool = geometry?.kind === 'mask' ? 'brush' : (geometry?.kind ?? 'box');
  }

  choose(tool: ShapeTool): void {
    this.#tool = tool;
    this.#letGo();
  }

  /**
   * A finger on the photo: from where it came down to where it is, in photo pixels, at `scale` CSS pixels per
   * photo pixel. Returns true when it has just made a shape whole.
   */
  draw([from, to]: readonly [Point, Point], ended: boolean, scale: number): boolean {
    // Another gesture began, so that the one before was given up, as when a second finger came down to zoom.
    if (from !== this.#gesture) this.#path = [];
    this.#gesture = from;
    const isTap = Math.hypot(to[0] - from[0], to[1] - from[1]) * scale < TAP && this.#path.length < 3;
    this.#path = [...this.#path, to];
    this.#radius = this.brush / 2 / scale;
    if (!ended) {
      if (this.#tool === 'box' && !isTap) this.#corners = [];
      return false;
    }
    const path = [from, ...this.#path];
    this.#path = [];
    return isTap ? this.#tap(to, scale) : this.#drag(from, to, path);
  }

  /** Handles are about to move the box: one step of undo, however many moves. */
  hold(): void {
    this.#past = [...this.#past, this.#geometry];
    this.#future = [];
  }

  moveBox(box: Box): void {
    this.#geometry = { kind: 'box', box };
  }

  /** For who cannot drag: a box to be moved by its handles. */
  place(box: Box): void {
    this.#set({ kind: 'box', box });
  }

  closePolygon(): boolean {
    if (!this.canClose) return false;
    this.#set({ kind: 'polygon', points: [...this.#corners] });
    return true;
  }

  undo(): void {
    if (this.#corners.length > 0) {
      this.#corners = this.#corners.slice(0, -1);
      return;
    }
    if (this.#past.length === 0) return;
    this.#future = [...this.#future, this.#geometry];
    this.#geometry = this.#past.at(-1);
    this.#past = this.#past.slice(0, -1);
  }

  redo(): void {
    if (this.#future.length === 0) return;
    this.#past = [...this.#past, this.#geometry];
    this.#geometry = this.#future.at(-1);
    this.#future = this.#future.slice(0, -1);
  }

  #tap(at: Point, scale: number): boolean {
    switch (this.#tool) {
      case 'box': {
        this.#corners = [...this.#corners, at];
        return this.#corners.length === EXTREMES && this.#setBox(this.#corners);
      }
      case 'polygon': {
        const [first] = this.#corners;
        const near = first && Math.hypot(at[0] - first[0], at[1] - first[1]) * scale < CLOSING;
        if (near && this.canClose) return this.closePolygon();
        this.#corners = [...this.#corners, at];
        return false;
      }
      default:
        return this.#paint([at]);
    }
  }

  #drag(from: Point, to: Point, path: readonly Point[]): boolean {
    switch (this.#tool) {
      case 'box':
        return this.#setBox([from, to]);
      case 'polygon':
        this.#corners = [...this.#corners, ...path];
        return this.closePolygon();
      default:
        return this.#paint(path);
    }
  }

  #setBox(points: readonly Point[]): boolean {
    const box = boxAround(points, this.#photo);
    if (box) this.#set({ kind: 'box', box });
    else this.#letGo();
    return box !== undefined;
  }

  /** A mask is never whole by itself: there may always be another stroke. */
  #paint(points: readonly Point[]): false {
    const kind = this.#tool === 'eraser' ? 'erase' : 'paint';
    if (kind === 'erase' && !this.#geometry) return false;
    this.#set(paintMask(this.#geometry, { points, radius: this.#radius, kind }, this.#photo));
    return false;
  }

  #set(geometry: Geometry | undefined): void {
    this.#past = [...this.#past, this.#geometry];
    this.#future = [];
    this.#geometry = geometry;
    this.#letGo();
  }

  #letGo(): void {
    this.#corners = [];
    this.#path = [];
  }
}
