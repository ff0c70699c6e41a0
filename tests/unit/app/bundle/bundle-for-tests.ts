import type { InspectionId } from '../../../../core/contract/ids.ts';
import type { Inspection } from '../../../../core/contract/records.ts';
import { succeed } from '../../../../core/domain/outcome.ts';
import { writeBundle, type BundleSource } from '../../../../src/app/bundle/write-bundle.ts';
import type { InspectionImport, InspectionImporter } from '../../../../src/storage/inspection-store.ts';
import { openMemoryStore } from '../../../../src/storage/memory-store.ts';
import {
  analysisOf,
  draftOf,
  findingOf,
  inspectionOf,
  photoOf,
  reviewOf,
} from '../../storage/records-for-tests.ts';
import { unwrap } from '../../storage/unwrap.ts';

export const OPTIONS = { appVersion: '0.1.0', madeAt: Date.UTC(2026, 8, 14) };

/** A store with an inspection of two photos, one judged. */
export async function filledStore() {
  const store = openMemoryStore();
  const inspection = unwrap(await store.saveInspection(inspectionOf({ title: 'Møllen <T7> ../x' })));
  for (const seed of [1, 2]) {
    const capture = unwrap(await store.savePhoto(draftOf(inspection.id, `${seed}.jpg`), photoOf(seed)));
    const analysis = analysisOf(inspection.id, capture.id);
    const finding = findingOf(analysis);
    unwrap(await store.saveAnalysis(analysis, [finding]));
    if (seed === 1) unwrap(await store.saveReview(reviewOf(finding)));
  }
  return { store, inspection };
}

export async function bundleOf(source: BundleSource, id: InspectionId): Promise<Blob> {
  const bundle = await writeBundle(source, id, OPTIONS);
  if (!bundle) throw new Error('no such inspection');
  return new Response(bundle.stream).blob();
}

/** Holds what was imported and gives it out again as a store does. */
export class OtherDevice implements InspectionImporter, BundleSource {
  taken: InspectionImport | undefined;

  importInspection(source: InspectionImport) {
    this.taken = source;
    return Promise.resolve(succeed(source.inspection));
  }

  inspection(): Promise<Inspection | undefined> {
    return Promise.resolve(this.taken?.inspection);
  }
  captures = () => Promise.resolve(this.taken?.captures ?? []);
  analyses = () => Promise.resolve(this.taken?.analyses ?? []);
  findings = () => Promise.resolve(this.taken?.findings ?? []);
  reviews = (id: string) =>
    Promise.resolve(this.taken?.reviews.filter(({ findingId }) => findingId === id) ?? []);
  photo = async (id: string) => {
    const capture = this.taken?.captures.find((one) => one.id === id);
    return capture && this.taken?.photo(capture);
  };
}
