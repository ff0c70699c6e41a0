import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import sharp from 'sharp';
import { openDataset, type LabelledPhoto } from '../cli/evaluate/dataset.ts';
import { layScenes, SCENE, type Scene } from './scenes.ts';
import { readSeamScores } from './seam-scores.ts';

const DATA = resolve(import.meta.dirname, '../../shared/data/wind-blade');
/** A mosaic of four photos has edges that no photo has. */
const NO_MOSAIC = 0.25;
const PER_SCENE = 2;

/**
 * Every labelled photo of the reported part, laid into 12 MP as often as `layouts` says, each time elsewhere; undefined
 * where the data is not here.
 */
export async function labelledScenes(
  log: (line: string) => void,
  layouts = 1,
): Promise<readonly Scene[] | undefined> {
  if (!existsSync(DATA)) return undefined;
  log('laying labelled photos into scenes');
  const [shown, around] = [await photosOf('valid'), await photosOf('train')];
  const scenes: Scene[] = [];
  for (let seed = 1; seed <= layouts; seed++)
    scenes.push(...(await layScenes(shown, around, PER_SCENE, seed)));
  return scenes;
}

export async function labelledScene(log: (line: string) => void): Promise<Scene | undefined> {
  return (await labelledScenes(log))?.[0];
}

/** A square of the scene around its first damage, kept beside it; returns its path. */
export async function cutOut({ path, truths: [damage] }: Scene, side: number): Promise<string> {
  const cut = path.replace(/\.jpg$/, `-${side}.jpg`);
  const at = (middle: number, length: number): number =>
    Math.round(Math.min(Math.max(0, middle - side / 2), length - side));
  await sharp(path)
    .extract({
      left: at(damage ? damage.x + damage.width / 2 : 0, SCENE.width),
      top: at(damage ? damage.y + damage.height / 2 : 0, SCENE.height),
      width: side,
      height: side,
    })
    .jpeg({ quality: 92 })
    .toFile(cut);
  return cut;
}

async function photosOf(part: 'train' | 'valid'): Promise<readonly LabelledPhoto[]> {
  const photos = await openDataset({ data: `${DATA}/${part}`, format: 'yolo' });
  if (part === 'valid') return photos;
  const seams = await readSeamScores(`${DATA}/train-seam-scores.tsv`);
  return photos.filter(({ path }) => (seams.get(basename(path)) ?? 1) < NO_MOSAIC);
}
