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
import { RecordPhotoFiles } from '../../../src/storage/record-photo-files.ts';
import type { Records, WriteTransaction } from '../../../src/storage/records.ts';
import { storeNames, storeShapes, type OutboxHead, type StoreName } from '../../../src/storage/schema.ts';
import { scrub, type ScrubReport } from '../../../src/storage/scrub.ts';
import { Sentinels, type SentinelPlace } from '../../../src/storage/sentinels.ts';
import type { StoreParts } from '../../../src/storage/store-parts.ts';
import { rewriteJournal } from '../../../src/storage/tidy-journal.ts';
import { TypedRows } from '../../../src/storage/typed-rows.ts';

export type Adapter = 'memory' | 'indexeddb';
/** A write that never comes, or one that is made but whose answer is lost. */
export type WriteFault = 'lost' | 'answer-lost';
type Dump = readonly (readonly [StoreName, unknown])[];

export interface Snapshot {
  readonly rows: Dump;
  readonly photos: Dump;
  readonly journal: readonly string[];
  readonly sentinel: string | undefined;
}

/** In lines. */
const LONGEST_JOURNAL = 5;

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
    const files = new UnreservedFiles(this.#photos, new TypedRows(this.#photos, now));
    const note = (head: OutboxHead): void => void sentinels.note(head);
    const spare = memoryParts({ now });
    this.parts = {
      ...spare,
      ...{ records, rows, files, now, newId },
      outbox: new Outbox(rows, { now, newId }, note),
      journal: new Journal({
        append: (line) => Promise.resolve(void this.journal.push(line)),
        lines: () => Promise.resolve(this.journal),
      }),
      changes: new Changes(),
    };
    this.store = new KeptInspectionStore(this.parts);
    const report = await scrub(this.parts, sentinels);
    if (this.journal.length > LONGEST_JOURNAL) await this.#tidyJournal();
    return report;
  }

  /** As the app does after a dozen runs: whatever comes next has to do with what is left. */
  async #tidyJournal(): Promise<void> {
    await rewriteJournal(this.parts, {
      rewriteJournal: (rewrite) => {
        this.journal.splice(0, Infinity, ...rewrite([...this.journal]));
        return Promise.resolve();
      },
    });
  }

  /** The whole profile, as a backup would take it. */
  async snapshot(): Promise<Snapshot> {
    return {
      rows: await dump(this.parts.records),
      photos: await dump(this.#photos),
      journal: [...this.journal],
      sentinel: this.#sentinel,
    };
  }

  /** The database alone falls back: the rest tells of it. */
  async rollBack({ rows }: Snapshot): Promise<void> {
    await load(this.parts.records, rows);
  }

  vanish(): Promise<void> {
    return load(this.parts.records, []);
  }

  /** Everything falls back; nothing on the device can tell. */
  async restoreProfile(snapshot: Snapshot): Promise<void> {
    await load(this.parts.records, snapshot.rows);
    await load(this.#photos, snapshot.photos);
    this.journal.splice(0, Infinity, ...snapshot.journal);
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
}

/** A reserve of megabytes, copied with every restart, would take most of the time of thousands of histories. */
class UnreservedFiles extends RecordPhotoFiles {
  override holdReserve(): Promise<boolean> {
    return Promise.resolve(true);
  }

  override releaseReserve(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

async function dump(records: Records): Promise<Dump> {
  return records.read(storeNames, async (read) => {
    const rows = await Promise.all(
      storeNames.map(async (name) => (await read.all(name)).map((row) => [name, row] as const)),
    );
    return rows.flat();
  });
}

async function load(records: Records, rows: Dump): Promise<void> {
  const before = await dump(records);
  await records.write(storeNames, (transaction: WriteTransaction) => {
    for (const [name, row] of before) transaction.delete(name, keyOf(name, row));
    for (const [name, row] of rows) transaction.putUnparsed(name, row);
    return Promise.resolve();
  });
}

function keyOf(name: StoreName, row: unknown): string {
  return String(Reflect.get(row as object, storeShapes[name].keyPath));
}
