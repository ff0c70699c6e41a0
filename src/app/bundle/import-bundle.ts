import type { Inspection } from '../../../core/contract/records.ts';
import type { Outcome } from '../../../core/domain/outcome.ts';
import type { ImportFailure, InspectionImporter } from '../../storage/inspection-store.ts';
import type { BundleFailure } from './bundle-format.ts';
import { readBundle, type ReadOptions } from './read-bundle.ts';

/** Takes the inspection of a bundle in as it left the other device, or says plainly why not. */
export async function importBundle(
  file: Blob,
  store: InspectionImporter,
  options: ReadOptions = {},
): Promise<Outcome<Inspection, BundleFailure | ImportFailure>> {
  const bundle = await readBundle(file, options);
  return bundle.ok ? store.importInspection(bundle.value.source) : bundle;
}
