import type { Box, Geometry, Size } from '../contract/geometry.ts';
import { DAMAGE_TYPES } from '../domain/damage-types.ts';
import { areaAndPerimeter, bitmapOfMask } from '../measure/bitmap.ts';
import { pixelShape } from '../measure/size.ts';
import { planExport, type ExportFinding, type ExportPhoto, type ExportSet } from './export-set.ts';
import { isoTime, plainText } from './plain-text.ts';

/** COCO category ids are the damage type's place in DAMAGE_TYPES plus one, so that files can be merged. */
export const categoryId = ({ type }: Pick<ExportFinding['finding'], 'type'>): number =>
  DAMAGE_TYPES.indexOf(type) + 1;
export const categories = DAMAGE_TYPES.map((name, index) => ({
  id: index + 1,
  name,
  supercategory: 'damage',
}));

/**
 * COCO object detection format, masks and polygons included, with fields of our own under `loupe`. Source:
 * cocodataset.org/#format-data.
 */
export function cocoJson(set: ExportSet): string {
  const { photos } = planExport(set);
  let annotationId = 0;
  return JSON.stringify({
    info: {
      description: plainText(set.inspection.title),
      version: '1.0',
      date_created: isoTime(set.inspection.updatedAt),
    },
    licenses: [],
    images: photos.map((photo, index) => imageEntry(photo, index + 1)),
    annotations: photos.flatMap((photo, index) =>
      photo.findings.map((finding) => {
        annotationId += 1;
        return annotation(finding, photo.size, index + 1, annotationId);
      }),
    ),
    categories,
  });
}

const imageEntry = ({ capture, size, fileName }: ExportPhoto, id: number) => ({
  id,
  file_name: fileName,
  width: size.width,
  height: size.height,
  date_captured: isoTime(capture.createdAt),
  loupe: { captureId: capture.id, sha256: capture.sha256, originalName: plainText(capture.fileName) },
});

function annotation({ finding, box }: ExportFinding, size: Size, imageId: number, id: number) {
  return {
    id,
    image_id: imageId,
    category_id: categoryId(finding),
    ...cocoShape(finding.geometry, box, size),
    iscrowd: 0,
    ...(finding.score === undefined ? {} : { score: finding.score }),
    loupe: {
      findingId: finding.id,
      state: finding.state,
      origin: finding.origin,
      severity: finding.severity,
      size: finding.size,
    },
  };
}

/** Where a finding lies, as COCO says it; `box` is its bounding box cut to the photo of `size`. */
export const cocoShape = (geometry: Geometry, box: Box, size: Size) => ({
  bbox: [box.x, box.y, box.width, box.height],
  area: pixelShape(geometry, false)?.area.value ?? box.width * box.height,
  segmentation: segmentation(geometry, size),
});

/** A box says nothing of the outline, so it has no segmentation; a mask is run lengths down the columns. */
function segmentation(geometry: Geometry, size: Size): number[][] | { size: number[]; counts: number[] } {
  switch (geometry.kind) {
    case 'box':
      return [];
    case 'polygon':
      return [geometry.points.flat()];
    case 'mask':
      return { size: [size.height, size.width], counts: columnRuns(geometry, size) };
  }
}

/** Run lengths over the whole photo, column by column, background first. */
function columnRuns(mask: Extract<Geometry, { kind: 'mask' }>, photo: Size): number[] {
  const bitmap = bitmapOfMask(mask);
  const counts: number[] = [];
  let [run, value] = [0, 0];
  const put = (next: number, times: number) => {
    if (times <= 0) return;
    if (next !== value) {
      counts.push(run);
      [run, value] = [0, next];
    }
    run += times;
  };
  let written = 0;
  if (bitmap && areaAndPerimeter(bitmap).area > 0) {
    for (let x = Math.max(0, bitmap.x); x < Math.min(photo.width, bitmap.x + bitmap.width); x += 1) {
      for (let y = Math.max(0, bitmap.y); y < Math.min(photo.height, bitmap.y + bitmap.height); y += 1) {
        if (bitmap.data[(y - bitmap.y) * bitmap.width + x - bitmap.x] !== 1) continue;
        const at = x * photo.height + y;
        put(0, at - written);
        put(1, 1);
        written = at + 1;
      }
    }
  }
  put(0, photo.width * photo.height - written);
  counts.push(run);
  return counts;
}
