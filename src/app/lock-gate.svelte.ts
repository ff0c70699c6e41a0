import type { LockedStore } from '../storage/lock.ts';
import { PinPatience } from '../storage/pin-patience.ts';
import { keepKey } from './kept-key.ts';

/** The locked app: takes PINs, or the rescue code with a new PIN, until one opens it. */
export class LockGate {
  /** Resolves with the key once it is open. */
  readonly opened: Promise<CryptoKey>;
  #resolve: (key: CryptoKey) => void = () => undefined;
  #busy = $state(false);
  #isWrong = $state(false);
  #waitMs = $state(0);
  readonly #locked: LockedStore;
  readonly #patience: PinPatience;

  constructor(locked: LockedStore, storage: Storage) {
    this.#locked = locked;
    this.#patience = new PinPatience(storage, 'loupe-pin-tries');
    this.opened = new Promise((resolve) => (this.#resolve = resolve));
    this.#countDown();
  }

  get busy(): boolean {
    return this.#busy;
  }
  /** The last one was another PIN or code. */
  get isWrong(): boolean {
    return this.#isWrong;
  }
  /** Whole seconds until the next try is taken. */
  get waitSeconds(): number {
    return Math.ceil(this.#waitMs / 1000);
  }

  tryPin(pin: string): Promise<void> {
    return this.#try(() => this.#locked.open(pin));
  }

  tryCode(code: string, newPin: string): Promise<void> {
    return this.#try(() => this.#locked.renew(code, newPin));
  }

  async #try(open: () => Promise<CryptoKey | undefined>): Promise<void> {
    if (this.#busy || this.#waitMs > 0) return;
    this.#busy = true;
    this.#isWrong = false;
    this.#patience.count(Date.now());
    const key = await open().finally(() => (this.#busy = false));
    this.#isWrong = key === undefined;
    if (!key) return this.#countDown();
    this.#patience.forget();
    keepKey(key);
    this.#resolve(key);
  }

  #countDown(): void {
    this.#waitMs = this.#patience.wait(Date.now());
    if (this.#waitMs > 0) setTimeout(() => this.#countDown(), 500);
  }
}
