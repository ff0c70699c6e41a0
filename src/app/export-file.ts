import { unreachable } from '../../core/domain/outcome.ts';
import { cocoJson } from '../../core/export/coco.ts';
import { findingsCsv } from '../../core/export/csv.ts';
import type { ExportSet } from '../../core/export/export-set.ts';
import { geoJson } from '../../core/export/geojson.ts';
import { safeFileName } from '../../core/export/plain-text.ts';
import { webAnnotations } from '../../core/export/web-annotation.ts';
import { yoloFiles } from '../../core/export/yolo.ts';
import type { ExportFormat } from './hand-over.svelte.ts';

export interface ExportFile {
  readonly file: Blob;
  readonly fileName: string;
}

/** The findings of an inspection in a format that other tools read. */
export async function exportFile(format: ExportFormat, set: ExportSet): Promise<ExportFile> {
  const name = safeFileName(set.inspection.title, 'inspection');
  const text = (content: string, type: string, ending: string): ExportFile => ({
    file: new Blob([content], { type }),
    fileName: `${name}.${ending}`,
  });
  switch (format) {
    case 'coco':
      return text(cocoJson(set), 'application/json', 'coco.json');
    case 'csv':
      return text(findingsCsv(set), 'text/csv', 'csv');
    case 'geojson':
      return text(geoJson(set), 'application/geo+json', 'geojson');
    case 'annotations':
      return text(webAnnotations(set), 'application/ld+json', 'annotations.jsonld');
    case 'yolo':
      return { file: await zipped(set), fileName: `${name}.yolo.zip` };
    default:
      return unreachable(format);
  }
}

/** YOLO wants one label file a photo. */
async function zipped(set: ExportSet): Promise<Blob> {
  const { downloadZip } = await import('client-zip');
  const files = yoloFiles(set).map(({ path, text }) => ({ name: path, input: text }));
  return downloadZip(files).blob();
}
