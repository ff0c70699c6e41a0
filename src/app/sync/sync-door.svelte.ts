import type { Sync } from './sync.svelte.ts';

/** Sync is no part of the first screen: it is loaded behind it, and once more when that failed. */
export class SyncDoor {
  #sync = $state.raw<Sync>();
  #opening: Promise<Sync> | undefined;
  readonly #open: () => Promise<Sync>;

  constructor(open: () => Promise<Sync>) {
    this.#open = open;
  }

  /** Undefined until it was loaded. */
  get current(): Sync | undefined {
    return this.#sync;
  }

  /** Errors: rejects where its code cannot be loaded, such as offline before all of the app is kept. */
  open(): Promise<Sync> {
    this.#opening ??= this.#open().then(
      (sync) => (this.#sync = sync),
      (error: unknown) => {
        this.#opening = undefined;
        throw error;
      },
    );
    return this.#opening;
  }
}
