import * as v from 'valibot';
import type { Records } from './records.ts';
import { storeSchemas, storeShapes, type Row, type StoreName } from './schema.ts';

/**
 * Parses every row as it is read. A row that its schema refuses is left out, and set aside into the store
 * `quarantine` afterwards, so that one broken record never takes a screen down.
 */
export class TypedRows {
  readonly #records: Records;
  readonly #now: () => number;
  #settingAside: Promise<unknown> = Promise.resolve();

  constructor(records: Records, now: () => number) {
    this.#records = records;
    this.#now = now;
  }

  one<Store extends StoreName>(store: Store, raw: unknown): Row<Store> | undefined {
    if (raw === undefined) return undefined;
    const parsed = v.safeParse(storeSchemas[store], raw);
    // TypeScript loses the tie between store and schema in the union of all schemas.
    if (parsed.success) return parsed.output;
    this.#setAside(store, raw, v.summarize(parsed.issues));
    return undefined;
  }

  many<Store extends StoreName>(store: Store, raws: readonly unknown[]): Row<Store>[] {
    return raws.flatMap((raw) => this.one(store, raw) ?? []);
  }

  /** Resolves when all that was refused so far has been set aside. */
  async settled(): Promise<void> {
    await this.#settingAside;
  }

  #setAside(store: StoreName, raw: unknown, reason: string): void {
    const key: unknown =
      typeof raw === 'object' && raw !== null ? Reflect.get(raw, storeShapes[store].keyPath) : undefined;
    if (typeof key !== 'string') return;
    const move = this.#records.write([store, 'quarantine'], async (transaction) => {
      const row = await transaction.get(store, key);
      // Another tab may have mended or moved it since it was read.
      if (row === undefined || v.safeParse(storeSchemas[store], row).success) return;
      transaction.put('quarantine', { key: `${store}/${key}`, store, row, reason, at: this.#now() });
      transaction.delete(store, key);
    });
    // Not saved now means found and refused again at the next read.
    this.#settingAside = Promise.all([this.#settingAside, move.catch(() => undefined)]);
  }
}
