import * as v from 'valibot';
import type { InspectionId } from '../../../core/contract/ids.ts';
import type { Operation } from '../../../core/contract/operation.ts';
import type { OfficePart } from '../../../core/contract/vision-worker.ts';
import type { Outcome } from '../../../core/domain/outcome.ts';
import { lead } from '../../storage/lead.ts';
import type { InspectionStore } from '../../storage/inspection-store.ts';
import type { PhotoFact, SyncFacts } from '../../storage/sync-facts.ts';
import type { Account, SyncStore } from '../../storage/sync-store.ts';
import { SyncLoop } from '../../sync/sync-loop.ts';
import { Syncer, type EnrolFailure } from '../../sync/syncer.ts';
import type { Vision } from '../vision.ts';
import { appReport } from './app-report.ts';
import { OfficeModels, type OfficeModelsParts } from './office-models.ts';
import { hashOf, RemotePhotos } from './remote-photos.ts';
import { reasonOf, TabMessage, type SyncStatus } from './sync-status.ts';

export interface SyncParts {
  readonly store: SyncStore;
  readonly kept: InspectionStore;
  /** Where app and server are, with a slash at the end. */
  readonly url: string;
  /** Whether what is kept here is encrypted. */
  readonly isSealed: () => boolean;
  /** Says which model packs are kept here, of which the office is told, and takes those that it releases. */
  readonly vision: Pick<Vision, 'packs'> & OfficeModelsParts['vision'];
  readonly models: Pick<OfficeModelsParts, 'shelf' | 'onInstalled'>;
}

type Conflicts = Awaited<ReturnType<SyncStore['conflicts']>>;

const NAME = 'loupe-sync';
const PAUSED = 'sync/paused';
const LAST = 'sync/last';
/** Between one reading and the next that changes ask for: a burst of saves costs a few. */
const READ_EVERY_MS = 300;

/** This device and its server: what waits and why, and the rounds that bring the two together while a tab is open. */
export class Sync {
  #account = $state.raw<Account>();
  #facts = $state.raw<SyncFacts>({ operations: [], photos: [] });
  #conflicts = $state.raw<Conflicts>([]);
  #owners = $state.raw<ReadonlyMap<string, InspectionId>>(new Map());
  #status = $state.raw<SyncStatus>({ state: 'idle', sending: [] });
  #isPaused = $state(false);
  readonly remotePhotos: RemotePhotos;
  readonly store: SyncStore;
  readonly #kept: InspectionStore;
  readonly #url: string;
  readonly #syncer: Syncer;
  readonly #loop: SyncLoop;
  readonly #models: OfficeModels;
  readonly #channel = new BroadcastChannel(NAME);
  #isLeading = false;
  #stopLeading: (() => void) | undefined;
  #nextRead: ReturnType<typeof setTimeout> | undefined;
  #lastRead = Promise.resolve();
  #readAt = -Infinity;

