import type { TakenReleases } from '../../../core/contract/release.ts';
import type { PackStatus } from '../../../core/contract/vision-worker.ts';
import type { SyncStore } from '../../storage/sync-store.ts';
import type { ApiClient } from '../../sync/api-client.ts';
import type { PackShelf } from '../pack-shelf.svelte.ts';
import type { Vision } from '../vision.ts';

export interface OfficeModelsParts {
  readonly store: Pick<SyncStore, 'account' | 'publishers' | 'keepPublishers'>;
  readonly vision: Pick<Vision, 'takeReleases' | 'installRelease' | 'installPack'>;
  readonly client: () => Promise<ApiClient | undefined>;
  readonly now: () => number;
  /** What a screen shows of the packs here. */
  readonly shelf: Pick<PackShelf, 'load' | 'loadRefused'>;
  readonly onInstalled: (pack: PackStatus) => void;
}

/** Rounds come with every save, and releases do not. */
const LEAST_PAUSE_MS = 30_000;

/** Asks the office which releases of models this device is to run, and has the worker check, fetch and prove them. */
export class OfficeModels {
  readonly #parts: OfficeModelsParts;
  #asked = -Infinity;
  #running: Promise<void> | undefined;

  constructor(parts: OfficeModelsParts) {
    this.#parts = parts;
  }

  /** The next look asks, however lately it was asked. */
  hurry(): void {
    this.#asked = -Infinity;
  }

  /** Never rejects: what is not reached is asked for again. Whoever looks meanwhile gets the same look. */
  look(): Promise<void> {
    this.#running ??= this.#look()
      .catch(() => undefined)
      .finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #look(): Promise<void> {
    const { store, vision, client, now } = this.#parts;
    const since = now() - this.#asked;
    if (since >= 0 && since < LEAST_PAUSE_MS) return;
    const account = await store.account();
    // A desk that inspects nothing runs no models.
    if (!account?.roles.includes('technician')) return;
    const api = await client();
    const answer = await api?.releases();
    if (!answer?.ok) return;
    this.#asked = now();
    const { releases, keys } = answer.value;
    if (releases.length === 0 && keys.length === 0) return;
    const taken = await vision.takeReleases({ releases, offered: keys, pinned: await store.publishers() });
    if (!taken.ok) return;
    await store.keepPublishers(account.device, taken.value.trusted);
    await this.#use(taken.value);
    if (taken.value.toInstall.length + taken.value.withdrawn.length > 0) await api?.report();
  }

  async #use({ withdrawn, toInstall }: TakenReleases): Promise<void> {
    const { vision, shelf, onInstalled } = this.#parts;
    for (const id of withdrawn) await vision.installPack(id);
    for (const id of toInstall) {
      const installed = await vision.installRelease(id);
      if (installed.ok) onInstalled(installed.value);
    }
    await (toInstall.length + withdrawn.length > 0 ? shelf.load() : shelf.loadRefused());
  }
}
