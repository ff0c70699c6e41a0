import * as v from 'valibot';
import type { AnalysisId, CaptureId, FindingId, InspectionId } from '../../core/contract/ids.ts';
import { Analysis, Capture, Finding, Inspection, Review } from '../../core/contract/records.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { commit, type Save } from './commit.ts';
import { deleteInspection } from './deletion.ts';
import { takenElsewhere } from './elsewhere.ts';
import type {
  CaptureDraft,
  ImportFailure,
  InspectionImport,
  InspectionImporter,
  InspectionStore,
  InspectionSummary,
  Restore,
  StorageFailure,
  StorageStatus,
  StoreChange,
} from './inspection-store.ts';
import { importInspection } from './import-inspection.ts';
import { saveAnalysis, saveFinding, saveReview } from './judgement.ts';
import { withOfficeWord } from './office-fields.ts';
import { putOf, putOfCapture } from './outbox.ts';
import { ownerOf } from './owner.ts';
import { deleteFinding, deletePhoto } from './photo-deletion.ts';
import { savePhoto } from './save-photo.ts';
import type { Row } from './schema.ts';
import { asStorageFailure, notKept } from './storage-error.ts';
import type { StoreParts } from './store-parts.ts';
import { summarise } from './summaries.ts';

type OwnedStore = 'captures' | 'analyses' | 'findings';

