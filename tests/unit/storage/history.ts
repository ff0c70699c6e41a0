import { expect } from 'vitest';
import type { Finding, Inspection } from '../../../core/contract/records.ts';
import { answered, unanswered } from '../../../core/sync-rules/outbox-state.ts';
import { isDeleted, isDisputed, shown } from '../../../core/sync-rules/merge.ts';
import { OutboxQueue } from '../../../src/storage/outbox-queue.ts';
import type { HistoryDevice, Snapshot, WriteFault } from './history-device.ts';
import { HistoryServer } from './history-server.ts';
import { analysisOf, draftOf, findingOf, inspectionOf, photoOf, reviewOf } from './records-for-tests.ts';

export type Step =
  | { readonly kind: 'inspect' | 'delete' | 'undo' | 'restart' }
  | { readonly kind: 'mark' | 'vanish' | 'roll-back' | 'restore-profile' }
  | { readonly kind: 'edit' | 'photo' | 'analyse' | 'judge' | 'draw'; readonly pick: number }
  | { readonly kind: 'delete-photo' | 'delete-drawn'; readonly pick: number }
  | { readonly kind: 'clock'; readonly days: number }
  | { readonly kind: 'fault'; readonly fault: WriteFault }
  | { readonly kind: 'push'; readonly network: 'works' | 'dead' | 'answer-lost' | 'twice' | 'cut' };

interface Undo {
  readonly restore: () => Promise<void>;
  readonly isBack: () => Promise<boolean>;
  readonly book: () => unknown;
}

const DAY_MS = 86_400_000;
/** More than any history needs: a queue that is not empty after so many good pushes is stuck. */
const MOST_PUSHES = 60;

/** Runs a history on a device and keeps book of every save that was called durable. */
export class History {
  readonly server = new HistoryServer();
  readonly device: HistoryDevice;
  #inspections = new Map<string, Inspection>();
  #findings = new Map<string, Finding>();
  #photos: { readonly inspection: Inspection; readonly id: string; readonly seed: number }[] = [];
  #analyses: { readonly id: string; readonly photo: string }[] = [];
  #reviews: string[] = [];
  /** A restored backup has forgotten what a server may know: the two can no longer be compared. */
  #isRestored = false;
  /** What takes the last deletion back, whether it is back, and how the book then reads. */
  #undo: Undo | undefined;
  #mark: { readonly profile: Snapshot; readonly forget: () => void } | undefined;
  #fault: WriteFault | undefined;
  #count = 0;
  #acknowledged = 0;

  constructor(device: HistoryDevice) {
    this.device = device;
  }

