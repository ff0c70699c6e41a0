import { createSubscriber } from 'svelte/reactivity';
import { Workbox } from 'workbox-window';

/** `offered`: a newer app has been downloaded and waits for a person; nothing forces it. */
export type AppUpdateState = 'current' | 'offered' | 'accepted';

const LOOK_EVERY_MS = 60 * 60 * 1000;

/** Registers the service worker and tells when a newer app waits. `state` is reactive in components. */
export class AppUpdate {
  #state: AppUpdateState = 'current';
  #lookedAt = Date.now();
  readonly #workbox: Workbox | undefined;
  #changed: () => void = () => undefined;
  readonly #subscribe = createSubscriber((update) => {
    this.#changed = update;
    return () => (this.#changed = () => undefined);
  });

  /** Absent URL: no service worker, as in development. */
  constructor(serviceWorkerUrl: string | undefined) {
    if (!serviceWorkerUrl || !('serviceWorker' in navigator)) return;
    this.#workbox = new Workbox(serviceWorkerUrl, { updateViaCache: 'none' });
    this.#workbox.addEventListener('waiting', () => this.#set('offered'));
    this.#workbox.addEventListener('controlling', ({ isUpdate, isExternal }) => {
      if (this.#state === 'accepted') location.reload();
      // Another tab has accepted: this one goes on until its person does.
      else if (isUpdate ?? isExternal) this.#set('offered');
    });
    // Without a worker the app works all the same, only not offline.
    this.#workbox.register().catch(() => undefined);
    document.addEventListener('visibilitychange', () => this.#look());
  }

  get state(): AppUpdateState {
    this.#subscribe();
    return this.#state;
  }

  /** Changes to the newer app and reloads the page. */
  async accept(): Promise<void> {
    if (this.#state !== 'offered') return;
    this.#set('accepted');
    const registration = await navigator.serviceWorker.getRegistration();
    if (registration?.waiting) this.#workbox?.messageSkipWaiting();
    else location.reload();
  }

  #set(state: AppUpdateState): void {
    this.#state = state;
    this.#changed();
  }

  /** An installed app may stay open for weeks: it looks for a newer one when it is shown again. */
  #look(): void {
    if (document.visibilityState !== 'visible' || Date.now() - this.#lookedAt < LOOK_EVERY_MS) return;
    this.#lookedAt = Date.now();
    this.#workbox?.update().catch(() => undefined);
  }
}
