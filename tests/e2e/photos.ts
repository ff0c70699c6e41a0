import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

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

/** Those of them that show most damages by their labels, the most first: on these something is surely found. */
export function damagedBladePhotos(count: number): readonly string[] {
  const isReal = existsSync(REAL);
  const folder = isReal ? REAL : RENDERED;
  const files = readdirSync(folder);
  const damages = (photo: string): number => {
    const name = photo.replace(/\.\w+$/, '');
    if (!isReal)
      return files.filter((file) => file.startsWith(`${name}.`) && file.endsWith('.mask.png')).length;
    return readFileSync(join(REAL, '../labels', `${name}.txt`), 'utf8')
      .trim()
      .split('\n').length;
  };
  const photos = bladePhotos(files.filter((name) => /\.jpe?g$/i.test(name)).length).map((path) =>
    basename(path),
  );
  const most = photos
    .filter((name) => isReal || name.startsWith('blade-'))
    .sort((a, b) => damages(b) - damages(a));
  return most.slice(0, count).map((name) => join(folder, name));
}