  /** Saves that were called durable. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      this.device.now += 1000;
      await this.#take(step);
    }
    await this.device.restart();
    await this.#drain();
    await this.#check();
  }

  async #take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'inspect':
        return this.#saveInspection(inspectionOf({ id: this.device.newId() as Inspection['id'] }));
      case 'edit': {
        const inspection = this.#pick([...this.#inspections.values()], step.pick);
        return inspection && this.#saveInspection({ ...inspection, title: `edited ${this.#count++}` });
      }
      case 'photo':
        return this.#savePhoto(step.pick);
      case 'analyse':
        return this.#analyse(step.pick);
      case 'judge':
        return this.#judge(step.pick);
      case 'draw':
        return this.#draw(step.pick);
      case 'delete-photo':
        return this.#deletePhoto(step.pick);
      case 'delete-drawn':
        return this.#deleteDrawn(step.pick);
      case 'delete':
        return this.#delete();
      case 'undo':
        return this.#takeBack();
      case 'restart':
        await this.device.restart();
        return;
      case 'clock':
        this.device.now = Math.max(0, this.device.now + step.days * DAY_MS);
        return;
      case 'fault':
        this.#fault = step.fault;
        return;
      case 'push':
        return this.#push(step.network);
      case 'mark':
        this.#mark = { profile: await this.device.snapshot(), forget: this.#bookmark() };
        return;
      case 'roll-back':
        if (!this.#mark) return;
        await this.device.rollBack(this.#mark.profile);
        await this.device.restart();
        return;
      case 'restore-profile':
        if (!this.#mark) return;
        await this.device.restoreProfile(this.#mark.profile);
        this.#mark.forget();
        await this.device.restart();
        return;
      case 'vanish':
        await this.device.vanish();
        await this.device.restart();
        return;
    }
  }

  /** What the book said at this moment, to be put back when the whole profile is. */
  #bookmark(): () => void {
    const [inspections, findings] = [new Map(this.#inspections), new Map(this.#findings)];
    const [photos, analyses, reviews] = [[...this.#photos], [...this.#analyses], [...this.#reviews]];
    return () => {
      [this.#inspections, this.#findings] = [new Map(inspections), new Map(findings)];
      [this.#photos, this.#analyses, this.#reviews] = [[...photos], [...analyses], [...reviews]];
      this.#undo = undefined;
      this.#isRestored = true;
    };
  }

  #pick<T>(from: readonly T[], pick: number): T | undefined {
    return from[pick % Math.max(1, from.length)];
  }

  /** As a person does: tries once more when told that it failed, after a restart if need be. */
  async #persist(save: () => Promise<{ ok: boolean; kind?: string }>): Promise<boolean> {
    if (this.#fault) this.device.failNextWrite(this.#fault);
    this.#fault = undefined;
    const first = await save();
    this.device.failNextWrite(undefined);
    const last = first.ok || first.kind === 'duplicate' ? first : await save();
    const isSaved = last.ok || last.kind === 'duplicate';
    if (isSaved) this.#acknowledged++;
    return isSaved;
  }

  async #saveInspection(inspection: Inspection): Promise<void> {
    if (await this.#persist(() => this.device.store.saveInspection(inspection))) {
      this.#inspections.set(inspection.id, inspection);
    }
  }

  async #savePhoto(pick: number): Promise<void> {
    const inspection = this.#pick([...this.#inspections.values()], pick);
    if (!inspection) return;
    const seed = this.#count++;
    const saved = await this.#persist(() =>
      this.device.store.savePhoto(draftOf(inspection.id), photoOf(seed, 40 + seed)),
    );
    const captures = await this.device.store.captures(inspection.id);
    const capture = captures.find(({ bytes }) => bytes === 40 + seed);
    if (saved) expect(capture, 'a photo that was called saved').toBeDefined();
    if (saved && capture) this.#photos.push({ inspection, id: capture.id, seed });
  }

  async #analyse(pick: number): Promise<void> {
    const photo = this.#pick(this.#photos, pick);
    if (!photo || !this.#inspections.has(photo.inspection.id)) return;
    const analysis = analysisOf(photo.inspection.id, photo.id as Finding['captureId']);
    const findings = [findingOf(analysis), findingOf(analysis)];
    if (!(await this.#persist(() => this.device.store.saveAnalysis(analysis, findings)))) return;
    this.#analyses.push({ id: analysis.id, photo: photo.id });
    for (const [id, finding] of this.#findings) {
      const isReplaced = finding.captureId === photo.id && finding.state === 'proposed';
      if (isReplaced) this.#findings.delete(id);
    }
    for (const finding of findings) this.#findings.set(finding.id, finding);
  }

  async #judge(pick: number): Promise<void> {
    const finding = this.#pick([...this.#findings.values()], pick);
    if (!finding || !this.#inspections.has(finding.inspectionId)) return;
    const review = reviewOf(finding, pick % 2 ? 'accepted' : 'rejected');
    if (!(await this.#persist(() => this.device.store.saveReview(review)))) return;
    this.#reviews.push(review.id);
    this.#findings.set(finding.id, review.after);
  }

  async #draw(pick: number): Promise<void> {
    const photo = this.#pick(this.#photos, pick);
    if (!photo || !this.#inspections.has(photo.inspection.id)) return;
    const analysis = analysisOf(photo.inspection.id, photo.id as Finding['captureId']);
    const drawn = findingOf(analysis, { origin: 'human', state: 'accepted' });
    if (await this.#persist(() => this.device.store.saveFinding(drawn))) this.#findings.set(drawn.id, drawn);
  }

  async #deleteDrawn(pick: number): Promise<void> {
    const drawn = [...this.#findings.values()].filter(({ origin }) => origin === 'human');
    const finding = this.#pick(drawn, pick);
    if (!finding || !this.#inspections.has(finding.inspectionId)) return;
    const restore = await this.#remove(() => this.device.store.deleteFinding(finding.id));
    if (!restore) return;
    this.#findings.delete(finding.id);
    this.#undo = {
      restore,
      isBack: async () =>
        (await this.device.store.findings(finding.inspectionId)).some(({ id }) => id === finding.id),
      book: () => this.#findings.set(finding.id, finding),
    };
  }

  async #deletePhoto(pick: number): Promise<void> {
    const photo = this.#pick(this.#photos, pick);
    if (!photo || !this.#inspections.has(photo.inspection.id)) return;
    const id = photo.id as Finding['captureId'];
    const restore = await this.#remove(() => this.device.store.deletePhoto(id));
    if (!restore) return;
    const findings = [...this.#findings].filter(([, finding]) => finding.captureId === id);
    const analyses = this.#analyses.filter((analysis) => analysis.photo === id);
    this.#photos = this.#photos.filter((other) => other !== photo);
    this.#analyses = this.#analyses.filter((analysis) => analysis.photo !== id);
    for (const [finding] of findings) this.#findings.delete(finding);
    this.#undo = {
      restore,
      isBack: async () => (await this.device.store.capture(id)) !== undefined,
      book: () => {
        this.#photos.push(photo);
        this.#analyses.push(...analyses);
        for (const [finding, record] of findings) this.#findings.set(finding, record);
      },
    };
  }

  /** A repeated deletion whose first answer was lost may find nothing any more: that is what was wanted. */
  async #remove(
    remove: () => Promise<{ ok: true; value: () => Promise<void> } | { ok: false; kind: string }>,
  ): Promise<(() => Promise<void>) | undefined> {
    let restore: (() => Promise<void>) | undefined;
    await this.#persist(async () => {
      const outcome = await remove();
      if (outcome.ok) restore = outcome.value;
      return outcome;
    });
    return restore;
  }

  async #delete(): Promise<void> {
    const inspection = [...this.#inspections.values()].at(-1);
    if (!inspection) return;
    let restore: (() => Promise<void>) | undefined;
    const isDone = await this.#persist(async () => {
      const outcome = await this.device.store.deleteInspection(inspection.id);
      if (outcome.ok) restore = outcome.value;
      return outcome;
    });
    if (!isDone || !restore) return;
    this.#inspections.delete(inspection.id);
    this.#undo = {
      restore,
      isBack: async () => (await this.device.store.inspection(inspection.id)) !== undefined,
      book: () => this.#inspections.set(inspection.id, inspection),
    };
  }

