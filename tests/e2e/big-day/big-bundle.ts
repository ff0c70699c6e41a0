import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import sharp from 'sharp';
import type { CaptureId, InspectionId, Sha256 } from '../../../core/contract/ids.ts';
import type { Analysis, Capture, Finding } from '../../../core/contract/records.ts';
import { writeBundle, type BundleSource } from '../../../src/app/bundle/write-bundle.ts';
import { newId } from '../../../src/app/new-id.ts';
import { newInspection } from '../../../src/app/new-inspection.ts';

export const BIG_TAG = 'WTG-99';
const SIZE = { width: 640, height: 480 };
const BLADES = ['A', 'B', 'C'] as const;
const SIDES = ['leading-edge', 'trailing-edge', 'pressure', 'suction'] as const;
const TYPES = ['crack', 'leading-edge-erosion', 'lightning-mark', 'flaking', 'scratch'] as const;
const LENGTH_M = 60;

interface Sizes {
  readonly photos: number;
  readonly findings: number;
}

/** The sample, and behind its end a line of its own, so that no two photos are the same. */
const photoOf = (jpeg: Buffer, at: number): Buffer => Buffer.concat([jpeg, Buffer.from(`photo ${at}`)]);

/** Writes a bundle of one large inspection, by the writer of the app, with every photo already analysed. */
export async function writeBigBundle(file: string, { photos, findings }: Sizes): Promise<void> {
  const sample = await readFile(resolve(import.meta.dirname, '../../../public/samples/blade-tip.jpg'));
  const jpeg = await sharp(sample)
    .resize(SIZE.width, SIZE.height, { fit: 'cover' })
    .jpeg({ quality: 70 })
    .toBuffer();
  const form = { assetType: 'turbine', tag: BIG_TAG, site: 'Risø', campaign: '', inspector: '', modelId: 'blade-damage', method: 'drone', bladeLengthM: LENGTH_M } as const; // prettier-ignore
  const inspection = newInspection(form);
  const captures = Array.from({ length: photos }, (_, at) => capture(inspection.id, jpeg, at));
  const places = new Map<CaptureId, number>(captures.map(({ id }, at) => [id, at]));
  const analyses = captures.map(analysis);
  const source: BundleSource = {
    inspection: () => Promise.resolve(inspection),
    captures: () => Promise.resolve(captures),
    analyses: () => Promise.resolve(analyses),
    findings: () =>
      Promise.resolve(Array.from({ length: findings }, (_, at) => finding(captures, analyses, at))),
    reviews: () => Promise.resolve([]),
    photo: (id) =>
      Promise.resolve(new Blob([new Uint8Array(photoOf(jpeg, places.get(id) ?? 0))], { type: 'image/jpeg' })),
  };
  const bundle = await writeBundle(source, inspection.id, { appVersion: '0.0.0-test', madeAt: Date.now() });
  if (!bundle) throw new Error('no bundle');
  // The same streams under two names.
  await pipeline(Readable.fromWeb(bundle.stream as unknown as NodeStream), createWriteStream(file));
}

function capture(inspectionId: InspectionId, jpeg: Buffer, at: number): Capture {
  const bytes = photoOf(jpeg, at);
  return {
    schemaV: 1,
    id: newId('CaptureId'),
    inspectionId,
    sha256: createHash('sha256').update(bytes).digest('hex') as Sha256,
    bytes: bytes.length,
    mediaType: 'image/jpeg',
    fileName: `DJI_${String(at).padStart(4, '0')}.JPG`,
    source: 'folder',
    size: SIZE,
    place: placeOf(at),
    createdAt: Date.now() + at,
  };
}

const placeOf = (at: number): Capture['place'] => ({
  component: BLADES[at % 3] ?? 'A',
  side: SIDES[Math.floor(at / 3) % 4] ?? 'pressure',
  fromRootM: (at * 7) % LENGTH_M,
});

const analysis = ({ id, inspectionId, createdAt }: Capture): Analysis => ({
  schemaV: 1,
  id: newId('AnalysisId'),
  inspectionId,
  captureId: id,
  model: { id: 'blade-damage', version: '1.0.0', sha256: '0'.repeat(64) as Sha256 },
  runtime: 'onnx-wasm',
  precision: 'fp32',
  threads: 1,
  selfTest: 'passed',
  threshold: 0.5,
  tiles: 1,
  photo: SIZE,
  timingsMs: {},
  createdAt,
});

/** One in five is judged, as in the middle of a long day. */
function finding(captures: readonly Capture[], analyses: readonly Analysis[], at: number): Finding {
  const photo = captures[at % captures.length];
  const run = analyses[at % captures.length];
  if (!photo || !run) throw new Error('findings without photos');
  const judged = at % 5 === 0;
  return {
    schemaV: 1,
    id: newId('FindingId'),
    inspectionId: photo.inspectionId,
    captureId: photo.id,
    analysisId: run.id,
    origin: 'model',
    label: 'damage',
    score: 0.5 + ((at * 37) % 500) / 1000,
    type: TYPES[at % TYPES.length] ?? 'crack',
    place: photo.place,
    geometry: {
      kind: 'box',
      box: { x: (at * 13) % 500, y: (at * 29) % 380, width: 40 + (at % 60), height: 30 + (at % 50) },
    },
    ...(judged && { severity: { scale: 'EPRI-5', value: 1 + (at % 4), criteria: [], uncertainty: 1 } }),
    state: judged ? 'accepted' : 'proposed',
    createdAt: photo.createdAt,
    updatedAt: photo.createdAt,
  };
}