  constructor({ store, kept, url, isSealed, vision, models }: SyncParts) {
    this.store = store;
    this.#kept = kept;
    this.#url = url;
    this.#syncer = new Syncer({
      store,
      now: Date.now,
      chance: Math.random,
      hash: hashOf,
      app: () => appReport(vision),
      onProgress: (sha256, done, all) => this.#progress(sha256, done, all),
    });
    this.#models = new OfficeModels({
      ...{ store, vision, now: Date.now, ...models },
      client: () => this.client(),
    });
    this.#loop = new SyncLoop({
      round: (signal) => this.#round(signal),
      pauseMs: () => this.#syncer.pauseMs(),
      hurry: () => store.hurry(),
      dueInMs: () => this.#dueInMs(),
      onNext: (nextAt) => this.#tell({ ...this.#status, nextAt }),
    });
    this.remotePhotos = new RemotePhotos(
      async (sha256) => {
        const photo = await this.#syncer.photo(sha256);
        return photo.ok ? photo.value : undefined;
      },
      () => !isSealed(),
    );
  }

  get account(): Account | undefined {
    return this.#account;
  }
  get status(): SyncStatus {
    return this.#status;
  }
  get isPaused(): boolean {
    return this.#isPaused;
  }
  /** Changes that no server has, oldest first, those among them that it refused. */
  get operations(): readonly Operation[] {
    return this.#facts.operations;
  }
  get rejected(): readonly Operation[] {
    return this.#facts.operations.filter(({ state }) => state === 'rejected');
  }
  /** Photos taken here that the server has not confirmed. */
  get waitingPhotos(): readonly PhotoFact[] {
    return this.#facts.photos.filter(({ isElsewhere, isConfirmed }) => !isElsewhere && !isConfirmed);
  }
  get troubledPhotos(): readonly PhotoFact[] {
    return this.waitingPhotos.filter(({ trouble }) => trouble !== undefined);
  }
  get waiting(): number {
    return this.#facts.operations.length + this.waitingPhotos.length;
  }
  get conflicts(): Conflicts {
    return this.#conflicts;
  }

  /** The inspection that a refused change belongs to. */
  inspectionOf({ opId }: Operation): InspectionId | undefined {
    return this.#owners.get(opId);
  }

  /** Of photos taken here: how many there are, and how many the server has confirmed. */
  receipts(inspectionId?: InspectionId): { readonly confirmed: number; readonly all: number } {
    const own = this.#facts.photos.filter(
      (photo) => !photo.isElsewhere && (inspectionId === undefined || photo.inspectionId === inspectionId),
    );
    return { confirmed: own.filter(({ isConfirmed }) => isConfirmed).length, all: own.length };
  }

  /** Reads how it stands, and begins where this device is enrolled. */
  async start(): Promise<this> {
    this.#channel.addEventListener('message', (event: MessageEvent<unknown>) => this.#hear(event.data));
    this.#kept.onChange(() => {
      this.#loop.saved();
      this.#readSoon();
    });
    // A hint only: it says that there is a network, not that the server is behind it.
    addEventListener('online', () => void this.now());
    const last = await this.#kept.setting(LAST, asNumber);
    this.#status = { ...this.#status, ...(last !== undefined && { lastAt: last }) };
    await this.#readAccount();
    this.#say({ kind: 'hello' });
    return this;
  }

  /** Makes this a device of the server that the app came from. */
  async enrol(code: string, name: string): Promise<Outcome<Account, EnrolFailure>> {
    const enrolled = await this.#syncer.enrol(this.#url, code, name);
    if (!enrolled.ok) return enrolled;
    await this.#kept.saveSetting(PAUSED, false);
    await this.#changed();
    await this.now();
    return enrolled;
  }

  /** All that is kept here stays; nothing is sent or fetched any more. */
  async signOut(): Promise<void> {
    await this.store.keepAccount(undefined);
    await this.#changed();
  }

  /** One round, to its end, whoever leads: the desk decides on what this browser has sent and seen. */
  async round(): Promise<void> {
    await this.#syncer.sync();
    await this.#read();
  }

  /** Bytes of a file of a model pack; undefined where the server is not reached or this device is enrolled nowhere. */
  async packPart(...wanted: Parameters<OfficePart>): ReturnType<OfficePart> {
    const part = await (await this.client())?.packPart(...wanted);
    return part?.ok ? part.value : undefined;
  }

  /** For what is asked of the server beside a round; undefined where this device is enrolled nowhere. */
  client(): ReturnType<Syncer['client']> {
    return this.#syncer.client();
  }

  async now(): Promise<void> {
    if (!this.#account || this.#isPaused) return;
    this.#models.hurry();
    if (this.#isLeading) await this.#loop.now();
    else this.#say({ kind: 'now' });
  }

  async pause(isPaused: boolean): Promise<void> {
    await this.#kept.saveSetting(PAUSED, isPaused);
    await this.#changed();
    if (!isPaused) await this.now();
  }

  /** Refused changes go once more, as their records are now. */
  async resend(operations: readonly Operation[]): Promise<void> {
    for (const { opId } of operations) await this.store.resend(opId);
    await this.#read();
    await this.now();
  }

  async resendPhotos(photos: readonly PhotoFact[]): Promise<void> {
    await this.store.keepTransfers(photos.map(({ sha256 }) => ({ sha256 })));
    await this.#read();
    await this.now();
  }

  async settle(...of: Parameters<SyncStore['settleConflict']>): Promise<void> {
    await this.store.settleConflict(...of);
    await this.#read();
    await this.now();
  }

  async #round(signal: AbortSignal): ReturnType<Syncer['sync']> {
    this.#tell({ ...this.#status, state: 'sending', nextAt: undefined });
    const state = await this.#syncer.sync(signal);
    const { trouble } = this.#syncer;
    await this.#read();
    const isDone = state === 'idle' && this.waiting - this.rejected.length === this.troubledPhotos.length;
    if (isDone) await this.#kept.saveSetting(LAST, Date.now());
    this.#tell({
      state,
      sending: [],
      ...(state === 'unreached' && { reason: trouble ? reasonOf(trouble) : ('no-answer' as const) }),
      lastAt: isDone ? Date.now() : this.#status.lastAt,
    });
    // Beside the rounds: a model takes minutes, and photos do not wait for it.
    if (state === 'idle') void this.#models.look();
    return state;
  }

  async #dueInMs(): Promise<number | undefined> {
    const pending = (await this.store.operations()).filter(({ state }) => state === 'pending');
    if (pending.length === 0) return undefined;
    return Math.max(0, Math.min(...pending.map(({ nextAt }) => nextAt)) - Date.now());
  }

  #progress(sha256: string, done: number, all: number): void {
    const others = this.#status.sending.filter((one) => one.sha256 !== sha256);
    const isOver = done >= all;
    this.#tell({ ...this.#status, sending: isOver ? others : [...others, { sha256, done, all }] });
    if (isOver) this.#readSoon();
  }

  /** The account or the pause has changed, here or in another tab. */
  async #changed(): Promise<void> {
    await this.#readAccount();
    this.#say({ kind: 'changed' });
  }

  async #readAccount(): Promise<void> {
    this.#account = await this.store.account();
    this.#isPaused = (await this.#kept.setting(PAUSED, asBoolean)) ?? false;
    this.#loop.pause(this.#isPaused);
    await this.#read();
    if (this.#account) this.#stopLeading ??= lead(NAME, (term) => this.#asLeader(term));
    else {
      this.#stopLeading?.();
      this.#stopLeading = undefined;
    }
  }

  async #asLeader(term: AbortSignal): Promise<void> {
    this.#isLeading = true;
    term.addEventListener('abort', () => (this.#isLeading = false));
    await this.#syncer.afterStart();
    await this.#loop.run(term);
  }

  #hear(raw: unknown): void {
    const message = v.safeParse(TabMessage, raw);
    if (!message.success) return;
    switch (message.output.kind) {
      case 'status':
        if (this.#isLeading) return;
        this.#status = message.output.status;
        this.#readSoon();
        return;
      case 'now':
        if (!this.#isLeading) return;
        this.#models.hurry();
        void this.#loop.now();
        return;
      case 'changed':
        void this.#readAccount();
        return;
      case 'hello':
        if (this.#isLeading) this.#say({ kind: 'status', status: this.#status });
    }
  }

  #tell(status: SyncStatus): void {
    this.#status = status;
    this.#say({ kind: 'status', status });
  }

  #say(message: TabMessage): void {
    this.#channel.postMessage(message);
  }

  async #ownerOf({ entity, id }: Operation): Promise<InspectionId | undefined> {
    const record = await this.store.record(entity, id);
    return record && ('inspectionId' in record ? record.inspectionId : record.id);
  }

  /** At once after a pause, so that the screen does not go on saying that all has arrived after a save. */
  #readSoon(): void {
    const wait = Math.max(0, this.#readAt + READ_EVERY_MS - performance.now());
    this.#nextRead ??= setTimeout(() => void this.#read(), wait);
  }

  /** One after the other: a reading that began earlier never replaces a later one. */
  #read(): Promise<void> {
    clearTimeout(this.#nextRead);
    this.#nextRead = undefined;
    this.#readAt = performance.now();
    const read = this.#lastRead.then(() => this.#readNow());
    this.#lastRead = read.catch(() => undefined);
    return read;
  }

  async #readNow(): Promise<void> {
    const [facts, conflicts] = await Promise.all([this.store.facts(), this.store.conflicts()]);
    this.#facts = facts;
    this.#conflicts = conflicts;
    const owners = new Map<string, InspectionId>();
    for (const operation of this.rejected) {
      const owner = await this.#ownerOf(operation);
      if (owner) owners.set(operation.opId, owner);
    }
    this.#owners = owners;
  }
}

const asNumber = (raw: unknown): number | undefined => (typeof raw === 'number' ? raw : undefined);
const asBoolean = (raw: unknown): boolean | undefined => (typeof raw === 'boolean' ? raw : undefined);
