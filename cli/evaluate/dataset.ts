import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { listPhotos } from '../list-photos.ts';
import { UsageError, type EvaluateOptions } from '../options.ts';

export interface LabelledPhoto {
  readonly path: string;
  /** The file that holds this photo's truth; undefined where there is none. */
  readonly label: string | undefined;
}

/** Where a format keeps its labels below --data, and what their names end in. */
const LAYOUT = {
  yolo: { folder: 'labels', suffix: /\.txt$/i },
  voc: { folder: 'annotations', suffix: /\.xml$/i },
  coco: { folder: 'annotations.json', suffix: /\.json$/i },
  mask: { folder: 'masks', suffix: /\.(png|jpe?g|webp|bmp|tiff?|gif|avif)$/i },
} as const;

/** The photos of a data set by name, each with its label file: for COCO one file holds them all. */
export async function openDataset(
  options: Pick<EvaluateOptions, 'format' | 'data' | 'images' | 'labels' | 'limit'>,
): Promise<readonly LabelledPhoto[]> {
  const { format, data, limit } = options;
  const { folder, suffix } = LAYOUT[format];
  const images = options.images ?? join(data ?? '', 'images');
  const labels = options.labels ?? join(data ?? '', folder);
  for (const path of [images, labels]) {
    if (!existsSync(path)) throw new UsageError(`there is no ${path}, which --format ${format} reads`);
  }
  const paths = (await listPhotos([images])).slice(0, limit);
  if (format === 'coco') {
    const file = suffix.test(labels) ? labels : join(labels, LAYOUT.coco.folder);
    return paths.map((path) => ({ path, label: file }));
  }
  const byStem = new Map<string, string>();
  for (const name of (await readdir(labels)).sort()) {
    if (suffix.test(name)) byStem.set(parse(name).name, join(labels, name));
  }
  return paths.map((path) => ({ path, label: byStem.get(parse(path).name) }));
}
