import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { uuidV7 } from '../../../core/domain/uuid-v7.ts';
import { mulberry32 } from '../../../core/vision/random.ts';
import { Changes } from '../../../src/storage/changes.ts';
import { IdbRecords } from '../../../src/storage/idb-records.ts';
import { Journal } from '../../../src/storage/journal.ts';
import { KeptInspectionStore } from '../../../src/storage/kept-inspection-store.ts';
import { MemoryRecords } from '../../../src/storage/memory-records.ts';
import { memoryParts } from '../../../src/storage/memory-store.ts';
import { Outbox } from '../../../src/storage/outbox.ts';
import type { Records, WriteTransaction } from '../../../src/storage/records.ts';
import { storeNames, storeShapes, type OutboxHead, type StoreName } from '../../../src/storage/schema.ts';
import { scrub, type ScrubReport } from '../../../src/storage/scrub.ts';
import { Sentinels, type SentinelPlace } from '../../../src/storage/sentinels.ts';
import type { StoreParts } from '../../../src/storage/store-parts.ts';
import { TypedRows } from '../../../src/storage/typed-rows.ts';

export type Adapter = 'memory' | 'indexeddb';
/** A write that never comes, or one that is made but whose answer is lost. */
export type WriteFault = 'lost' | 'answer-lost';
type Dump = readonly (readonly [StoreName, unknown])[];

export interface Snapshot {
  readonly rows: Dump;
  readonly journal: number;
  readonly sentinel: string | undefined;
}

/** A tablet whose database can fail, fall back in time, or vanish, while its files and sentinels stay. */
export class HistoryDevice {
  now = 1_700_000_000_000;
  store!: KeptInspectionStore; // set by `restart`, which `create` awaits
  parts!: StoreParts; // as above
  #isRunning = false;
  readonly journal: string[] = [];
  #sentinel: string | undefined;
  #fault: WriteFault | undefined;
  readonly #adapter: Adapter;
  readonly #random: () => number;
  readonly #factory = new IDBFactory();
  readonly #memory = new MemoryRecords();
  readonly #photos = new MemoryRecords();

  private constructor(adapter: Adapter, seed: number) {
    this.#adapter = adapter;
    this.#random = mulberry32(seed);
  }

  static async create(adapter: Adapter, seed: number): Promise<HistoryDevice> {
    const device = new HistoryDevice(adapter, seed);
    await device.restart();
    return device;
  }

  failNextWrite(fault: WriteFault | undefined): void {
    this.#fault = fault;
  }

  newId = (): string =>
    uuidV7(
      this.now,
      Uint8Array.from({ length: 10 }, () => Math.floor(this.#random() * 256)),
    );

  async restart(): Promise<ScrubReport> {
    if (this.#isRunning) this.parts.records.close();
    this.#isRunning = true;
    const { now, newId } = { now: () => this.now, newId: this.newId };
    const records = this.#faulty(await this.#open());
    const rows = new TypedRows(records, now);
    const sentinels = new Sentinels([this.#place]);
    const { files } = memoryParts({ records: this.#photos, now });
    const note = (head: OutboxHead): void => void sentinels.note(head);
    const spare = memoryParts({ now });
    this.parts = {
      ...{ records, rows, files, now, newId, space: spare.space, whileWriting: spare.whileWriting },
      outbox: new Outbox(rows, { now, newId }, note),
      journal: new Journal({
        append: (line) => Promise.resolve(void this.journal.push(line)),
        lines: () => Promise.resolve(this.journal),
      }),
      changes: new Changes(),
    };
    this.store = new KeptInspectionStore(this.parts);
    return scrub(this.parts, sentinels);
  }

  /** The whole profile, as a backup would take it. */
  async snapshot(): Promise<Snapshot> {
    return { rows: await this.#dump(), journal: this.journal.length, sentinel: this.#sentinel };
  }

  /** The database alone falls back: the rest tells of it. */
  async rollBack({ rows }: Snapshot): Promise<void> {
    await this.#load(rows);
  }

  vanish(): Promise<void> {
    return this.#load([]);
  }

  /** Everything falls back; nothing on the device can tell. */
  async restoreProfile(snapshot: Snapshot): Promise<void> {
    await this.#load(snapshot.rows);
    this.journal.length = snapshot.journal;
    this.#sentinel = snapshot.sentinel;
  }

  readonly #place: SentinelPlace = {
    read: () => Promise.resolve(this.#sentinel),
    write: (text) => Promise.resolve(void (this.#sentinel = text)),
  };

  async #open(): Promise<Records> {
    if (this.#adapter === 'memory') return this.#memory;
    Object.assign(globalThis, { indexedDB: this.#factory });
    return IdbRecords.open('history', {});
  }

  #faulty(records: Records): Records {
    return {
      read: (stores, body) => records.read(stores, body),
      write: async (stores, body) => {
        const fault = stores.includes('operations') ? this.#fault : undefined;
        this.#fault = fault === undefined ? this.#fault : undefined;
        if (fault === 'lost') throw new DOMException('connection lost', 'UnknownError');
        const value = await records.write(stores, body);
        if (fault === 'answer-lost') throw new DOMException('connection lost', 'UnknownError');
        return value;
      },
      close: () => {
        records.close();
      },
    };
  }

  async #dump(): Promise<Dump> {
    return this.parts.records.read(storeNames, async (read) => {
      const rows = await Promise.all(
        storeNames.map(async (name) => (await read.all(name)).map((row) => [name, row] as const)),
      );
      return rows.flat();
    });
  }

  async #load(rows: Dump): Promise<void> {
    const before = await this.#dump();
    await this.parts.records.write(storeNames, (transaction: WriteTransaction) => {
      for (const [name, row] of before) transaction.delete(name, keyOf(name, row));
      for (const [name, row] of rows) transaction.putUnparsed(name, row);
      return Promise.resolve();
    });
  }
}

function keyOf(name: StoreName, row: unknown): string {
  return String(Reflect.get(row as object, storeShapes[name].keyPath));
}
