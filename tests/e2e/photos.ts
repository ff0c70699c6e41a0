import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const REAL = resolve(import.meta.dirname, '../../../shared/data/wind-blade/valid/images');
const RENDERED = resolve(import.meta.dirname, '../../public/samples');

/**
 * Photos of wind-turbine blades: real ones where the data lies beside the repository, else the rendered
 * samples that are part of it, and a line that says so.
 */
export function bladePhotos(count: number): readonly string[] {
  const folder = existsSync(REAL) ? REAL : RENDERED;
  if (folder === RENDERED) console.warn('no ../shared/data/wind-blade: testing with rendered samples');
  const photos = readdirSync(folder).filter((name) => /\.jpe?g$/i.test(name));
  if (photos.length < count) throw new Error(`${folder} holds ${photos.length} photos, not ${count}`);
  // Spread over the set, since neighbours are often crops of one photo.
  const step = Math.floor(photos.length / count);
  return Array.from({ length: count }, (_, i) => join(folder, photos[i * step] ?? ''));
}
