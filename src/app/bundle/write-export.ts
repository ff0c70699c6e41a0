import type { InspectionId } from '../../../core/contract/ids.ts';
import type { Inspection } from '../../../core/contract/records.ts';
import { cocoJson } from '../../../core/export/coco.ts';
import { findingsCsv } from '../../../core/export/csv.ts';
import { planExport, type ExportSet, type LeftOut } from '../../../core/export/export-set.ts';
import { geoJson } from '../../../core/export/geojson.ts';
import { safeFileName } from '../../../core/export/plain-text.ts';
import { webAnnotations } from '../../../core/export/web-annotation.ts';
import { yoloFiles, type TextFile } from '../../../core/export/yolo.ts';
import type { BundleOptions, BundleSource } from './write-bundle.ts';

export const EXPORT_KINDS = ['coco', 'yolo', 'csv', 'geojson', 'annotations'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

const FILES: Readonly<Record<ExportKind, { readonly ending: string; readonly mediaType: string }>> = {
  coco: { ending: 'coco.zip', mediaType: 'application/zip' },
  yolo: { ending: 'yolo.zip', mediaType: 'application/zip' },
  csv: { ending: 'csv', mediaType: 'text/csv' },
  geojson: { ending: 'geojson', mediaType: 'application/geo+json' },
  annotations: { ending: 'annotations.jsonld', mediaType: 'application/ld+json' },
};

/** What the file will be called, known before anything of it is read. */
export function exportFileOf(
  { title }: Pick<Inspection, 'title'>,
  kind: ExportKind,
): { readonly fileName: string; readonly mediaType: string } {
  const { ending, mediaType } = FILES[kind];
  return { fileName: `${safeFileName(title, 'inspection')}.${ending}`, mediaType };
}

export interface ExportFile {
  readonly fileName: string;
  readonly stream: ReadableStream<Uint8Array>;
  /** Photos and findings that could not go along, and why; the CSV and GeoJSON hold every finding. */
  readonly leftOut: readonly LeftOut[];
}

type ExportOptions = Omit<BundleOptions, 'appVersion'>;

/**
 * One export as a file: CSV and JSON as they are, COCO and YOLO as a zip with the photos in `images/`, since
 * labels without their photos are of no use. Undefined for an unknown inspection.
 */
export async function writeExport(
  source: BundleSource,
  id: InspectionId,
  kind: ExportKind,
  options: ExportOptions,
): Promise<ExportFile | undefined> {
  const inspection = await source.inspection(id);
  if (!inspection) return undefined;
  const [captures, analyses, findings] = await Promise.all([
    source.captures(id),
    source.analyses(id),
    source.findings(id),
  ]);
  const set: ExportSet = { inspection, captures, analyses, findings };
  const { fileName } = exportFileOf(inspection, kind);
  if (kind !== 'coco' && kind !== 'yolo') {
    return { fileName, stream: new Blob([SINGLE[kind](set)]).stream(), leftOut: [] };
  }
  const { makeZip } = await import('client-zip');
  const files = kind === 'yolo' ? yoloFiles(set) : [{ path: 'annotations.json', text: cocoJson(set) }];
  return {
    fileName,
    stream: makeZip(datasetEntries(source, set, files, options)),
    leftOut: planExport(set).leftOut,
  };
}

const SINGLE: Readonly<Record<'csv' | 'geojson' | 'annotations', (set: ExportSet) => string>> = {
  // Excel takes a CSV for UTF-8 only by its byte order mark.
  csv: (set) => `\uFEFF${findingsCsv(set)}`,
  geojson: geoJson,
  annotations: webAnnotations,
};

async function* datasetEntries(
  source: BundleSource,
  set: ExportSet,
  files: readonly TextFile[],
  { madeAt, onProgress, signal }: ExportOptions,
): AsyncGenerator<{ readonly name: string; readonly lastModified: Date; readonly input: Blob }> {
  const lastModified = new Date(Math.max(madeAt, Date.UTC(1980, 0, 2)));
  for (const { path, text } of files) yield { name: path, lastModified, input: new Blob([text]) };
  const { photos } = planExport(set);
  for (const [index, { capture, fileName }] of photos.entries()) {
    signal?.throwIfAborted();
    const photo = await source.photo(capture.id);
    if (photo) yield { name: `images/${fileName}`, lastModified, input: photo };
    onProgress?.(index + 1, photos.length);
  }
}
