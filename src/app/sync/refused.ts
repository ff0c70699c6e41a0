import type { InspectionId } from '../../../core/contract/ids.ts';
import type { Operation } from '../../../core/contract/operation.ts';
import { saveFile } from '../save-file.ts';

/** Where a refused change's record is mended; undefined where the operation does not say, or it is deleted. */
export function hrefToRecord(
  { entity, id, kind }: Operation,
  inspection: InspectionId | undefined,
): string | undefined {
  if (kind === 'delete' || inspection === undefined) return undefined;
  const base = `#/inspections/${inspection}`;
  switch (entity) {
    case 'capture':
      return `${base}/photos/${id}`;
    case 'finding':
      return `${base}/judge/${id}`;
    default:
      return base;
  }
}

/** For whoever is asked for help: the change as it waits here. */
export function saveOperation(operation: Operation): void {
  const json = JSON.stringify(operation, undefined, 2);
  saveFile(
    new Blob([json], { type: 'application/json' }),
    `loupe-${operation.entity}-${operation.opId}.json`,
  );
}
