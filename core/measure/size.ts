import type { Geometry, Point } from '../contract/geometry.ts';
import type { FindingSize, Measured, Scale } from '../contract/records.ts';
import { unreachable } from '../domain/outcome.ts';
import { areaAndPerimeter, bitmapOfMask, outerCorners, type Bitmap } from './bitmap.ts';
import { crackWidth } from './crack-width.ts';
import { convexHull, smallestBox } from './hull.ts';
import { product, quadrature, type Uncertain } from './uncertain.ts';

/**
 * How far the outline may lie from the damage's true edge, in photo pixels: a mask follows its pixels, a
 * finger its outline, a detector's box is off by a twentieth of its side as well (IoU of about 0.8).
 */
const EDGE_PX = { mask: 1, polygon: 2, box: 2 } as const;
const BOX_RELATIVE = 0.05;

/** Extents in photo pixels. */
export interface PixelShape {
  readonly length: Uncertain;
  readonly width: Uncertain;
  readonly area: Uncertain;
  readonly crackWidth: Uncertain | undefined;
}

/** Long and short side of the smallest rectangle around it, and area; undefined for an empty or torn mask. */
export function pixelShape(geometry: Geometry, wantCrackWidth: boolean): PixelShape | undefined {
  switch (geometry.kind) {
    case 'box': {
      const { width, height } = geometry.box;
      const sides = [Math.max(width, height), Math.min(width, height)] as const;
      const [length, across] = sides.map((side) => ({
        value: side,
        uncertainty: quadrature(EDGE_PX.box, EDGE_PX.box, side * BOX_RELATIVE),
      })) as [Uncertain, Uncertain];
      const area = product({ of: length, power: 1 }, { of: across, power: 1 });
      return across.value > 0 ? { length, width: across, area, crackWidth: undefined } : undefined;
    }
    case 'polygon':
      return outlined(convexHull(geometry.points), shoelace(geometry.points), EDGE_PX.polygon, undefined);
    case 'mask': {
      const bitmap = bitmapOfMask(geometry);
      if (!bitmap) return undefined;
      const hull = convexHull(outerCorners(bitmap));
      return outlined(hull, areaAndPerimeter(bitmap), EDGE_PX.mask, wantCrackWidth ? bitmap : undefined);
    }
    default:
      return unreachable(geometry);
  }
}

function outlined(
  hull: readonly Point[],
  { area, perimeter }: { readonly area: number; readonly perimeter: number },
  edge: number,
  crack: Bitmap | undefined,
): PixelShape | undefined {
  const box = smallestBox(hull);
  if (!(area > 0 && box.width > 0)) return undefined;
  const extent = quadrature(edge, edge);
  const widest = crack && crackWidth(crack);
  return {
    length: { value: box.length, uncertainty: extent },
    width: { value: box.width, uncertainty: extent },
    // Outlines are wrong in one direction, too wide or too narrow, all the way round.
    area: { value: area, uncertainty: perimeter * edge },
    crackWidth: widest && { value: widest.p95, uncertainty: extent },
  };
}

function shoelace(points: readonly Point[]): { area: number; perimeter: number } {
  let [twice, perimeter] = [0, 0];
  points.forEach(([x, y], index) => {
    const [nextX, nextY] = points[(index + 1) % points.length] ?? [x, y];
    twice += x * nextY - nextX * y;
    perimeter += Math.hypot(nextX - x, nextY - y);
  });
  return { area: Math.abs(twice) / 2, perimeter };
}

export const NOT_MEASURABLE: FindingSize = {
  lengthCm: 'not-measurable',
  widthCm: 'not-measurable',
  areaCm2: 'not-measurable',
  crackWidthMm: 'not-measurable',
};

/**
 * A finding's size on the surface. Without a scale nothing is measurable; neither is a quantity whose
 * uncertainty is as large as itself. A crack's width is its 95th percentile along the mask.
 */
export function measureFinding(geometry: Geometry, scale: Scale | undefined, isCrack: boolean): FindingSize {
  const shape = scale && pixelShape(geometry, isCrack);
  if (!scale || !shape) return NOT_MEASURABLE;
  const mm: Uncertain = { value: scale.mmPerPixel, uncertainty: scale.uncertainty };
  const on = (pixels: Uncertain, power: 1 | 2, unitMm: number): Measured => {
    const { value, uncertainty } = product({ of: pixels, power: 1 }, { of: mm, power });
    if (uncertainty >= value) return 'not-measurable';
    return { value: value / unitMm ** power, uncertainty: uncertainty / unitMm ** power };
  };
  return {
    lengthCm: on(shape.length, 1, 10),
    widthCm: on(shape.width, 1, 10),
    areaCm2: on(shape.area, 2, 10),
    crackWidthMm: shape.crackWidth ? on(shape.crackWidth, 1, 1) : 'not-measurable',
  };
}
