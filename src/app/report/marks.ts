import type { PDFDocument } from 'pdfkit';
import type { Box, Geometry, Point, Size } from '../../../core/contract/geometry.ts';
import { bitmapOfMask } from '../../../core/measure/bitmap.ts';
import { contours } from '../../../core/measure/contour.ts';
import { COLOUR } from './style.ts';

/** Corners in shares of half the mark, clockwise: 3 square, 4 diamond, 5 octagon. */
const CORNERS: Readonly<Record<number, readonly Point[]>> = {
  3: [[-0.88, -0.88], [0.88, -0.88], [0.88, 0.88], [-0.88, 0.88]],
  4: [[0, -1.12], [1.12, 0], [0, 1.12], [-1.12, 0]],
  5: [[-0.42, -1], [0.42, -1], [1, -0.42], [1, 0.42], [0.42, 1], [-0.42, 1], [-1, 0.42], [-1, -0.42]],
}; // prettier-ignore

/** Severity as digit + shape + colour around a middle; undefined: none given, a dashed ring. */
export function severityMark(
  doc: PDFDocument,
  value: number | undefined,
  [x, y]: Point,
  diameter: number,
): void {
  const r = diameter / 2;
  doc
    .save()
    .lineWidth(Math.max(0.8, diameter / 16))
    .lineJoin('round');
  shape(doc, value, [x, y], r);
  if (value === undefined) {
    doc
      .dash(diameter / 8, { space: diameter / 10 })
      .fillAndStroke(COLOUR.white, COLOUR.strong)
      .undash();
  } else doc.fillAndStroke(COLOUR.severity[value] ?? COLOUR.white, COLOUR.ink);
  const size = diameter * 0.56;
  const label = value === undefined ? '?' : String(value);
  doc
    .font('semibold')
    .fontSize(size)
    .fillColor(value === undefined ? COLOUR.soft : COLOUR.ink);
  doc.text(label, x - doc.widthOfString(label) / 2, y - size * 0.605, { lineBreak: false });
  doc.restore();
}

function shape(doc: PDFDocument, value: number | undefined, [x, y]: Point, r: number): void {
  const corners = CORNERS[value ?? 0];
  if (corners)
    ring(
      doc,
      corners.map(([dx, dy]) => [x + dx * r, y + dy * r]),
    );
  else if (value === 2) doc.roundedRect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8, r * 0.55);
  else doc.circle(x, y, r * (value === undefined ? 0.85 : 0.95));
}

function ring(doc: PDFDocument, points: readonly Point[]): void {
  points.forEach(([x, y], index) => (index === 0 ? doc.moveTo(x, y) : doc.lineTo(x, y)));
  doc.closePath();
}

/** A photo's part drawn at (x, y) with `width` points: the way from photo pixels to the page. */
export interface Placement {
  readonly at: Point;
  readonly width: number;
  readonly shows: Box;
}

/** A finding's outline over its photo: yellow within a dark edge, so that it shows on any ground. */
export function outline(doc: PDFDocument, geometry: Geometry, { at, width, shows }: Placement): void {
  const scale = width / shows.width;
  const onPage = ([x, y]: Point): Point => [at[0] + (x - shows.x) * scale, at[1] + (y - shows.y) * scale];
  // A box stands off by its line's width, so that small damage is not under it.
  const rings = ringsOf(geometry, 2.2 / scale).map((points) => points.map(onPage));
  doc.save();
  doc.rect(at[0], at[1], width, shows.height * scale).clip();
  for (const [colour, thick] of [
    [COLOUR.ink, 3.4],
    [COLOUR.finding, 1.7],
  ] as const) {
    for (const points of rings) ring(doc, points);
    doc.lineWidth(thick).lineJoin('round').stroke(colour);
  }
  doc.restore();
}

function ringsOf(geometry: Geometry, off: number): Point[][] {
  if (geometry.kind === 'polygon') return [[...geometry.points]];
  const bitmap = geometry.kind === 'mask' ? bitmapOfMask(geometry) : undefined;
  if (bitmap) return contours(bitmap);
  const { x, y, width, height } = geometry.box;
  const [left, top, right, bottom] = [x - off, y - off, x + width + off, y + height + off];
  return [[[left, top], [right, top], [right, bottom], [left, bottom]]]; // prettier-ignore
}

/** Size that a picture takes in a frame without being cut. */
export function fit({ width, height }: Size, frame: Size): Size {
  const factor = Math.min(frame.width / width, frame.height / height);
  return { width: width * factor, height: height * factor };
}
