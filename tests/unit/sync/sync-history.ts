// Long on purpose: what a history does, what it books and what it checks belong together.
import { expect } from 'vitest';
import { canonicalJson } from '../../../core/domain/canonical-json.ts';
import type { Finding, Inspection } from '../../../core/contract/records.ts';
import type { MergedRecord } from '../../../core/sync-rules/merge.ts';
import { recordsAfter } from '../../../server/repositories/records.ts';
import { SyncStore } from '../../../src/storage/sync-store.ts';
import { ApiClient } from '../../../src/sync/api-client.ts';
import { DeviceSession, type Signer } from '../../../src/sync/device-session.ts';
import { pullChanges } from '../../../src/sync/pull-changes.ts';
import { pushOutbox } from '../../../src/sync/push-outbox.ts';
import { HistoryDevice, type Snapshot } from '../storage/history-device.ts';
import {
  analysisOf,
  draftOf,
  findingOf,
  inspectionOf,
  photoOf,
  reviewOf,
} from '../storage/records-for-tests.ts';
import type { HistoryWorld, Keys } from './history-world.ts';

export type SyncStep =
  | {
      readonly kind: 'inspect' | 'restart' | 'mark' | 'roll-back' | 'restore' | 'vanish' | 'clone';
      readonly on: number;
    }
  | {
      readonly kind: 'edit' | 'note' | 'photo' | 'judge' | 'delete' | 'undo';
      readonly on: number;
      readonly pick: number;
    }
  | { readonly kind: 'clock'; readonly on: number; readonly days: number }
  | { readonly kind: 'sync'; readonly on: number; readonly fault: string | undefined }
  | { readonly kind: 'late' }
  | { readonly kind: 'server-backup' }
  | { readonly kind: 'server-restore' };

/** A value that somebody entered, and what the screen showed in its place before. */
interface Written {
  readonly by: Tablet;
  readonly record: string;
  readonly field: string;
  readonly value: string | undefined;
  readonly over: string | undefined;
}

interface Tablet {
  readonly device: HistoryDevice;
  readonly name: number;
  mark:
    { readonly profile: Snapshot; readonly keys: Keys; readonly written: ReadonlySet<Written> } | undefined;
  /** As its profile holds them. */
  keys: Keys;
  session: Signer;
  undo: (() => Promise<void>) | undefined;
  /** What was entered on the tablet of which this one is a copy, before it was one. */
  inherited: ReadonlySet<Written>;
}

export interface Counts {
  lost: number;
  doubled: number;
  overwritten: number;
  /** Values that stand though the same hand has replaced them: a tablet in conflict with itself. */
  unreplaced: number;
  stuck: number;
  diverged: number;
  writes: number;
  conflicts: number;
}

export const noCounts = (): Counts => ({
  ...{ lost: 0, doubled: 0, overwritten: 0, unreplaced: 0, stuck: 0, diverged: 0, writes: 0, conflicts: 0 },
});

const DAY_MS = 86_400_000;
const MOST_TABLETS = 5;
const MOST_ROUNDS = 40;
const SHOWN = ['inspections', 'captures', 'analyses', 'findings', 'reviews'] as const;

/** Several tablets and one real server, and a book of what was entered on each. */
export class SyncHistory {
  readonly counts = noCounts();
  readonly #tablets: Tablet[] = [];
  #written: Written[] = [];
  /** Every value that was ever entered over another, also on profiles that were restored since. */
  readonly #overwritten = new Set<string>();
  readonly #again = new Set<string>();
  #made = new Map<string, Tablet>();
  readonly #world: HistoryWorld;
  #count = 0;

  private constructor(world: HistoryWorld) {
    this.#world = world;
  }

  static async create(seed: number, tablets: number, world: HistoryWorld): Promise<SyncHistory> {
    const history = new SyncHistory(world);
    for (let at = 0; at < tablets; at++) await history.#addTablet(seed + at * 7919);
    return history;
  }

