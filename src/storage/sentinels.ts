import * as v from 'valibot';
import type { Sentinel } from '../../core/sync-rules/sentinel.ts';

const Noted = v.object({ epoch: v.string(), seq: v.number() });

/** Somewhere outside the database; a flipped bit in there makes Chromium drop the database without a word. */
export interface SentinelPlace {
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
}

/** Notes how far the outbox has come in places that do not vanish with the database. */
export class Sentinels {
  readonly #places: readonly SentinelPlace[];
  #next: Sentinel | undefined;
  #writing: Promise<void> | undefined;

  constructor(places: readonly SentinelPlace[]) {
    this.#places = places;
  }

  async seen(): Promise<readonly Sentinel[]> {
    const reads = await Promise.allSettled(this.#places.map(async (place) => place.read()));
    return reads.flatMap((read) =>
      read.status === 'fulfilled' && read.value !== undefined ? (parseNoted(read.value) ?? []) : [],
    );
  }

  /** Resolves when noted. While a note is being written only the newest of those that follow is kept. */
  note({ epoch, seq }: Sentinel): Promise<void> {
    this.#next = { epoch, seq };
    this.#writing ??= this.#drain().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #drain(): Promise<void> {
    while (this.#next) {
      const text = JSON.stringify(this.#next);
      this.#next = undefined;
      // A place that is full or refused leaves the other one; the save itself has long succeeded.
      await Promise.allSettled(this.#places.map(async (place) => place.write(text)));
    }
  }
}

function parseNoted(text: string): Sentinel | undefined {
  try {
    const noted = v.safeParse(Noted, JSON.parse(text));
    return noted.success ? noted.output : undefined;
  } catch {
    return undefined;
  }
}

export const webStoragePlace = (storage: Storage, key: string): SentinelPlace => ({
  read: () => Promise.resolve(storage.getItem(key) ?? undefined),
  write: (text) => {
    storage.setItem(key, text);
    return Promise.resolve();
  },
});

/** A sentinel is written rarely, since each time costs a file: enough to notice a database that is gone. */
export function opfsPlace(folderName: string, fileName = 'sentinel', everyWrites = 500): SentinelPlace {
  let writes = 0;
  const file = async (create: boolean): Promise<FileSystemFileHandle> => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(folderName, { create });
    return folder.getFileHandle(fileName, { create });
  };
  return {
    read: async () => (await (await file(false)).getFile()).text(),
    write: async (text) => {
      if (writes++ % everyWrites !== 0) return;
      const stream = await (await file(true)).createWritable();
      await stream.write(text);
      await stream.close();
    },
  };
}
