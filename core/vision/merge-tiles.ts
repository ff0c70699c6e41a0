import type { Box, Size } from '../contract/geometry.ts';
import { boxArea, coveredShare, intersectionArea, unionBox } from './box.ts';
import type { Detection } from './decode-yolox.ts';
import { suppress } from './nms.ts';
import type { Tile } from './tiles.ts';

export interface TileDetections {
  readonly tile: Tile;
  readonly detections: readonly Detection[];
}

export interface MergeRules {
  /** Boxes of one class that overlap by more than this are one finding. */
  readonly nmsIou: number;
  /** Boxes of a tile that overlap by at least this agree on one outline; absent: the best one's. */
  readonly fuseIou?: number | undefined;
  /** Most findings of a photo, best first; 300 as COCO counts. */
  readonly limit?: number;
}

/** A box ends at a tile's edge when it comes within this share of the tile's side: heads miss by pixels. */
const EDGE_SHARE = 0.015;
/** A cut box is dropped when a fuller box covers this share of it. */
const COVERED = 0.6;
/** Two pieces belong together when they share this much of the shorter one along the seam. */
const SEAM_SHARE = 0.2;

/** Best pieces that are looked at: pairs are compared, and a photo full of them must not stall the merge. */
const MAX_PIECES = 3000;

/** The tile's edges that the box ends at and beyond which the photo goes on. */
interface Piece extends Detection {
  readonly tile: Tile;
  readonly cut: {
    readonly left: boolean;
    readonly top: boolean;
    readonly right: boolean;
    readonly bottom: boolean;
  };
}

/**
 * One list of findings from the answers of all tiles and zooms, best first. Beyond suppression of doubles:
 * a box that a tile's inner edge cuts gives way to a box that shows the damage beyond that edge, and
 * pieces of a damage that no tile saw whole become one box with the best piece's score.
 */
export function mergeTiles(
  answers: readonly TileDetections[],
  photo: Size,
  rules: MergeRules,
): readonly Detection[] {
  const limit = rules.limit ?? 300;
  const single = answers.map(({ detections }) => suppress(detections, rules.nmsIou, limit, rules.fuseIou));
  // Outlines that were agreed on may overlap more than the boxes that stayed: they are no doubles for that.
  if (answers.length === 1) return (single[0] ?? []).map(asDetection);
  const pieces = answers
    .flatMap(({ tile }, at) => (single[at] ?? []).map((detection) => asPiece(detection, tile, photo)))
    .sort((a, b) => b.score - a.score)
    .slice(0, MAX_PIECES);
  const whole = pieces.filter((piece) => !isCut(piece));
  const cut = pieces.filter(isCut);
  const { kept: seenWhole, left: unseen } = absorb(cut, whole);
  const joined = joinPieces(unseen);
  const merged: Detection[] = [...seenWhole, ...joined];
  return suppress(merged, rules.nmsIou, limit).map(asDetection);
}

const asDetection = ({ box, score, classIndex }: Detection): Detection => ({ box, score, classIndex });

function asPiece(detection: Detection, tile: Tile, photo: Size): Piece {
  const { box } = detection;
  const marginX = tile.width * EDGE_SHARE;
  const marginY = tile.height * EDGE_SHARE;
  return {
    ...detection,
    tile,
    cut: {
      left: tile.x > 0 && box.x <= tile.x + marginX,
      top: tile.y > 0 && box.y <= tile.y + marginY,
      right: tile.x + tile.width < photo.width && box.x + box.width >= tile.x + tile.width - marginX,
      bottom: tile.y + tile.height < photo.height && box.y + box.height >= tile.y + tile.height - marginY,
    },
  };
}

const isCut = ({ cut }: Piece): boolean => cut.left || cut.top || cut.right || cut.bottom;

