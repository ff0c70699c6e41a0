import type { Size } from '../contract/geometry.ts';
import type { ModelInput, ModelManifest } from '../contract/model-manifest.ts';

/**
 * One run of the model: the whole-pixel rectangle of the photo that it sees, and how large that lands in
 * the tensor. The picture lies at the tensor's top left; what is right of and below it is padding.
 */
export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Tensor pixels that the rectangle is resized to; at most the model's input. */
  readonly inputWidth: number;
  readonly inputHeight: number;
  /** Tensor pixels per photo pixel: inputWidth / width, inputHeight / height. */
  readonly scaleX: number;
  readonly scaleY: number;
  /** The entry of `tiling.scales` that this tile belongs to. */
  readonly zoom: number;
}

type TileInput = Pick<ModelInput, 'width' | 'height' | 'resize'>;

/** More overlap than this multiplies the runs without showing anything that was not seen whole. */
const MAX_OVERLAP = 0.9;

/**
 * Every tile of a photo: zoom after zoom, in each row by row. For each zoom the tiles cover the photo
 * exactly, overlap at least by `overlap` of a tile's side and are evenly spread. A photo that fits at a
 * zoom is one tile, not enlarged beyond that zoom. `stretch` is always one tile of the whole photo.
 * The training side crops by the same rules.
 */
export function planTiles(photo: Size, input: TileInput, tiling: ModelManifest['tiling']): readonly Tile[] {
  if (input.resize === 'stretch') return [wholeTile(photo, input, tiling)];
  const zooms = [...new Set(tiling.scales)];
  return zooms.flatMap((zoom) => tilesAtZoom(photo, input, tiling.overlap, zoom));
}

/** The whole photo in one run: shrunk until it fits, not enlarged beyond the largest zoom. */
export function wholeTile(photo: Size, input: TileInput, tiling: ModelManifest['tiling']): Tile {
  const { width, height } = photo;
  if (input.resize === 'stretch') return makeTile(0, 0, width, height, input.width, input.height, 1);
  const zoom = Math.min(Math.max(...tiling.scales), input.width / width, input.height / height);
  const placed = (length: number, most: number): number =>
    Math.min(most, Math.max(1, Math.round(length * zoom)));
  return makeTile(0, 0, width, height, placed(width, input.width), placed(height, input.height), zoom);
}

function tilesAtZoom(photo: Size, input: TileInput, overlap: number, zoom: number): readonly Tile[] {
  if (!(zoom > 0 && Number.isFinite(zoom))) throw new RangeError(`a zoom of ${zoom} shows nothing`);
  const columns = spread(photo.width, input.width, overlap, zoom);
  const rows = spread(photo.height, input.height, overlap, zoom);
  return rows.starts.flatMap((y) =>
    columns.starts.map((x) => makeTile(x, y, columns.size, rows.size, columns.placed, rows.placed, zoom)),
  );
}

/** Starts and size in photo pixels, and the size in tensor pixels, along one axis. */
function spread(length: number, inputLength: number, overlap: number, zoom: number) {
  // A size below one tensor pixel still has to be seen.
  const placedWhole = Math.max(1, Math.round(length * zoom));
  if (placedWhole <= inputLength) return { starts: [0], size: length, placed: placedWhole };
  const size = Math.min(length, Math.max(1, Math.floor(inputLength / zoom)));
  const placed = Math.min(inputLength, Math.max(1, Math.round(size * zoom)));
  // A whole-pixel stride keeps rounded starts from overlapping less than asked.
  const stride = Math.max(1, Math.floor(size * (1 - Math.min(Math.max(overlap, 0), MAX_OVERLAP))));
  const steps = Math.ceil((length - size) / stride);
  const starts = Array.from({ length: steps + 1 }, (_, i) =>
    steps === 0 ? 0 : Math.round((i * (length - size)) / steps),
  );
  return { starts, size, placed };
}

function makeTile(
  x: number,
  y: number,
  width: number,
  height: number,
  inputWidth: number,
  inputHeight: number,
  zoom: number,
): Tile {
  return {
    x,
    y,
    width,
    height,
    inputWidth,
    inputHeight,
    scaleX: inputWidth / width,
    scaleY: inputHeight / height,
    zoom,
  };
}