  async run(steps: readonly SyncStep[]): Promise<void> {
    for (const step of steps) {
      this.#world.now += 1000;
      for (const { device } of this.#tablets) device.now += 1000;
      await this.#take(step);
    }
    await this.#settle();
    await this.#check();
    await this.#world.close();
  }

  async #addTablet(seed: number): Promise<Tablet> {
    const device = await HistoryDevice.create('memory', seed);
    const tablet: Tablet = {
      ...{
        device,
        name: this.#tablets.length,
        mark: undefined,
        undo: undefined,
        inherited: new Set<Written>(),
      },
      keys: await this.#world.enrol(`tablet ${this.#tablets.length}`),
      session: undefined as never, // set below
    };
    this.#signIn(tablet, tablet.keys);
    this.#tablets.push(tablet);
    return tablet;
  }

  #signIn(tablet: Tablet, { key, refresh }: Keys): void {
    tablet.keys = { key, refresh };
    const trusted = this.#world.signer?.(tablet.keys);
    if (trusted) {
      tablet.session = trusted;
      return;
    }
    tablet.session = new DeviceSession({
      now: () => tablet.device.now,
      credentials: {
        key: () => Promise.resolve(tablet.keys.key),
        refresh: () => Promise.resolve(tablet.keys.refresh),
        keepRefresh: (next) => {
          tablet.keys = { ...tablet.keys, refresh: next };
          return Promise.resolve();
        },
      },
    });
  }

  async #take(step: SyncStep): Promise<void> {
    if (step.kind === 'late') return this.#world.deliverLate();
    if (step.kind === 'server-backup') return this.#world.backUp?.();
    if (step.kind === 'server-restore') return this.#world.restore?.();
    const tablet = this.#tablets[step.on % this.#tablets.length];
    if (!tablet) return;
    const { device } = tablet;
    switch (step.kind) {
      case 'inspect':
        return this.#saveInspection(tablet, inspectionOf({ id: device.newId() as Inspection['id'] }));
      case 'edit': {
        const inspection = pick(await this.#inspections(tablet), step.pick);
        return (
          inspection &&
          this.#saveInspection(tablet, { ...inspection, title: `t${this.#count++}` }, inspection)
        );
      }
      case 'note': {
        const finding = pick(await this.#findings(tablet), step.pick);
        return finding && this.#saveFinding(tablet, { ...finding, note: `n${this.#count++}` }, finding);
      }
      case 'photo':
        return this.#photograph(tablet, step.pick);
      case 'judge':
        return this.#judge(tablet, step.pick);
      case 'delete':
        return this.#delete(tablet, step.pick);
      case 'undo':
        return this.#undo(tablet);
      case 'restart':
        await device.restart();
        return;
      case 'clock':
        device.now = Math.max(0, device.now + step.days * DAY_MS);
        return;
      case 'mark':
        tablet.mark = {
          profile: await device.snapshot(),
          keys: tablet.keys,
          written: new Set(this.#written),
        };
        return;
      case 'roll-back':
        if (!tablet.mark) return;
        await device.rollBack(tablet.mark.profile);
        await device.restart();
        return;
      case 'vanish':
        await device.vanish();
        await device.restart();
        return;
      case 'restore':
        return this.#restore(tablet);
      case 'clone':
        return this.#clone(tablet);
      case 'sync':
        return this.#sync(tablet, step.fault);
    }
  }

  /** Writes again what showed when it was deleted, whoever had entered it. */
  async #undo(tablet: Tablet): Promise<void> {
    await tablet.undo?.().catch(() => undefined);
    tablet.undo = undefined;
    for (const { id, title } of await this.#inspections(tablet)) this.#again.add(`inspection ${id} ${title}`);
    for (const { id, note } of await this.#findings(tablet)) this.#again.add(`finding ${id} ${String(note)}`);
  }

  /** What was entered since the backup is gone from the tablet; whether the server has it is left open. */
  async #restore(tablet: Tablet): Promise<void> {
    const { mark } = tablet;
    if (!mark) return;
    await tablet.device.restoreProfile(mark.profile);
    this.#signIn(tablet, mark.keys);
    tablet.undo = undefined;
    this.#written = this.#written.filter((entry) => entry.by !== tablet || mark.written.has(entry));
    for (const [key, by] of this.#made) if (by === tablet) this.#made.delete(key);
    await tablet.device.restart();
  }

  /** A copy of the whole profile on another tablet, key and all. */
  async #clone(tablet: Tablet): Promise<void> {
    if (this.#tablets.length >= MOST_TABLETS) return;
    const copy = await this.#addTablet(this.#count++ + 1_000_003);
    await copy.device.restoreProfile(await tablet.device.snapshot());
    copy.device.now = tablet.device.now;
    copy.inherited = new Set(this.#written.filter((written) => isOfHand(written, tablet)));
    this.#signIn(copy, tablet.keys);
    await copy.device.restart();
  }

  async #inspections({ device }: Tablet): Promise<Inspection[]> {
    return (await device.store.inspections()).map(({ inspection }) => inspection);
  }

  async #findings(tablet: Tablet): Promise<Finding[]> {
    const inspections = await this.#inspections(tablet);
    const all = await Promise.all(inspections.map(({ id }) => tablet.device.store.findings(id)));
    return all.flat();
  }

  async #saveInspection(tablet: Tablet, inspection: Inspection, before?: Inspection): Promise<void> {
    const saved = await tablet.device.store.saveInspection(inspection);
    if (!saved.ok) return;
    const record = `inspection ${inspection.id}`;
    this.#note({ by: tablet, record, field: 'title', value: inspection.title, over: before?.title });
  }

  async #saveFinding(tablet: Tablet, finding: Finding, before?: Finding): Promise<void> {
    const saved = await tablet.device.store.saveFinding(finding);
    if (!saved.ok) return;
    this.#note({
      ...{ by: tablet, record: `finding ${finding.id}`, field: 'note' },
      ...{ value: finding.note, over: before?.note },
    });
  }

  async #photograph(tablet: Tablet, at: number): Promise<void> {
    const inspection = pick(await this.#inspections(tablet), at);
    if (!inspection) return;
    const seed = this.#count++;
    const saved = await tablet.device.store.savePhoto(draftOf(inspection.id), photoOf(seed, 40 + seed));
    if (!saved.ok) return;
    this.#made.set(`capture ${saved.value.id}`, tablet);
    const analysis = analysisOf(inspection.id, saved.value.id);
    const finding = findingOf(analysis);
    const drawn = findingOf(analysis, { origin: 'human', state: 'accepted', note: `n${seed}` });
    if ((await tablet.device.store.saveAnalysis(analysis, [finding])).ok) {
      this.#made.set(`analysis ${analysis.id}`, tablet).set(`finding ${finding.id}`, tablet);
    }
    await this.#saveFinding(tablet, drawn);
  }

  async #judge(tablet: Tablet, at: number): Promise<void> {
    const finding = pick(await this.#findings(tablet), at);
    if (!finding) return;
    const review = reviewOf(finding, at % 2 ? 'accepted' : 'rejected');
    if ((await tablet.device.store.saveReview(review)).ok) this.#made.set(`review ${review.id}`, tablet);
  }

  async #delete(tablet: Tablet, at: number): Promise<void> {
    const inspection = pick(await this.#inspections(tablet), at);
    if (!inspection) return;
    const deleted = await tablet.device.store.deleteInspection(inspection.id);
    if (deleted.ok) tablet.undo = deleted.value;
  }

  #note(written: Written): void {
    this.counts.writes++;
    // Whoever writes again means to replace what the same hand wrote before, also where a rival shows.
    for (const former of this.#written) {
      const { record, field, value } = former;
      const isOwn = isOfHand(former, written.by) && record === written.record && field === written.field;
      if (isOwn) this.#overwritten.add(`${record} ${String(value)}`);
    }
    this.#written.push(written);
    this.#made.set(written.record, written.by);
    if (written.over !== undefined) this.#overwritten.add(`${written.record} ${written.over}`);
  }

  async #sync(tablet: Tablet, fault?: string): Promise<void> {
    const store = new SyncStore(tablet.device.parts);
    const { url, fetch, patienceMs } = this.#world;
    const api = new ApiClient({ url, session: tablet.session, fetch, patienceMs });
    this.#world.fault = fault;
    const pushed = await pushOutbox({
      ...{ store, api, device: String(tablet.name) },
      now: () => tablet.device.now,
      chance: () => 0.5,
    });
    const pulled = pushed === 'done' ? await pullChanges({ store, api }) : pushed;
    this.#world.fault = undefined;
    // One of two who hold the same key, as after a copy or a backup: it is enrolled again by a person.
    if (pulled !== 'signed-out') return;
    this.#signIn(tablet, await this.#world.enrol('again'));
    await store.setObstacle('blocked-auth', false);
  }

  /** The network works again, and everybody syncs until nothing changes any more. */
  async #settle(): Promise<void> {
    await this.#world.deliverLate();
    let former = '';
    let wasEmpty = false;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      for (const tablet of this.#tablets) {
        tablet.device.now += 10 * 60 * 1000;
        await this.#sync(tablet);
        await this.#sendPhotos(tablet);
      }
      const state = JSON.stringify(await Promise.all(this.#tablets.map((tablet) => this.#picture(tablet))));
      const waiting = await Promise.all(this.#tablets.map(({ device }) => device.store.waiting()));
      const isEmpty = waiting.every((count) => count === 0);
      // What was sent in this round, those before have not heard of.
      if (state === former && isEmpty && wasEmpty) return;
      former = state;
      wasEmpty = isEmpty;
    }
    this.counts.stuck++;
  }

  /** Photos have a lane of their own; here they arrive at once. */
  async #sendPhotos({ device }: Tablet): Promise<void> {
    const store = new SyncStore(device.parts);
    const waiting = await store.waitingPhotos();
    await store.keepTransfers(waiting.map(({ sha256 }) => ({ sha256, receivedAt: 1 })));
    await store.takeAwayLeft();
  }

  /** What a tablet shows: records whose inspection is there. */
  async #picture({ device }: Tablet): Promise<readonly unknown[]> {
    const rows = await device.parts.records.read(SHOWN, (read) =>
      Promise.all(SHOWN.map(async (store) => (await read.all(store)) as Row[])),
    );
    const here = new Set(rows[0]?.map(({ id }) => id));
    return rows.map((all) => all.filter(({ id, inspectionId }) => here.has(inspectionId ?? id)));
  }

  async #check(): Promise<void> {
    const { database, tenant } = this.#world;
    const kept = await database.read((sql) => recordsAfter(sql, tenant, 0, 100_000));
    const records = new Map(kept.map(({ merged }) => [`${merged.entity} ${merged.id}`, merged]));
    for (const key of this.#made.keys()) if (!records.has(key)) this.counts.lost++;
    for (const record of records.values()) this.counts.doubled += doubledIn(record);
    const last = new Map<string, string | undefined>();
    for (const { by, record, field, value } of this.#written) {
      const standing = records.get(record)?.fields[field]?.map((register) => register.value) ?? [];
      const hand = `${by.name} ${record} ${field}`;
      const former = last.get(hand);
      const isAgain = this.#again.has(`${record} ${String(former)}`);
      if (former !== undefined && standing.includes(former) && !isAgain) this.counts.unreplaced++;
      last.set(hand, value);
      const isReplaced = this.#overwritten.has(`${record} ${String(value)}`);
      if (!standing.includes(value) && !isReplaced) this.counts.overwritten++;
    }
    const pictures = await Promise.all(this.#tablets.map((tablet) => this.#picture(tablet)));
    const states = await Promise.all(
      this.#tablets.map(({ device }) => new SyncStore(device.parts).conflicts()),
    );
    this.counts.conflicts = states[0]?.length ?? 0;
    const [first, ...others] = pictures.map((picture) => canonicalJson(picture));
    this.counts.diverged = others.filter((other) => other !== first).length;
    const { writes: _writes, conflicts: _conflicts, ...wrong } = this.counts;
    const nothing = { lost: 0, doubled: 0, overwritten: 0, unreplaced: 0, stuck: 0, diverged: 0 };
    for (const other of pictures.slice(1)) expect(other).toEqual(pictures[0]);
    expect(wrong).toEqual(nothing);
  }
}

const isOfHand = (written: Written, tablet: Tablet): boolean =>
  written.by === tablet || tablet.inherited.has(written);

interface Row {
  readonly id: string;
  readonly inspectionId?: string;
}

/** One write that stands twice. */
function doubledIn({ fields }: MergedRecord): number {
  return Object.values(fields)
    .map((registers) => registers.map(({ opId, hlc }) => opId ?? hlc))
    .reduce((sum, writes) => sum + writes.length - new Set(writes).size, 0);
}

const pick = <T>(from: readonly T[], at: number): T | undefined => from[at % Math.max(1, from.length)];
