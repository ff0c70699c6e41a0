import { createHash } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, parse } from 'node:path';
import { listPhotos } from '../list-photos.ts';
import { parseEvaluateOptions, type EvaluateOptions } from '../options.ts';
import { openDataset, type LabelledPhoto } from './dataset.ts';

/** What a pack's card reports on, and where training states the same figure. */
export interface ReportSet {
  readonly model: string;
  readonly name: string;
  /** How the `data` of the manifest's figures on these photos begins. */
  readonly trained: string;
  /** What the manifest adds to the names of these figures. */
  readonly suffix?: string;
  /** Photos that training never saw, and how they are compared; `dispose` what was laid out for it. */
  open(data: string): Promise<OpenSet>;
}

export interface OpenSet extends AsyncDisposable {
  readonly options: EvaluateOptions;
  readonly photos: readonly LabelledPhoto[];
}

interface Folders {
  readonly format: string;
  readonly images: string;
  readonly labels: string;
  readonly tolerance?: number;
  readonly keeps?: (photo: LabelledPhoto) => boolean;
}

/** Photos in one folder, labels in another. */
const inFolders =
  (
    model: string,
    { format, images, labels, tolerance = 0, keeps = () => true }: Folders,
  ): ReportSet['open'] =>
  async (data) => {
    const options = parseEvaluateOptions([
      ...['--model', model, '--format', format, '--images', join(data, images)],
      ...['--labels', join(data, labels), '--tolerance', String(tolerance)],
    ]);
    const photos = (await openDataset(options)).filter(keeps);
    return { options, photos, [Symbol.asyncDispose]: async () => {} };
  };

/** Crops 0 to 8 of a photo are the cells of a grid; those after them overlap these. */
const isOverlapping = (path: string): boolean => Number(/-(\d+)$/.exec(parse(path).name)?.[1] ?? 0) > 8;

const DEEPCRACK = {
  format: 'mask',
  images: 'cracks/deepcrack/valid',
  labels: 'cracks/deepcrack/valid_lab',
  keeps: ({ path }: LabelledPhoto) => !isOverlapping(path),
} as const;

/** As training/data/splits.py and training/surfaces/photos.py carve: by SHA-256 of a name. */
const inPart = (name: string, parts: bigint): boolean =>
  BigInt(`0x${createHash('sha256').update(name).digest('hex')}`) % parts === 0n;

const surfaceOf = (path: string): string => parse(path).name.split('_num_').at(-1) ?? '';

/** As training/surfaces/magnets.py: one surface in three reports, one in eight of the rest chooses. */
function magnetPart(path: string): 'report' | 'choose' | 'train' {
  const surface = surfaceOf(path);
  if (inPart(surface, 3n)) return 'report';
  return inPart(`${surface}/choose`, 8n) ? 'choose' : 'train';
}

const REFERENCES = 8;

/** Tiles of kept surfaces against a memory of the first clean tiles of training surfaces, by name, or of all. */
const magnets =
  (references: number | 'all') =>
  async (data: string): Promise<OpenSet> => {
    const root = join(data, 'magnetic-tile');
    const photos = (await listPhotos([root])).filter((path) => /\.jpe?g$/i.test(path));
    const clean = photos.filter((path) => path.includes('MT_Free') && magnetPart(path) === 'train');
    const folder = await mkdtemp(join(tmpdir(), 'loupe-references-'));
    for (const path of references === 'all' ? clean : clean.slice(0, references))
      await cp(path, join(folder, basename(path)));
    return {
      options: parseEvaluateOptions([
        ...['--model', 'surface-embedder', '--format', 'mask', '--data', root, '--references', folder],
      ]),
      photos: photos
        .filter((path) => magnetPart(path) === 'report')
        .map((path) => ({ path, label: path.replace(/\.jpe?g$/i, '.png') })),
      [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
    };
  };

export const SETS: readonly ReportSet[] = [
  {
    model: 'blade-damage',
    name: 'wind-blade, valid',
    trained: 'wind-blade/valid',
    open: inFolders('blade-damage', {
      format: 'yolo',
      images: 'wind-blade/valid/images',
      labels: 'wind-blade/valid/labels',
    }),
  },
  {
    model: 'corrosion',
    name: 'corrosion, valid',
    trained: 'corrosion, ',
    open: inFolders('corrosion', {
      format: 'yolo',
      images: 'corrosion/valid/images',
      labels: 'corrosion/valid/labels',
    }),
  },
  {
    model: 'steel-surface',
    name: 'steel, a fifth by hash',
    trained: 'steel/fifth-by-hash',
    open: inFolders('steel-surface', {
      format: 'voc',
      images: 'steel/images',
      labels: 'steel/annotations',
      keeps: ({ path }) => inPart(basename(path), 5n),
    }),
  },
  {
    model: 'surface-crack',
    name: 'deepcrack, valid, within 0 px',
    trained: 'deepcrack, ',
    open: inFolders('surface-crack', DEEPCRACK),
  },
  {
    model: 'surface-crack',
    name: 'deepcrack, valid, within 2 px',
    trained: 'deepcrack, ',
    suffix: ' within 2 px',
    open: inFolders('surface-crack', { ...DEEPCRACK, tolerance: 2 }),
  },
  {
    model: 'surface-crack',
    name: 'crackforest, one in five, within 5 px',
    trained: 'crackforest, ',
    suffix: ' within 5 px',
    open: inFolders('surface-crack', {
      format: 'mask',
      images: 'cracks/crackforest/images',
      labels: 'cracks/crackforest/masks',
      tolerance: 5,
      keeps: ({ path, label }) => label !== undefined && Number(parse(path).name) % 5 === 0,
    }),
  },
  {
    model: 'surface-embedder',
    name: `magnetic-tile, other surfaces, first ${REFERENCES} references`,
    trained: 'magnetic-tile, ',
    suffix: `, first ${REFERENCES} references`,
    open: magnets(REFERENCES),
  },
  {
    model: 'surface-embedder',
    name: 'magnetic-tile, other surfaces, all 381 references',
    trained: 'magnetic-tile, ',
    suffix: ', 381 references',
    open: magnets('all'),
  },
];