/** Whether `other` shows the damage beyond an edge that cuts `piece`. */
function goesOn(piece: Piece, other: Detection): boolean {
  const { tile, cut } = piece;
  const marginX = tile.width * EDGE_SHARE;
  const marginY = tile.height * EDGE_SHARE;
  return (
    (cut.left && other.box.x < piece.box.x - marginX) ||
    (cut.top && other.box.y < piece.box.y - marginY) ||
    (cut.right && other.box.x + other.box.width > piece.box.x + piece.box.width + marginX) ||
    (cut.bottom && other.box.y + other.box.height > piece.box.y + piece.box.height + marginY)
  );
}

/**
 * Drops the cut pieces that a whole box covers. The tightest such box takes over a better score: it is the
 * same damage, seen twice.
 */
function absorb(cut: readonly Piece[], whole: readonly Piece[]) {
  const scores = new Map<Piece, number>(whole.map((box) => [box, box.score]));
  const left = cut.filter((piece) => {
    const covering = whole.filter(
      (box) => box.classIndex === piece.classIndex && box.tile !== piece.tile && shows(box, piece),
    );
    const tightest = covering.sort((a, b) => boxArea(a.box) - boxArea(b.box))[0];
    if (tightest) scores.set(tightest, Math.max(scores.get(tightest) ?? 0, piece.score));
    return !tightest;
  });
  return { kept: whole.map((box) => ({ ...box, score: scores.get(box) ?? box.score })), left };
}

/** Whether another tile's box shows what the piece shows and reaches every edge that cuts it. */
function shows(other: Piece, piece: Piece): boolean {
  // A sliver is as thin as the head's error: it may lie beside the box that it belongs to.
  const around = grow(other.box, piece.tile);
  const { box, cut } = piece;
  return (
    coveredShare(box, around) > COVERED &&
    (!cut.left || around.x <= box.x) &&
    (!cut.top || around.y <= box.y) &&
    (!cut.right || around.x + around.width >= box.x + box.width) &&
    (!cut.bottom || around.y + around.height >= box.y + box.height)
  );
}

const grow = ({ x, y, width, height }: Box, tile: Tile): Box => ({
  x: x - tile.width * EDGE_SHARE,
  y: y - tile.height * EDGE_SHARE,
  width: width + 2 * tile.width * EDGE_SHARE,
  height: height + 2 * tile.height * EDGE_SHARE,
});

/** Unites pieces of one damage, and pieces of pieces, into one box each. */
function joinPieces(pieces: readonly Piece[]): readonly Detection[] {
  const groups = pieces.map((_, i) => i);
  const root = (i: number): number => {
    let at = i;
    while (groups[at] !== at) at = groups[at] ?? at;
    return at;
  };
  for (const [i, a] of pieces.entries()) {
    for (let j = 0; j < i; j++) {
      const b = pieces[j];
      if (b && belongTogether(a, b)) groups[root(i)] = root(j);
    }
  }
  const joined = new Map<number, Detection>();
  for (const [i, piece] of pieces.entries()) {
    const group = joined.get(root(i));
    joined.set(
      root(i),
      group
        ? { ...group, box: unionBox(group.box, piece.box), score: Math.max(group.score, piece.score) }
        : piece,
    );
  }
  return [...joined.values()];
}

function belongTogether(a: Piece, b: Piece): boolean {
  if (a.classIndex !== b.classIndex || a.tile === b.tile) return false;
  if (shows(a, b) || shows(b, a)) return true;
  return (
    intersectionArea(a.box, b.box) > 0 && goesOn(a, b) && goesOn(b, a) && sharedAlongSeam(a, b) >= SEAM_SHARE
  );
}

/** How much of the shorter piece the two share along the seam between their tiles. */
function sharedAlongSeam(a: Piece, b: Piece): number {
  return a.tile.x === b.tile.x
    ? sharedSpan(a.box.x, a.box.width, b.box.x, b.box.width)
    : sharedSpan(a.box.y, a.box.height, b.box.y, b.box.height);
}

const sharedSpan = (startA: number, lengthA: number, startB: number, lengthB: number): number =>
  (Math.min(startA + lengthA, startB + lengthB) - Math.max(startA, startB)) / Math.min(lengthA, lengthB);
