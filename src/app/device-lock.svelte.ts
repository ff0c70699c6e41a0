import type { Lock, LockFailure, LockOffer, LockState } from '../storage/lock.ts';
import type { Notices } from './notices.svelte.ts';
import { t } from './text/text.ts';

/** Shorter ones are tried out in no time. */
export const SHORTEST_PIN = 6;
/** Out of sight for so long, the app closes its lock by itself. */
const AWAY_MS = 5 * 60 * 1000;

export type LockWork =
  | { readonly kind: 'preparing' }
  | { readonly kind: 'converting'; readonly done: number; readonly all: number }
  | { readonly kind: 'failed'; readonly failure: LockFailure };

/** The PIN lock as the screens see it. */
export class DeviceLock {
  #state = $state<LockState>('off');
  #work = $state.raw<LockWork>();
  #offer = $state.raw<LockOffer>();
  readonly #lock: Lock;
  readonly #notices: Notices;

  constructor(lock: Lock, notices: Notices) {
    this.#lock = lock;
    this.#notices = notices;
    this.#state = lock.state;
  }

  get state(): LockState {
    return this.#state;
  }
  get work(): LockWork | undefined {
    return this.#work;
  }
  /** A lock that waits until its code is written down. */
  get rescueCode(): string | undefined {
    return this.#offer?.rescueCode;
  }

  async prepare(pin: string): Promise<void> {
    this.#work = { kind: 'preparing' };
    this.#offer = await this.#lock.offer(pin);
    this.#work = undefined;
  }

  /** The code is written down. */
  async putOn(): Promise<boolean> {
    const offer = this.#offer;
    if (!offer) return false;
    return this.#run(() => offer.accept(), 'lock.isOn');
  }

  takeOff(pin: string): Promise<boolean> {
    return this.#run(() => this.#lock.takeOff(pin), 'lock.isOff');
  }

  async changePin(pin: string, next: string): Promise<boolean> {
    this.#work = { kind: 'preparing' };
    const changed = await this.#lock.changePin(pin, next);
    this.#work = changed.ok ? undefined : { kind: 'failed', failure: changed };
    if (changed.ok) this.#notices.say(t('lock.pinChanged'));
    return changed.ok;
  }

  /** What a kill interrupted goes on at the next start. */
  async resume(): Promise<void> {
    if (this.#state === 'sealing' || this.#state === 'opening') await this.#convert();
  }

  forget(): void {
    this.#offer = undefined;
    if (this.#work?.kind !== 'converting') this.#work = undefined;
  }

  /** The key is in this page's memory only: a new page has to ask for it. */
  lockNow(): void {
    location.reload();
  }

  /** For as long as the page lives. */
  lockWhenAway(): void {
    let since = 0;
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) since = performance.now();
      else if (this.#state !== 'off' && performance.now() - since > AWAY_MS) this.lockNow();
    });
  }

  async #run(start: () => ReturnType<Lock['takeOff']>, said: 'lock.isOn' | 'lock.isOff'): Promise<boolean> {
    this.#work = { kind: 'preparing' };
    const started = await start();
    if (!started.ok) {
      this.#work = { kind: 'failed', failure: started };
      return false;
    }
    this.#offer = undefined;
    const isDone = await this.#convert();
    if (isDone) this.#notices.say(t(said));
    return isDone;
  }

  async #convert(): Promise<boolean> {
    this.#state = this.#lock.state;
    try {
      await this.#lock.convert((done, all) => (this.#work = { kind: 'converting', done, all }));
      this.#work = undefined;
      return true;
    } catch (error) {
      this.#work = { kind: 'failed', failure: { kind: 'unwritable', detail: String(error) } };
      return false;
    } finally {
      this.#state = this.#lock.state;
    }
  }
}
