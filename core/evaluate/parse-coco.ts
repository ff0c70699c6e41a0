import type { CocoLabels } from '../contract/coco-labels.ts';
import type { Point, Size } from '../contract/geometry.ts';
import { fail, succeed, type Outcome } from '../domain/outcome.ts';
import type { LabelFailure, Truth } from './truth.ts';

export interface CocoPhoto {
  readonly size: Size;
  readonly truths: readonly Truth[];
}

/**
 * A parsed COCO file by the photos' file names. Categories that `classOf` does not know are a failure
 * where a damage carries them.
 */
export function readCoco(
  labels: CocoLabels,
  classOf: (name: string) => number | undefined,
  file: string,
): Outcome<ReadonlyMap<string, CocoPhoto>, LabelFailure> {
  const names = new Map(labels.categories.map(({ id, name }) => [id, name]));
  const truths = new Map<number | string, Truth[]>(labels.images.map(({ id }) => [id, []]));
  for (const annotation of labels.annotations) {
    const name = names.get(annotation.category_id) ?? `category ${annotation.category_id}`;
    const classIndex = classOf(name);
    if (classIndex === undefined) {
      return fail({ kind: 'bad-labels', file, detail: `the model has no class "${name}"` });
    }
    const ofPhoto = truths.get(annotation.image_id);
    if (!ofPhoto) return fail({ kind: 'bad-labels', file, detail: `no image ${annotation.image_id}` });
    ofPhoto.push(cocoTruth(annotation, classIndex));
  }
  return succeed(
    new Map(
      labels.images.map(({ id, file_name, width, height }) => [
        file_name,
        { size: { width, height }, truths: truths.get(id) ?? [] },
      ]),
    ),
  );
}

function cocoTruth(annotation: CocoLabels['annotations'][number], classIndex: number): Truth {
  const [x = 0, y = 0, width = 0, height = 0] = annotation.bbox;
  const polygons = Array.isArray(annotation.segmentation) ? annotation.segmentation.map(points) : [];
  return {
    classIndex,
    box: { x, y, width, height },
    ...(polygons.length > 0 ? { polygons } : {}),
    ...(annotation.iscrowd ? { crowd: true } : {}),
  };
}

function points(flat: readonly number[]): readonly Point[] {
  const pairs: Point[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([flat[i] ?? 0, flat[i + 1] ?? 0]);
  return pairs;
}
