import * as v from 'valibot';

const finite = v.pipe(v.number(), v.finite());
const length = v.pipe(finite, v.minValue(0));

/** Axis-aligned box in photo pixels: origin top left, orientation applied, x and y may be fractional. */
export const Box = v.object({ x: finite, y: finite, width: length, height: length });
export type Box = v.InferOutput<typeof Box>;

export const Point = v.tuple([finite, finite]);
export type Point = v.InferOutput<typeof Point>;

export const Size = v.object({
  width: v.pipe(v.number(), v.integer(), v.minValue(1)),
  height: v.pipe(v.number(), v.integer(), v.minValue(1)),
});
export type Size = v.InferOutput<typeof Size>;

/**
 * Where a finding lies, in photo pixels. A mask is run lengths over its integer box, row by row, the
 * first run counting background: [3, 2] in a 5x1 box is two defect pixels at the right.
 */
export const Geometry = v.variant('kind', [
  v.object({ kind: v.literal('box'), box: Box }),
  v.object({ kind: v.literal('polygon'), points: v.pipe(v.array(Point), v.minLength(3)) }),
  v.object({
    kind: v.literal('mask'),
    box: Box,
    counts: v.array(v.pipe(v.number(), v.integer(), v.minValue(0))),
  }),
]);
export type Geometry = v.InferOutput<typeof Geometry>;
