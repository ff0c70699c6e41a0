import * as v from 'valibot';
import type { Capture } from '../../../core/contract/records.ts';
import { fail, succeed, type Outcome } from '../../../core/domain/outcome.ts';
import type { InspectionImport } from '../../storage/inspection-store.ts';
import { sha256 } from '../../storage/sha256.ts';
import {
  BundleManifest,
  LIMITS,
  MANIFEST,
  RECORDS,
  type BundleFailure,
  type BundleFile,
  type BundleLimits,
} from './bundle-format.ts';
import { photoPath } from './write-bundle.ts';
import { zipDirectory, type ZipEntry } from './zip-directory.ts';
import { entryBlob } from './zip-entry.ts';

const MANIFEST_BYTES = 16e6;
const RECORDS_BYTES = 256e6;

export interface ReadOptions {
  readonly limits?: BundleLimits;
  readonly onProgress?: (files: number, all: number) => void;
  readonly signal?: AbortSignal;
}

export interface ReadBundle {
  readonly manifest: BundleManifest;
  readonly source: InspectionImport;
}

type Read<Value> = Promise<Outcome<Value, BundleFailure>>;

/**
 * Opens a bundle and checks all of it before anything is kept: structure, sizes, every hash, every record, and
 * that the records belong together. Photos stay in the file and are read again when they are kept.
 */
export async function readBundle(file: Blob, options: ReadOptions = {}): Read<ReadBundle> {
  const directory = await zipDirectory(file, options.limits ?? LIMITS);
  if (!directory.ok) return directory;
  const entries = new Map(directory.value.map((entry) => [entry.path, entry]));
  const manifest = await readManifest(file, entries.get(MANIFEST));
  if (!manifest.ok) return manifest;
  const listed = checkListed(entries, manifest.value);
  if (!listed.ok) return listed;
  const blobs = await checkHashes(file, entries, manifest.value.files, options);
  if (!blobs.ok) return blobs;
  const source = await readRecords(blobs.value, manifest.value);
  return source.ok ? succeed({ manifest: manifest.value, source: source.value }) : source;
}

async function readManifest(file: Blob, entry: ZipEntry | undefined): Read<BundleManifest> {
  if (!entry) return fail({ kind: 'not-a-bundle', detail: `no ${MANIFEST}` });
  if (entry.bytes > MANIFEST_BYTES) {
    return fail({ kind: 'too-large', path: MANIFEST, bytes: entry.bytes, limit: MANIFEST_BYTES });
  }
  const blob = await entryBlob(file, entry);
  if (!blob.ok) return blob;
  const json = await parseJson(blob.value);
  const version = v.safeParse(v.object({ format: v.literal('loupe-bundle'), schema: v.number() }), json);
  if (!version.success) return fail({ kind: 'not-a-bundle', detail: 'a zip, but not made by Loupe' });
  if (version.output.schema > 1) return fail({ kind: 'newer-bundle' });
  const parsed = v.safeParse(BundleManifest, json);
  if (parsed.success) return succeed(parsed.output);
  return fail({ kind: 'bad-record', path: MANIFEST, detail: firstIssue(parsed.issues) });
}

/** The zip and its manifest name the same files. */
function checkListed(
  entries: ReadonlyMap<string, ZipEntry>,
  { files }: BundleManifest,
): Outcome<undefined, BundleFailure> {
  const listed = new Set([MANIFEST, ...files.map(({ path }) => path)]);
  for (const path of entries.keys()) if (!listed.has(path)) return fail({ kind: 'unlisted-file', path });
  for (const { path, bytes, sha256: hash } of files) {
    const entry = entries.get(path);
    if (!entry) return fail({ kind: 'missing-file', path });
    const named = !path.startsWith('photos/') || path.startsWith(`photos/${hash}.`);
    if (entry.bytes !== bytes || !named) return fail({ kind: 'wrong-hash', path });
  }
  return succeed(undefined);
}