/** The store that the app opens, over whichever records and files it is given. Reads reject with StorageError. */
export class KeptInspectionStore implements InspectionStore, InspectionImporter {
  readonly #parts: StoreParts;

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  async inspections(): Promise<readonly InspectionSummary[]> {
    return summarise(this.#parts);
  }

  async inspection(id: InspectionId): Promise<Inspection | undefined> {
    const { records, rows } = this.#parts;
    return rows.one(
      'inspections',
      await records.read(['inspections'], (read) => read.get('inspections', id)),
    );
  }

  saveInspection(inspection: Inspection): Promise<Outcome<Inspection, StorageFailure>> {
    return this.#attempt(async () => {
      const asked = v.parse(Inspection, inspection);
      const told = [{ entity: 'inspection', inspectionId: asked.id }] as const;
      let kept = asked;
      await commit(this.#parts, ['inspections', 'trash'], told, async ({ transaction, append }) => {
        const [trashed, raw] = await Promise.all([
          transaction.get('trash', asked.id),
          transaction.get('inspections', asked.id),
        ]);
        if (trashed) throw notKept();
        const before = this.#parts.rows.one('inspections', raw);
        kept = withOfficeWord(asked, before);
        transaction.put('inspections', kept);
        await append(kept, [putOf('inspection', kept, before)]);
      });
      return kept;
    });
  }

  async importInspection(source: InspectionImport): Promise<Outcome<Inspection, ImportFailure>> {
    return importInspection(this.#parts, source);
  }

  deleteInspection(id: InspectionId): Promise<Outcome<Restore, StorageFailure>> {
    return this.#attempt(() => deleteInspection(this.#parts, id));
  }

  deletePhoto(id: CaptureId): Promise<Outcome<Restore, StorageFailure>> {
    return this.#attempt(() => deletePhoto(this.#parts, id));
  }

  deleteFinding(id: FindingId): Promise<Outcome<Restore, StorageFailure>> {
    return this.#attempt(() => deleteFinding(this.#parts, id));
  }

  savePhoto(draft: CaptureDraft, photo: Blob): Promise<Outcome<Capture, StorageFailure>> {
    return savePhoto(this.#parts, draft, photo);
  }

  updateCapture(capture: Capture): Promise<Outcome<Capture, StorageFailure>> {
    return this.#attempt(async () => {
      const { rows } = this.#parts;
      const kept = v.parse(Capture, capture);
      const told = [{ entity: 'capture', inspectionId: kept.inspectionId }] as const;
      const save = async ({ transaction, append }: Save): Promise<void> => {
        const [owner, raw] = await Promise.all([
          ownerOf(transaction, rows, kept.inspectionId),
          transaction.get('captures', kept.id),
        ]);
        const before = rows.one('captures', raw);
        if (before?.sha256 !== kept.sha256) throw notKept();
        transaction.put('captures', kept);
        await append(owner, [putOfCapture(kept, before)]);
      };
      const foreseen = [{ entity: 'capture', id: kept.id }] as const;
      await commit(this.#parts, ['inspections', 'captures'], told, save, foreseen);
      return kept;
    });
  }

  async captures(inspectionId: InspectionId): Promise<readonly Capture[]> {
    return byTime(await this.#owned('captures', inspectionId));
  }

  capture(id: CaptureId): Promise<Capture | undefined> {
    return this.#one('captures', id);
  }

  async elsewhere(inspectionId: InspectionId): Promise<ReadonlySet<CaptureId>> {
    const ids = (await this.captures(inspectionId)).map(({ id }) => id);
    const { records, rows } = this.#parts;
    return records.read(['serverStates'], (read) => takenElsewhere(read, rows, ids));
  }

  async photo(id: CaptureId): Promise<Blob | undefined> {
    const capture = await this.capture(id);
    const file = capture && (await this.#parts.files.read(id));
    // A file that was cut is no original; the rescue still hands it over.
    if (file?.size !== capture?.bytes) return undefined;
    return file?.slice(0, file.size, capture?.mediaType);
  }

  async thumbnail(id: CaptureId): Promise<Blob | undefined> {
    const { records, rows } = this.#parts;
    const row = rows.one(
      'thumbnails',
      await records.read(['thumbnails'], (read) => read.get('thumbnails', id)),
    );
    return row && new Blob([row.bytes], { type: row.mediaType });
  }

  async saveThumbnail(id: CaptureId, thumbnail: Blob): Promise<void> {
    const { records, rows } = this.#parts;
    const bytes = await thumbnail.arrayBuffer();
    await records.write(['captures', 'thumbnails'], async (transaction) => {
      const capture = rows.one('captures', await transaction.get('captures', id));
      if (!capture) return;
      const { inspectionId } = capture;
      transaction.put('thumbnails', { id, inspectionId, bytes, mediaType: thumbnail.type });
    });
  }

  saveAnalysis(analysis: Analysis, findings: readonly Finding[]): Promise<Outcome<Analysis, StorageFailure>> {
    return this.#attempt(() =>
      saveAnalysis(this.#parts, v.parse(Analysis, analysis), v.parse(v.array(Finding), findings)),
    );
  }

  async analyses(inspectionId: InspectionId): Promise<readonly Analysis[]> {
    return byTime(await this.#owned('analyses', inspectionId));
  }

  analysis(id: AnalysisId): Promise<Analysis | undefined> {
    return this.#one('analyses', id);
  }

  async findings(inspectionId: InspectionId): Promise<readonly Finding[]> {
    return byTime(await this.#owned('findings', inspectionId));
  }

  saveReview(review: Review): Promise<Outcome<Finding, StorageFailure>> {
    return this.#attempt(() => saveReview(this.#parts, v.parse(Review, review)));
  }

  saveFinding(finding: Finding): Promise<Outcome<Finding, StorageFailure>> {
    return this.#attempt(() => saveFinding(this.#parts, v.parse(Finding, finding)));
  }

  async reviews(findingId: FindingId): Promise<readonly Review[]> {
    const { records, rows } = this.#parts;
    const raws = await records.read(['reviews'], (read) => read.allBy('reviews', 'finding', findingId));
    return byTime(rows.many('reviews', raws));
  }

  async setting<Value>(key: string, parse: (raw: unknown) => Value | undefined): Promise<Value | undefined> {
    const { records, rows } = this.#parts;
    const row = rows.one('settings', await records.read(['settings'], (read) => read.get('settings', key)));
    return row && parse(row.value);
  }

  async saveSetting(key: string, value: unknown): Promise<void> {
    await this.#parts.records.write(['settings'], async (transaction) => {
      transaction.put('settings', { key, value });
    });
  }

  async status(): Promise<StorageStatus> {
    const { space, files } = this.#parts;
    const [{ usedBytes, quotaBytes }, persisted] = await Promise.all([space.estimate(), space.isPersisted()]);
    return { persisted, usedBytes, quotaBytes, photoFiles: files.kind };
  }

  async waiting(): Promise<number> {
    return this.#parts.records.read(['operations'], async (read) => {
      const [all, acked] = await Promise.all([
        read.count('operations'),
        read.countBy('operations', 'state', 'acked'),
      ]);
      return all - acked;
    });
  }

  onChange(listener: (change: StoreChange) => void): () => void {
    return this.#parts.changes.listen(listener);
  }

  async #attempt<Value>(work: () => Promise<Value>): Promise<Outcome<Value, StorageFailure>> {
    try {
      return succeed(await work());
    } catch (error) {
      return fail(await this.#parts.space.explain(asStorageFailure(error)));
    }
  }

  /** What belongs to a deleted inspection is hidden until undo brings it back. */
  async #owned<Store extends OwnedStore>(store: Store, id: InspectionId): Promise<Row<Store>[]> {
    const { records, rows } = this.#parts;
    const raws = await records.read([store, 'trash'], async (read) => {
      if (await read.get('trash', id)) return [];
      return read.allBy(store, 'inspection', id);
    });
    return rows.many(store, raws);
  }

  async #one<Store extends 'captures' | 'analyses'>(
    store: Store,
    id: string,
  ): Promise<Row<Store> | undefined> {
    const { records, rows } = this.#parts;
    return records.read([store, 'trash'], async (read) => {
      const row = rows.one(store, await read.get(store, id));
      return row && (await read.get('trash', row.inspectionId)) ? undefined : row;
    });
  }
}

/** Order as made, then as identified, so that lists never jump. */
function byTime<T extends { readonly id: string; readonly createdAt: number }>(records: readonly T[]): T[] {
  return [...records].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
}
