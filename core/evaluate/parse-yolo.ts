import type { Point, Size } from '../contract/geometry.ts';
import { fail, succeed, type Outcome } from '../domain/outcome.ts';
import type { LabelFailure, Truth } from './truth.ts';

/**
 * A YOLO label file: a line per damage, `class cx cy w h` or `class x1 y1 x2 y2 x3 y3 ...`, as shares of the
 * photo's sides. An empty file is a photo without damage. Boxes are cut at the photo's edge.
 */
export function parseYolo(text: string, photo: Size, file: string): Outcome<readonly Truth[], LabelFailure> {
  const truths: Truth[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const truth = parseLine(line, photo);
    if (typeof truth === 'string')
      return fail({ kind: 'bad-labels', file, detail: `line ${i + 1}: ${truth}` });
    truths.push(truth);
  }
  return succeed(truths);
}

function parseLine(line: string, photo: Size): Truth | string {
  const numbers = line.trim().split(/\s+/).map(Number);
  if (!numbers.every(Number.isFinite)) return 'not all numbers';
  const [classIndex = -1, ...rest] = numbers;
  if (!Number.isInteger(classIndex) || classIndex < 0) return `${classIndex} is no class`;
  if (rest.length === 4) {
    const [cx = 0, cy = 0, width = 0, height = 0] = rest;
    if (width < 0 || height < 0) return 'a negative side';
    return boxTruth(classIndex, cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2, photo);
  }
  if (rest.length < 6 || rest.length % 2 !== 0)
    return `${numbers.length} numbers are neither box nor polygon`;
  const points: Point[] = [];
  for (let i = 0; i < rest.length; i += 2)
    points.push([(rest[i] ?? 0) * photo.width, (rest[i + 1] ?? 0) * photo.height]);
  const xs = points.map(([x]) => x / photo.width);
  const ys = points.map(([, y]) => y / photo.height);
  const bounds = boxTruth(
    classIndex,
    Math.min(...xs),
    Math.min(...ys),
    Math.max(...xs),
    Math.max(...ys),
    photo,
  );
  return { ...bounds, polygons: [points] };
}

function boxTruth(classIndex: number, x0: number, y0: number, x1: number, y1: number, photo: Size): Truth {
  const share = (value: number): number => Math.min(1, Math.max(0, value));
  return {
    classIndex,
    box: {
      x: share(x0) * photo.width,
      y: share(y0) * photo.height,
      width: (share(x1) - share(x0)) * photo.width,
      height: (share(y1) - share(y0)) * photo.height,
    },
  };
}