  async #takeBack(): Promise<void> {
    const undo = this.#undo;
    this.#undo = undefined;
    if (!undo) return;
    // A restart in between ends the offer of undo; then it is refused, and stays deleted.
    await undo.restore().then(undo.book, async () => {
      if (await undo.isBack()) undo.book();
    });
  }

  async #push(network: Extract<Step, { kind: 'push' }>['network']): Promise<void> {
    const queue = new OutboxQueue(this.device.parts);
    const { now } = this.device;
    const batch = await queue.next(now);
    if (batch.length === 0) return;
    const failed = batch.map((operation) => unanswered(operation, now, 0.5));
    if (network === 'dead') return queue.settle(failed);
    const sent = network === 'cut' ? batch.slice(0, 1) : batch;
    const { taken, trouble } = this.server.push(sent);
    if (network === 'twice') this.server.push(sent);
    if (network === 'answer-lost') return queue.settle(failed);
    await queue.settle(taken.map((operation) => answered(operation, 'applied')));
    expect(trouble === undefined || trouble === 'fork', trouble).toBe(true);
    if (trouble === 'fork') await queue.newEpoch();
  }

  async #drain(): Promise<void> {
    for (let pushes = 0; (await this.device.store.waiting()) > 0; pushes++) {
      expect(pushes, 'operations are stuck').toBeLessThan(MOST_PUSHES);
      this.device.now += 10 * 60 * 1000;
      await this.#push('works');
    }
  }

  async #check(): Promise<void> {
    const { store } = this.device;
    const inspections = (await store.inspections()).map(({ inspection }) => inspection);
    expect(new Map(inspections.map((inspection) => [inspection.id, inspection]))).toEqual(this.#inspections);
    for (const { inspection, id, seed } of this.#photos) {
      if (!this.#inspections.has(inspection.id)) continue;
      const captures = await store.captures(inspection.id);
      expect(captures.filter((capture) => capture.bytes === 40 + seed).map((capture) => capture.id)).toEqual([
        id,
      ]);
      expect((await store.photo(id as Finding['captureId']))?.size).toBe(40 + seed);
    }
    for (const { id } of inspections) await this.#checkFindings(id);
    this.#checkServer(inspections);
  }

  async #checkFindings(inspectionId: Inspection['id']): Promise<void> {
    const expected = [...this.#findings.values()].filter((finding) => finding.inspectionId === inspectionId);
    const kept = await this.device.store.findings(inspectionId);
    expect(new Map(kept.map((finding) => [finding.id, finding]))).toEqual(
      new Map(expected.map((finding) => [finding.id, finding])),
    );
    for (const finding of this.#isRestored ? [] : kept) {
      const record = this.server.records.get(`finding ${finding.id}`);
      expect(record && !isDeleted(record) && !isDisputed(record) && shown(record, 'state')).toBe(
        finding.state,
      );
    }
  }

  #checkServer(inspections: readonly Inspection[]): void {
    const { records, applied } = this.server;
    expect(new Set(applied).size, 'operations doubled').toBe(applied.length);
    for (const inspection of this.#isRestored ? [] : inspections) {
      const record = records.get(`inspection ${inspection.id}`);
      expect(record && !isDeleted(record) && shown(record, 'title')).toBe(inspection.title);
    }
    for (const { id } of this.#photos) expect(records.has(`capture ${id}`), 'photo never sent').toBe(true);
    for (const { id } of this.#analyses) expect(records.has(`analysis ${id}`)).toBe(true);
    for (const id of this.#reviews) expect(records.has(`review ${id}`)).toBe(true);
    if (this.#isRestored) return;
    const alive = [...records.values()].filter(
      (record) => record.entity === 'inspection' && !isDeleted(record),
    );
    expect(new Set(alive.map(({ id }) => id))).toEqual(new Set(inspections.map(({ id }) => id)));
  }
}
