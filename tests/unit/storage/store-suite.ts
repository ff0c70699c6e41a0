import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  InspectionImport,
  InspectionImporter,
  InspectionStore,
  StoreChange,
} from '../../../src/storage/inspection-store.ts';
import { openMemoryStore } from '../../../src/storage/memory-store.ts';
import { unwrap } from './unwrap.ts';
import { analysisOf, draftOf, findingOf, inspectionOf, photoOf, reviewOf } from './records-for-tests.ts';

export interface OpenedForTest {
  readonly store: InspectionStore & InspectionImporter;
  /** The same data through a new store, as after a restart of the page. */
  reopen(): Promise<InspectionStore>;
  close(): Promise<void>;
}

const bytesOf = async (blob: Blob | undefined): Promise<number[]> =>
  blob ? [...new Uint8Array(await blob.arrayBuffer())] : [];

/** What every inspection store must do, whatever it keeps its bytes in. */
export function describeStore(name: string, open: () => Promise<OpenedForTest>): void {
  describe(name, () => {
    let opened: OpenedForTest;
    let store: InspectionStore & InspectionImporter;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());

    it('keeps an inspection, its photo to the byte, findings and reviews over a restart', async () => {
      const inspection = unwrap(await store.saveInspection(inspectionOf()));
      const photo = photoOf(1);
      const capture = unwrap(await store.savePhoto(draftOf(inspection.id), photo));
      const analysis = analysisOf(inspection.id, capture.id);
      const finding = findingOf(analysis);
      unwrap(await store.saveAnalysis(analysis, [finding]));
      const review = reviewOf(finding);
      expect(unwrap(await store.saveReview(review))).toEqual(review.after);

      const again = await opened.reopen();
      expect(await again.inspection(inspection.id)).toEqual(inspection);
      expect(await again.captures(inspection.id)).toEqual([capture]);
      expect(await bytesOf(await again.photo(capture.id))).toEqual(await bytesOf(photo));
      expect((await again.photo(capture.id))?.type).toBe('image/jpeg');
      expect(await again.analyses(inspection.id)).toEqual([analysis]);
      expect(await again.analysis(analysis.id)).toEqual(analysis);
      expect(await again.findings(inspection.id)).toEqual([review.after]);
      expect(await again.reviews(finding.id)).toEqual([review]);
      expect(await again.inspections()).toEqual([
        { inspection, captures: 1, analysed: 1, findings: 1, judged: 1, coverCaptureId: capture.id },
      ]);
    });

    it('writes one operation per changed record, none for what did not change, none for the demo', async () => {
      const inspection = unwrap(await store.saveInspection(inspectionOf()));
      const capture = unwrap(await store.savePhoto(draftOf(inspection.id), photoOf(1)));
      const analysis = analysisOf(inspection.id, capture.id);
      const finding = findingOf(analysis);
      unwrap(await store.saveAnalysis(analysis, [finding]));
      unwrap(await store.saveReview(reviewOf(finding)));
      expect(await store.waiting()).toBe(6);
      unwrap(await store.saveInspection(inspection));
      expect(await store.waiting()).toBe(6);

      const demo = unwrap(await store.saveInspection(inspectionOf({ demo: true })));
      unwrap(await store.savePhoto(draftOf(demo.id), photoOf(2)));
      unwrap(await store.deleteInspection(demo.id));
      expect(await store.waiting()).toBe(6);
    });

    it('refuses the same photo twice in one inspection and takes it in another', async () => {
      const [one, other] = [inspectionOf(), inspectionOf()];
      await store.saveInspection(one);
      await store.saveInspection(other);
      const capture = unwrap(await store.savePhoto(draftOf(one.id), photoOf(1)));
      const twin = await store.savePhoto(draftOf(one.id, 'copy.jpg'), photoOf(1));
      expect(twin).toEqual({ ok: false, kind: 'duplicate', captureId: capture.id });
      expect(await store.captures(one.id)).toHaveLength(1);
      expect((await store.savePhoto(draftOf(other.id), photoOf(1))).ok).toBe(true);
    });

    it('refuses an empty photo and a photo for an inspection that is not there', async () => {
      const inspection = unwrap(await store.saveInspection(inspectionOf()));
      expect(await store.savePhoto(draftOf(inspection.id), new Blob([]))).toMatchObject({
        ok: false,
        kind: 'unwritable',
      });
      const stray = await store.savePhoto(draftOf(inspectionOf().id), photoOf(3));
      expect(stray).toMatchObject({ ok: false, kind: 'unwritable' });
    });

    it('replaces proposals of an earlier analysis and keeps what a person judged or drew', async () => {
      const inspection = unwrap(await store.saveInspection(inspectionOf()));
      const capture = unwrap(await store.savePhoto(draftOf(inspection.id), photoOf(1)));
      const first = analysisOf(inspection.id, capture.id);
      const [judged, proposed] = [findingOf(first), findingOf(first)];
      await store.saveAnalysis(first, [judged, proposed]);
      await store.saveReview(reviewOf(judged));
      const drawn = findingOf(first, { origin: 'human', state: 'accepted' });
      await store.saveFinding(drawn);
      const second = analysisOf(inspection.id, capture.id);
      const fresh = findingOf(second);
      unwrap(await store.saveAnalysis(second, [fresh]));
      const ids = (await store.findings(inspection.id)).map((finding) => finding.id);
      expect(new Set(ids)).toEqual(new Set([judged.id, drawn.id, fresh.id]));
      expect(await store.analyses(inspection.id)).toHaveLength(2);
    });

    it('hides a deleted inspection and brings all of it back on undo', async () => {
      const inspection = unwrap(await store.saveInspection(inspectionOf()));
      const capture = unwrap(await store.savePhoto(draftOf(inspection.id), photoOf(1)));
      const analysis = analysisOf(inspection.id, capture.id);
      await store.saveAnalysis(analysis, [findingOf(analysis)]);
      const restore = unwrap(await store.deleteInspection(inspection.id));
      expect(await store.inspections()).toEqual([]);
      expect(await store.inspection(inspection.id)).toBeUndefined();
      expect(await store.captures(inspection.id)).toEqual([]);
      expect(await store.findings(inspection.id)).toEqual([]);
      expect(await store.capture(capture.id)).toBeUndefined();
      expect(await store.photo(capture.id)).toBeUndefined();
      const late = await store.saveAnalysis(analysisOf(inspection.id, capture.id), []);
      expect(late).toMatchObject({ ok: false, kind: 'unwritable' });

      await restore();
      expect(await store.inspection(inspection.id)).toEqual(inspection);
      expect(await store.captures(inspection.id)).toEqual([capture]);
      expect(await store.findings(inspection.id)).toHaveLength(1);
      expect((await store.photo(capture.id))?.size).toBe(capture.bytes);
    });

    it('takes a photo out with what was found on it, and brings all of it back on undo', async () => {
      const inspection = unwrap(await store.saveInspection(inspectionOf()));
      const [capture, other] = [
        unwrap(await store.savePhoto(draftOf(inspection.id), photoOf(1))),
        unwrap(await store.savePhoto(draftOf(inspection.id, 'b.jpg'), photoOf(2))),
      ];
      const analysis = analysisOf(inspection.id, capture.id);
      const finding = findingOf(analysis);
      await store.saveAnalysis(analysis, [finding]);
      await store.saveReview(reviewOf(finding));
      const waiting = await store.waiting();
      const restore = unwrap(await store.deletePhoto(capture.id));
      expect(await store.waiting()).toBe(waiting + 3);
      expect(await store.captures(inspection.id)).toEqual([other]);
      expect(await store.capture(capture.id)).toBeUndefined();
      expect(await store.photo(capture.id)).toBeUndefined();
      expect(await store.findings(inspection.id)).toEqual([]);
      expect(await store.analyses(inspection.id)).toEqual([]);
      const late = analysisOf(inspection.id, capture.id);
      expect(await store.saveAnalysis(late, [])).toMatchObject({ ok: false, kind: 'unwritable' });
      expect(await store.saveFinding(findingOf(late))).toMatchObject({ ok: false, kind: 'unwritable' });

      await restore();
      expect(await store.captures(inspection.id)).toHaveLength(2);
      expect(await bytesOf(await store.photo(capture.id))).toEqual(await bytesOf(photoOf(1)));
      expect(await store.findings(inspection.id)).toEqual([reviewOf(finding).after]);
      expect(await store.analyses(inspection.id)).toEqual([analysis]);
      expect(await store.reviews(finding.id)).toHaveLength(1);
    });

    it('takes a deleted photo again, and then no longer offers the first one back', async () => {
      const inspection = unwrap(await store.saveInspection(inspectionOf()));
      const capture = unwrap(await store.savePhoto(draftOf(inspection.id), photoOf(1)));
      const restore = unwrap(await store.deletePhoto(capture.id));
      const again = unwrap(await store.savePhoto(draftOf(inspection.id), photoOf(1)));
      await expect(restore()).rejects.toThrow();
      expect(await store.captures(inspection.id)).toEqual([again]);
      expect(await store.deletePhoto(inspectionOf().id as never)).toMatchObject({ kind: 'unwritable' });
    });

    it('deletes what a person drew, brings it back on undo, and refuses that for a model’s finding', async () => {
      const inspection = unwrap(await store.saveInspection(inspectionOf()));
      const capture = unwrap(await store.savePhoto(draftOf(inspection.id), photoOf(1)));
      const analysis = analysisOf(inspection.id, capture.id);
      const proposed = findingOf(analysis);
      await store.saveAnalysis(analysis, [proposed]);
      const drawn = findingOf(analysis, { origin: 'human', state: 'accepted' });
      await store.saveFinding(drawn);
      const restore = unwrap(await store.deleteFinding(drawn.id));
      expect(await store.findings(inspection.id)).toEqual([proposed]);
      await restore();
      expect(await store.findings(inspection.id)).toHaveLength(2);
      expect(await store.deleteFinding(proposed.id)).toMatchObject({ ok: false, kind: 'unwritable' });
    });

    it('updates a capture but never its photo', async () => {
      const inspection = unwrap(await store.saveInspection(inspectionOf()));
      const capture = unwrap(await store.savePhoto(draftOf(inspection.id), photoOf(1)));
      const sized = { ...capture, size: { width: 640, height: 480 } };
      expect(unwrap(await store.updateCapture(sized))).toEqual(sized);
      expect(await store.capture(capture.id)).toEqual(sized);
      const other = unwrap(await store.savePhoto(draftOf(inspection.id), photoOf(2)));
      const forged = await store.updateCapture({ ...capture, sha256: other.sha256 });
      expect(forged).toMatchObject({ ok: false, kind: 'unwritable' });
    });

    /** What another device made: one photo with a finding and its review, one photo that did not come. */
    async function foreign(): Promise<InspectionImport> {
      const other = openMemoryStore();
      const inspection = unwrap(await other.saveInspection(inspectionOf()));
      const capture = unwrap(await other.savePhoto(draftOf(inspection.id), photoOf(1)));
      const absent = unwrap(await other.savePhoto(draftOf(inspection.id), photoOf(2)));
      const analysis = analysisOf(inspection.id, capture.id);
      const finding = findingOf(analysis);
      const review = reviewOf(finding);
      return {
        inspection,
        captures: [capture, absent],
        analyses: [analysis],
        findings: [review.after],
        reviews: [review],
        photo: ({ id }) => Promise.resolve(id === capture.id ? photoOf(1) : undefined),
      };
    }

    it('takes in an inspection of another device whole and once, and sends it on', async () => {
      const source = await foreign();
      expect(unwrap(await store.importInspection(source))).toEqual(source.inspection);
      const [capture] = source.captures;
      if (!capture) throw new Error('no capture to import');
      expect(new Set(await store.captures(source.inspection.id))).toEqual(new Set(source.captures));
      expect(await store.analyses(source.inspection.id)).toEqual(source.analyses);
      expect(await store.findings(source.inspection.id)).toEqual(source.findings);
      expect(await bytesOf(await store.photo(capture.id))).toEqual(await bytesOf(photoOf(1)));
      expect(await store.waiting()).toBe(6);
      const again = await store.importInspection(source);
      expect(again).toMatchObject({ ok: false, kind: 'already-here' });
      expect(await store.waiting()).toBe(6);
    });

    it('imports nothing at all when one photo is not what it says', async () => {
      const source = await foreign();
      const forged = { ...source, photo: () => Promise.resolve(photoOf(7)) };
      expect(await store.importInspection(forged)).toMatchObject({ ok: false, kind: 'unwritable' });
      expect(await store.inspections()).toEqual([]);
      expect(await store.waiting()).toBe(0);
      expect((await store.importInspection(source)).ok).toBe(true);
    });

    it('never lets an import overwrite what belongs to another inspection', async () => {
      const mine = unwrap(await store.saveInspection(inspectionOf()));
      const photo = unwrap(await store.savePhoto(draftOf(mine.id), photoOf(3)));
      const source = await foreign();
      const thief = { ...photo, inspectionId: source.inspection.id };
      const forged = { ...source, captures: [thief], photo: () => Promise.resolve(photoOf(3)) };
      expect(await store.importInspection(forged)).toMatchObject({ ok: false, kind: 'unwritable' });
      expect(await store.captures(mine.id)).toEqual([photo]);
      expect(await bytesOf(await store.photo(photo.id))).toEqual(await bytesOf(photoOf(3)));
    });

    it('imports an inspection again that was deleted here', async () => {
      const source = await foreign();
      unwrap(await store.importInspection(source));
      const restore = unwrap(await store.deleteInspection(source.inspection.id));
      expect((await store.importInspection(source)).ok).toBe(true);
      expect(await store.captures(source.inspection.id)).toHaveLength(2);
      await restore();
      expect(await store.inspections()).toHaveLength(1);
    });

    it('keeps thumbnails and settings', async () => {
      const inspection = unwrap(await store.saveInspection(inspectionOf()));
      const capture = unwrap(await store.savePhoto(draftOf(inspection.id), photoOf(1)));
      await store.saveThumbnail(capture.id, photoOf(9, 100));
      expect(await bytesOf(await store.thumbnail(capture.id))).toEqual(await bytesOf(photoOf(9, 100)));
      await store.saveSetting('theme', 'dark');
      const text = (raw: unknown) => (typeof raw === 'string' ? raw : undefined);
      expect(await (await opened.reopen()).setting('theme', text)).toBe('dark');
      expect(await store.setting('absent', text)).toBeUndefined();
    });

    it('tells of every committed change, and no more after stopping', async () => {
      const heard: StoreChange[] = [];
      const stop = store.onChange((change) => heard.push(change));
      const inspection = unwrap(await store.saveInspection(inspectionOf()));
      const capture = unwrap(await store.savePhoto(draftOf(inspection.id), photoOf(1)));
      await store.saveAnalysis(analysisOf(inspection.id, capture.id), []);
      expect(heard.map((change) => change.entity)).toEqual(['inspection', 'capture', 'analysis', 'finding']);
      stop();
      await store.saveInspection({ ...inspection, title: 'Other' });
      expect(heard).toHaveLength(4);
    });
  });
}
