import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import * as v from 'valibot';
import { Box, type Size } from '../core/contract/geometry.ts';
import { parseYolo } from '../core/evaluate/parse-yolo.ts';
import { intersectionArea } from '../core/vision/box.ts';
import { mulberry32 } from '../core/vision/random.ts';
import type { LabelledPhoto } from '../cli/evaluate/dataset.ts';

const FOLDER = resolve(import.meta.dirname, '../.cache/bench-scenes');
export const SCENE: Size = { width: 4000, height: 3000 };
/** Surroundings come in this many bands, each of another clean place. */
const BANDS = 3;
/** Side of the clean crops, and how much they are enlarged: a distance between near and far. */
const CROP = 280;
const ENLARGED = 3;
/** Where many damages are labelled, some are missed: such a photo has no clean places. */
const FEW_LABELS = 2;
/** Pixels over which a photo fades into its surroundings. */
const FEATHER = 10;

type Random = () => number;

interface Labelled {
  readonly path: string;
  readonly size: Size;
  readonly boxes: readonly Box[];
}

const Scene = v.object({
  path: v.string(),
  /** What the laid-in photos are labelled with, in the scene's pixels. */
  truths: v.array(Box),
});
export type Scene = v.InferOutput<typeof Scene>;

/**
 * Photos of 12 MP with labelled photos laid in at their own size, `perScene` each, in surroundings made of
 * enlarged, mirrored crops in which `around` has no label. The same for the same seed. They stay in .cache:
 * the photos are not ours to pass on.
 */
export async function layScenes(
  photos: readonly LabelledPhoto[],
  around: readonly LabelledPhoto[],
  perScene: number,
  seed = 1,
): Promise<readonly Scene[]> {
  const random = mulberry32(seed);
  const [shown = [], clean = []] = await Promise.all(
    [photos, around].map((list) => Promise.all(list.map(read))),
  );
  const code = await readFile(import.meta.filename, 'utf8');
  const made = createHash('sha256').update(JSON.stringify([code, shown, clean, perScene, seed]));
  const folder = join(FOLDER, made.digest('hex').slice(0, 16));
  const list = join(folder, 'scenes.json');
  const kept = v.safeParse(v.pipe(v.string(), v.parseJson(), v.array(Scene)), await text(list));
  if (kept.success) return kept.output;

  await mkdir(folder, { recursive: true });
  const scenes: Scene[] = [];
  for (let at = 0; at < shown.length; at += perScene) {
    const path = join(folder, `${String(scenes.length).padStart(3, '0')}.jpg`);
    scenes.push(await layScene(path, shown.slice(at, at + perScene), clean, random));
  }
  await writeFile(list, JSON.stringify(scenes));
  return scenes;
}

const text = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

async function read({ path, label }: LabelledPhoto): Promise<Labelled> {
  const { width, height } = await sharp(path).metadata();
  const size = { width, height };
  const truths = parseYolo(label === undefined ? '' : await readFile(label, 'utf8'), size, path);
  if (!truths.ok) throw new Error(`${truths.file}: ${truths.detail}`);
  return { path, size, boxes: truths.value.map(({ box }) => box) };
}

async function layScene(
  path: string,
  photos: readonly Labelled[],
  clean: readonly Labelled[],
  random: Random,
): Promise<Scene> {
  const bands = [];
  for (let band = 0; band < BANDS; band++) {
    const top = Math.round((band * SCENE.height) / BANDS);
    bands.push({ input: await cleanBand(clean, random), left: 0, top });
  }
  const places: Box[] = [];
  for (const { size } of photos) places.push(freePlace(size, places, random));
  const laid = await Promise.all(
    photos.map(async (photo, at) => ({
      input: await feathered(photo),
      left: places[at]?.x ?? 0,
      top: places[at]?.y ?? 0,
    })),
  );
  await sharp({ create: { ...SCENE, channels: 3, background: '#8a8a8a' } })
    .composite([...bands, ...laid])
    .jpeg({ quality: 92 })
    .toFile(path);
  const truths = photos.flatMap(({ boxes }, at) =>
    boxes.map((box) => ({ ...box, x: box.x + (places[at]?.x ?? 0), y: box.y + (places[at]?.y ?? 0) })),
  );
  return { path, truths };
}

async function cleanBand(clean: readonly Labelled[], random: Random): Promise<Buffer> {
  for (let tries = 0; tries < 1000; tries++) {
    const photo = clean[Math.floor(random() * clean.length)];
    if (!photo || photo.boxes.length > FEW_LABELS) continue;
    if (Math.min(photo.size.width, photo.size.height) < CROP) continue;
    const crop = {
      x: Math.floor(random() * (photo.size.width - CROP)),
      y: Math.floor(random() * (photo.size.height - CROP)),
      width: CROP,
      height: CROP,
    };
    if (photo.boxes.some((box) => intersectionArea(box, crop) > 0)) continue;
    return mirrored(photo.path, crop);
  }
  throw new Error('no clean place for the surroundings');
}

/** A crop, enlarged and mirrored to both sides, so that it goes on without an edge. */
async function mirrored(path: string, { x, y, width, height }: Box): Promise<Buffer> {
  const side = CROP * ENLARGED;
  const piece = await sharp(path)
    .extract({ left: x, top: y, width, height })
    .resize(side, side, { kernel: 'cubic' })
    .removeAlpha()
    .png()
    .toBuffer();
  const [across, down, both] = await Promise.all([
    sharp(piece).flop().toBuffer(),
    sharp(piece).flip().toBuffer(),
    sharp(piece).flop().flip().toBuffer(),
  ]);
  const four = await sharp({ create: { width: 2 * side, height: 2 * side, channels: 3, background: '#000' } })
    .composite([
      { input: piece, left: 0, top: 0 },
      { input: across, left: side, top: 0 },
      { input: down, left: 0, top: side },
      { input: both, left: side, top: side },
    ])
    .png()
    .toBuffer();
  const bandHeight = Math.round(SCENE.height / BANDS);
  return sharp({ create: { width: SCENE.width, height: bandHeight, channels: 3, background: '#000' } })
    .composite([
      {
        input: await sharp(four)
          .extract({ left: 0, top: 0, width: 2 * side, height: Math.min(2 * side, bandHeight) })
          .toBuffer(),
        tile: true,
        gravity: 'northwest',
      },
    ])
    .png({ compressionLevel: 1 })
    .toBuffer();
}

function freePlace({ width, height }: Size, taken: readonly Box[], random: Random): Box {
  for (let tries = 0; tries < 1000; tries++) {
    const place = {
      x: Math.floor(random() * (SCENE.width - width)),
      y: Math.floor(random() * (SCENE.height - height)),
      width,
      height,
    };
    if (taken.every((other) => intersectionArea(other, place) === 0)) return place;
  }
  throw new Error('no room for another photo');
}

async function feathered({ path, size: { width, height } }: Labelled): Promise<Buffer> {
  const alpha = Buffer.alloc(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    const fromRow = Math.min(y + 1, height - y);
    for (let x = 0; x < width; x++, at++) {
      alpha[at] = 255 * Math.min(1, Math.min(fromRow, x + 1, width - x) / FEATHER);
    }
  }
  return sharp(path)
    .removeAlpha()
    .toColourspace('srgb')
    .joinChannel(alpha, { raw: { width, height, channels: 1 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}
