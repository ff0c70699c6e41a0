import type { CaptureId, InspectionId } from '../../core/contract/ids.ts';
import { restoreInspection, UNDO_MS } from './deletion.ts';
import type { Restore } from './inspection-store.ts';
import { restorePhoto } from './photo-deletion.ts';
import { isTrashedPhoto, type Trashed } from './schema.ts';
import type { StoreParts } from './store-parts.ts';

/** What was deleted and still lies here. */
export interface TrashEntry {
  readonly kind: 'inspection' | 'photo';
  readonly id: InspectionId | CaptureId;
  readonly inspectionId: InspectionId;
  /** The inspection's title, or the photo's file name. */
  readonly title: string;
  readonly deletedAt: number;
  /** From then on a start of the app removes it for good. */
  readonly until: number;
  readonly photoBytes: number;
  readonly restore: Restore;
}

/** Newest first. */
export async function listTrash(parts: StoreParts): Promise<readonly TrashEntry[]> {
  const { records, rows } = parts;
  const [trash, captures] = await records.read(['trash', 'captures'], async (read) => [
    await read.all('trash'),
    await read.all('captures'),
  ]);
  const photos = rows.many('captures', captures);
  const bytesOf = (row: Trashed): number =>
    (isTrashedPhoto(row) ? [row.capture] : photos.filter(({ inspectionId }) => inspectionId === row.id))
      .map(({ bytes }) => bytes)
      .reduce((sum, bytes) => sum + bytes, 0);
  return rows
    .many('trash', trash)
    .map((row) => ({
      ...(isTrashedPhoto(row)
        ? {
            kind: 'photo' as const,
            inspectionId: row.capture.inspectionId,
            title: row.capture.fileName,
            restore: () => restorePhoto(parts, row.id),
          }
        : {
            kind: 'inspection' as const,
            inspectionId: row.id,
            title: row.inspection.title,
            restore: () => restoreInspection(parts, row.id),
          }),
      id: row.id,
      deletedAt: row.deletedAt,
      until: row.deletedAt + UNDO_MS,
      photoBytes: bytesOf(row),
    }))
    .sort((a, b) => b.deletedAt - a.deletedAt);
}
