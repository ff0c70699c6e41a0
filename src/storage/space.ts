import type { StorageFailure } from './inspection-store.ts';

/** What the browser says of this origin's storage; `navigator.storage` in a page. */
export interface StorageDoor {
  estimate(): Promise<{ usage?: number; quota?: number }>;
  persisted(): Promise<boolean>;
  persist(): Promise<boolean>;
}

/** Kept free of photos, so that judging can go on when no more photos fit. */
export const RECORD_RESERVE_BYTES = 16 * 1024 * 1024;

/** Free and used space of this origin, in bytes. */
export class Space {
  readonly #door: StorageDoor;

  constructor(door: StorageDoor) {
    this.#door = door;
  }

  async estimate(): Promise<{ usedBytes: number; quotaBytes: number; freeBytes: number }> {
    const { usage = 0, quota = Number.MAX_SAFE_INTEGER } = await this.#door.estimate();
    return { usedBytes: usage, quotaBytes: quota, freeBytes: Math.max(0, quota - usage) };
  }

  /** Undefined when a photo of this size fits beside the reserve. */
  async refusal(photoBytes: number): Promise<StorageFailure | undefined> {
    const { freeBytes } = await this.estimate();
    const neededBytes = photoBytes + RECORD_RESERVE_BYTES;
    return neededBytes <= freeBytes ? undefined : { kind: 'no-space', neededBytes, freeBytes };
  }

  /** Adds what only the browser knows to a failure for lack of space. */
  async explain(failure: StorageFailure): Promise<StorageFailure> {
    if (failure.kind !== 'no-space') return failure;
    return { ...failure, freeBytes: (await this.estimate()).freeBytes };
  }

  isPersisted(): Promise<boolean> {
    return this.#door.persisted();
  }

  requestPersistence(): Promise<boolean> {
    return this.#door.persist();
  }
}
