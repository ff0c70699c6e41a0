import type { Capabilities } from '../../core/contract/runtime.ts';
import type { InspectionStore, StorageStatus } from '../storage/inspection-store.ts';
import type { Vision } from './vision.ts';

/** What this device can do and has kept: network, offline shell, storage, capabilities. */
export class Device {
  #online = $state(navigator.onLine);
  #shellKept = $state(false);
  #storage = $state.raw<StorageStatus>();
  #capabilities = $state.raw<Capabilities>();
  #gpuGivenUp = $state(false);
  readonly #store: Pick<InspectionStore, 'status'>;
  readonly #vision: Pick<Vision, 'capabilities'>;
  readonly #requestPersistence: () => Promise<boolean>;

  constructor(
    store: Pick<InspectionStore, 'status'>,
    vision: Pick<Vision, 'capabilities'>,
    requestPersistence: () => Promise<boolean>,
  ) {
    this.#requestPersistence = requestPersistence;
    this.#store = store;
    this.#vision = vision;
    addEventListener('online', () => (this.#online = true));
    addEventListener('offline', () => (this.#online = false));
    // A service worker in control has answered this page, so the shell is in its cache.
    const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
    this.#shellKept = Boolean(container?.controller);
    void container?.ready.then((registration) => (this.#shellKept = registration.active !== null));
  }

  get online(): boolean {
    return this.#online;
  }
  /** The app itself opens without a network. */
  get shellKept(): boolean {
    return this.#shellKept;
  }
  get storage(): StorageStatus | undefined {
    return this.#storage;
  }
  get capabilities(): Capabilities | undefined {
    return this.#capabilities;
  }
  /** Until the app is opened again, models run on the CPU: the graphics chip has stopped under one. */
  get gpuGivenUp(): boolean {
    return this.#gpuGivenUp;
  }
  get freeBytes(): number {
    return Math.max(0, (this.#storage?.quotaBytes ?? 0) - (this.#storage?.usedBytes ?? 0));
  }

  async load(): Promise<void> {
    const [storage, capabilities] = await Promise.all([this.#store.status(), this.#vision.capabilities()]);
    this.#storage = storage;
    this.#capabilities = capabilities;
  }

  giveUpGpu(): void {
    this.#gpuGivenUp = true;
  }

  async refreshStorage(): Promise<void> {
    this.#storage = await this.#store.status();
  }

  /** Asks the browser not to clear this site when space is short; it may refuse without a word. */
  async askToPersist(): Promise<boolean> {
    const granted = await this.#requestPersistence();
    await this.refreshStorage();
    return granted;
  }
}
