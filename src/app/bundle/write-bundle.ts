import type { InspectionId } from '../../../core/contract/ids.ts';
import type { Capture, Finding, Inspection, Review } from '../../../core/contract/records.ts';
import { photoFileName } from '../../../core/export/export-set.ts';
import { safeFileName } from '../../../core/export/plain-text.ts';
import type { InspectionStore } from '../../storage/inspection-store.ts';
import { sha256 } from '../../storage/sha256.ts';
import { MANIFEST, RECORDS, SCHEMA, type BundleFile, type BundleManifest } from './bundle-format.ts';

export type BundleSource = Pick<
  InspectionStore,
  'inspection' | 'captures' | 'analyses' | 'findings' | 'reviews' | 'photo'
>;

export interface BundleOptions {
  readonly appVersion: string;
  readonly madeAt: number;
  readonly onProgress?: (photos: number, all: number) => void;
  readonly signal?: AbortSignal;
}

export interface Bundle {
  readonly fileName: string;
  /** The zip; a photo is read only when the one before it has been taken, so memory stays at one photo. */
  readonly stream: ReadableStream<Uint8Array>;
}

export const bundleFileName = ({ title }: Pick<Inspection, 'title'>): string =>
  `${safeFileName(title, 'inspection')}.loupe.zip`;

/** Files within it are stored, not packed: photos are packed already, and zip64 takes days of any size. */
export async function writeBundle(
  source: BundleSource,
  id: InspectionId,
  options: BundleOptions,
): Promise<Bundle | undefined> {
  const inspection = await source.inspection(id);
  if (!inspection) return undefined;
  const { makeZip } = await import('client-zip');
  return {
    fileName: bundleFileName(inspection),
    stream: makeZip(entries(source, inspection, options)),
  };
}

interface Entry {
  readonly name: string;
  readonly lastModified: Date;
  readonly input: Blob;
}

async function* entries(
  source: BundleSource,
  inspection: Inspection,
  { appVersion, madeAt, onProgress, signal }: BundleOptions,
): AsyncGenerator<Entry> {
  const files: BundleFile[] = [];
  const missing: { captureId: Capture['id']; reason: 'gone' | 'damaged' }[] = [];
  const lastModified = new Date(Math.max(madeAt, Date.UTC(1980, 0, 2)));
  const add = (path: string, input: Blob, hash: BundleFile['sha256']): Entry => {
    files.push({ path, bytes: input.size, sha256: hash });
    return { name: path, lastModified, input };
  };
  const records = await readRecords(source, inspection);
  for (const name of Object.keys(RECORDS) as (keyof typeof RECORDS)[]) {
    const text = JSON.stringify(records[name], undefined, 1);
    const input = new Blob([text], { type: 'application/json' });
    yield add(RECORDS[name].path, input, await sha256(await input.arrayBuffer()));
  }
  const { captures } = records;
  const written = new Set<string>();
  for (const [index, capture] of captures.entries()) {
    signal?.throwIfAborted();
    const path = photoPath(capture);
    const photo = written.has(path) ? undefined : await source.photo(capture.id);
    const reason = photo ? await faultOf(photo, capture) : written.has(path) ? undefined : 'gone';
    if (reason) missing.push({ captureId: capture.id, reason });
    else if (photo) {
      written.add(path);
      yield add(path, photo, capture.sha256);
    }
    onProgress?.(index + 1, captures.length);
  }
  const manifest: BundleManifest = {
    format: 'loupe-bundle',
    schema: SCHEMA,
    inspectionId: inspection.id,
    title: inspection.title,
    appVersion,
    madeAt,
    files,
    missing,
  };
  yield { name: MANIFEST, lastModified, input: new Blob([JSON.stringify(manifest, undefined, 1)]) };
}

export const photoPath = (capture: Pick<Capture, 'id' | 'sha256' | 'mediaType'>): string =>
  `photos/${capture.sha256}.${photoFileName(capture).split('.').at(-1) ?? 'jpg'}`;

async function faultOf(photo: Blob, capture: Capture): Promise<'gone' | 'damaged' | undefined> {
  const bytes = await photo.arrayBuffer().catch(() => undefined);
  if (!bytes) return 'gone';
  return (await sha256(bytes)) === capture.sha256 ? undefined : 'damaged';
}

/** Read once, so that what changes meanwhile does not tear records and photos apart. */
async function readRecords(source: BundleSource, inspection: Inspection) {
  const { id } = inspection;
  const findings = await source.findings(id);
  return {
    inspection: [inspection],
    captures: await source.captures(id),
    analyses: await source.analyses(id),
    findings,
    reviews: await allReviews(source, findings),
  };
}

async function allReviews(source: BundleSource, findings: readonly Finding[]): Promise<Review[]> {
  const reviews: Review[] = [];
  for (const { id } of findings) reviews.push(...(await source.reviews(id)));
  return reviews;
}
