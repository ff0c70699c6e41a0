import type { StorageFailure } from './inspection-store.ts';

/** What the browser says of this origin's storage; `navigator.storage` in a page. */
export interface StorageDoor {
  estimate(): Promise<{ usage?: number; quota?: number }>;
  persisted(): Promise<boolean>;
  persist(): Promise<boolean>;
}

/** Free and used space of this origin, in bytes. */
export class Space {
  readonly #door: StorageDoor | undefined;

  /** Undefined where the browser has no such door (WebKitGTK): then only a refused write tells. */
  constructor(door: StorageDoor | undefined) {
    this.#door = door;
  }

  async estimate(): Promise<{ usedBytes: number; quotaBytes: number; freeBytes: number }> {
    const { usage = 0, quota = Number.MAX_SAFE_INTEGER } = (await this.#door?.estimate()) ?? {};
    return { usedBytes: usage, quotaBytes: quota, freeBytes: Math.max(0, quota - usage) };
  }

  /** Undefined when a photo of this size may fit; the browser may still refuse it. */
  async refusal(photoBytes: number): Promise<StorageFailure | undefined> {
    const { freeBytes } = await this.estimate();
    return photoBytes <= freeBytes ? undefined : { kind: 'no-space', neededBytes: photoBytes, freeBytes };
  }

  /** Adds what only the browser knows to a failure for lack of space. */
  async explain(failure: StorageFailure): Promise<StorageFailure> {
    if (failure.kind !== 'no-space') return failure;
    const { freeBytes } = await this.estimate();
    // It told of more than it then gave: what is really free is not known.
    return { ...failure, freeBytes: freeBytes >= failure.neededBytes ? 0 : freeBytes };
  }

  async isPersisted(): Promise<boolean> {
    return (await this.#door?.persisted()) ?? false;
  }

  async requestPersistence(): Promise<boolean> {
    return (await this.#door?.persist()) ?? false;
  }
}
