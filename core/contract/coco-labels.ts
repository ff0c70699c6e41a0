import * as v from 'valibot';

const finite = v.pipe(v.number(), v.finite());

/** The parts of a COCO detection or segmentation file that evaluation reads. */
export const CocoLabels = v.object({
  images: v.array(
    v.object({ id: v.union([v.number(), v.string()]), file_name: v.string(), width: finite, height: finite }),
  ),
  annotations: v.array(
    v.object({
      image_id: v.union([v.number(), v.string()]),
      category_id: v.number(),
      /** x, y, width, height. */
      bbox: v.pipe(v.array(finite), v.length(4)),
      iscrowd: v.optional(v.number()),
      /** Polygons [x1, y1, x2, y2 ...]; run lengths are not read, their box is. */
      segmentation: v.optional(v.union([v.array(v.array(finite)), v.record(v.string(), v.unknown())])),
    }),
  ),
  categories: v.array(v.object({ id: v.number(), name: v.string() })),
});
export type CocoLabels = v.InferOutput<typeof CocoLabels>;
