import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';

const REAL = resolve(import.meta.dirname, '../../../shared/data/wind-blade/valid');
export const CAMERA = { width: 1280, height: 960 };
/** Two seconds at the 30 frames a second that Chromium shows; then it begins anew. */
const FRAMES = 60;
/** How far the hand trembles, as a share of the picture. */
const TREMBLE = 0.02;

/** The real photo whose labels name the largest damage: a look at the whole frame shows it. */
export function photoWithLargestDamage(): string | undefined {
  if (!existsSync(REAL)) return undefined;
  const photos = readdirSync(join(REAL, 'images')).map((name) => {
    const label = join(REAL, 'labels', name.replace(/\.\w+$/, '.txt'));
    const areas = readFileSync(label, 'utf8').trim().split('\n');
    return { name, area: Math.max(...areas.map(areaOf)) };
  });
  const [largest] = photos.sort((a, b) => b.area - a.area);
  return largest && join(REAL, 'images', largest.name);
}

function areaOf(line: string): number {
  const [, , , width = 0, height = 0] = line.split(' ').map(Number);
  return width * height;
}

/**
 * Flags for a camera that shows the photo from a hand that trembles. The film lies in a temporary folder,
 * since the photo is not ours to pass on.
 */
export async function fakeCamera(photo: string): Promise<readonly string[]> {
  const { width, height } = CAMERA;
  const room = {
    width: Math.round(width * (1 + 2 * TREMBLE)),
    height: Math.round(height * (1 + 2 * TREMBLE)),
  };
  const whole = await sharp(photo).resize(room.width, room.height, { fit: 'cover' }).png().toBuffer();
  const frames: Buffer[] = [];
  for (let at = 0; at < FRAMES; at++) {
    const turn = (2 * Math.PI * at) / FRAMES;
    const left = Math.round(((room.width - width) / 2) * (1 + Math.cos(turn)));
    const top = Math.round(((room.height - height) / 2) * (1 + Math.sin(2 * turn)));
    frames.push(await sharp(whole).extract({ left, top, width, height }).jpeg({ quality: 90 }).toBuffer());
  }
  const file = join(await mkdtemp(join(tmpdir(), 'loupe-camera-')), 'photo.mjpeg');
  await writeFile(file, Buffer.concat(frames));
  return [
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${file}`,
  ];
}