async function checkHashes(
  file: Blob,
  entries: ReadonlyMap<string, ZipEntry>,
  files: readonly BundleFile[],
  { onProgress, signal }: ReadOptions,
): Read<ReadonlyMap<string, Blob>> {
  const blobs = new Map<string, Blob>();
  for (const { path, sha256: listed } of files) {
    if (signal?.aborted) return fail({ kind: 'cancelled' });
    const entry = entries.get(path);
    if (!entry) return fail({ kind: 'missing-file', path });
    const blob = await entryBlob(file, entry);
    if (!blob.ok) return blob;
    if ((await sha256(await blob.value.arrayBuffer())) !== listed) return fail({ kind: 'wrong-hash', path });
    blobs.set(path, blob.value);
    onProgress?.(blobs.size, files.length);
  }
  return succeed(blobs);
}

async function readRecords(
  blobs: ReadonlyMap<string, Blob>,
  { inspectionId }: BundleManifest,
): Read<InspectionImport> {
  const parsed: Partial<Record<keyof typeof RECORDS, readonly unknown[]>> = {};
  for (const name of Object.keys(RECORDS) as (keyof typeof RECORDS)[]) {
    const { path, schema } = RECORDS[name];
    const blob = blobs.get(path);
    if (!blob) return fail({ kind: 'missing-file', path });
    if (blob.size > RECORDS_BYTES) {
      return fail({ kind: 'too-large', path, bytes: blob.size, limit: RECORDS_BYTES });
    }
    const result = v.safeParse(schema, await parseJson(blob));
    if (!result.success) return fail({ kind: 'bad-record', path, detail: firstIssue(result.issues) });
    parsed[name] = result.output;
  }
  // Every name of RECORDS was parsed above.
  const {
    inspection: [inspection],
    ...rest
  } = parsed as unknown as Parsed;
  if (inspection?.id !== inspectionId) {
    return fail({ kind: 'bad-record', path: RECORDS.inspection.path, detail: 'another inspection' });
  }
  const photo = (capture: Capture) => Promise.resolve(photoOf(blobs, capture));
  const source: InspectionImport = { inspection, ...rest, photo };
  const stray = strayRecord(source, blobs);
  return stray ? fail(stray) : succeed(source);
}

type Parsed = { readonly [Name in keyof typeof RECORDS]: v.InferOutput<(typeof RECORDS)[Name]['schema']> };

function photoOf(blobs: ReadonlyMap<string, Blob>, capture: Capture): Blob | undefined {
  const blob = blobs.get(photoPath(capture));
  return blob?.slice(0, blob.size, capture.mediaType);
}

/** A record of another inspection, a repeated id, or one that points at what is not there. */
function strayRecord(
  { inspection, captures, analyses, findings, reviews }: InspectionImport,
  blobs: ReadonlyMap<string, Blob>,
): BundleFailure | undefined {
  const bad = (name: keyof typeof RECORDS, detail: string): BundleFailure => ({
    kind: 'bad-record',
    path: RECORDS[name].path,
    detail,
  });
  const captureIds = new Set<string>(captures.map(({ id }) => id));
  const findingIds = new Set<string>(findings.map(({ id }) => id));
  for (const [name, records] of Object.entries({ captures, analyses, findings, reviews })) {
    const list = name as 'captures' | 'analyses' | 'findings' | 'reviews';
    if (records.some(({ inspectionId }) => inspectionId !== inspection.id))
      return bad(list, 'another inspection');
    if (new Set(records.map(({ id }) => id)).size !== records.length) return bad(list, 'an id twice');
  }
  if (analyses.some(({ captureId }) => !captureIds.has(captureId)))
    return bad('analyses', 'an unknown photo');
  if (findings.some(({ captureId }) => !captureIds.has(captureId)))
    return bad('findings', 'an unknown photo');
  if (reviews.some(({ findingId }) => !findingIds.has(findingId)))
    return bad('reviews', 'an unknown finding');
  const wanted = new Set<string>(captures.map(photoPath));
  const extra = [...blobs.keys()].find((path) => path.startsWith('photos/') && !wanted.has(path));
  return extra === undefined ? undefined : { kind: 'unlisted-file', path: extra };
}

async function parseJson(blob: Blob): Promise<unknown> {
  try {
    return JSON.parse(await blob.text()) as unknown;
  } catch {
    return undefined;
  }
}

const firstIssue = ([issue]: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): string =>
  `${v.getDotPath(issue) ?? ''}: ${issue.message}`;
