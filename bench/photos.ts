import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { mulberry32 } from '../core/vision/random.ts';

const FOLDER = resolve(import.meta.dirname, '../.cache/bench-photos');

/**
 * A JPEG of this size that is as hard to decode as a photo: smooth shading with fine grain, about 3 bits a
 * pixel. The same bytes every time; returns its path.
 */
export async function benchPhoto(width: number, height: number): Promise<string> {
  const random = mulberry32(width * 31 + height);
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const shade = 150 + 60 * Math.sin((x / width) * 3) - 40 * (y / height);
      const grain = (random() - 0.5) * 24;
      for (let channel = 0; channel < 3; channel++) pixels[at++] = shade + grain - channel * 6;
    }
  }
  await mkdir(FOLDER, { recursive: true });
  const path = join(FOLDER, `${width}x${height}.jpg`);
  await sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toFile(path);
  return path;
}
