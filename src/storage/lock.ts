import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import type { ConversionParts } from './conversion.ts';
import {
  measuredIterations,
  newDataKey,
  newRescueCode,
  plainCode,
  unwrap,
  wrap,
  type VaultHeader,
  type VaultHeaders,
} from './vault-header.ts';

export type LockState = 'off' | VaultHeader['state'];
export type LockFailure =
  | { readonly kind: 'other-tabs' }
  | { readonly kind: 'wrong-pin' }
  | { readonly kind: 'unwritable'; readonly detail: string };
type Done = Promise<Outcome<null, LockFailure>>;

/** A lock that is made but locks nothing yet: its code must be written down first. */
export interface LockOffer {
  readonly rescueCode: string;
  accept(): Done;
}

export interface LockParts extends ConversionParts {
  readonly headers: VaultHeaders;
  /** Whether no other tab has this store open: one without the key would write plain rows. */
  readonly isAlone: () => Promise<boolean>;
  /** Runs while no tab saves a photo. */
  readonly exclusively: <Value>(work: () => Promise<Value>) => Promise<Value>;
}

/** The lock of an open store: put on, taken off, its PIN changed. */
export class Lock {
  readonly #parts: LockParts;
  #header: VaultHeader | undefined;

  constructor(parts: LockParts, header: VaultHeader | undefined) {
    this.#parts = parts;
    this.#header = header;
  }

  get state(): LockState {
    return this.#header?.state ?? 'off';
  }

  async offer(pin: string): Promise<LockOffer> {
    const iterations = await measuredIterations(() => performance.now());
    const key = await newDataKey();
    const rescueCode = newRescueCode();
    const header: VaultHeader = {
      version: 1,
      generation: 1,
      state: 'sealing',
      pin: await wrap(key, pin, iterations),
      rescue: await wrap(key, plainCode(rescueCode), iterations),
    };
    return { rescueCode, accept: () => this.#putOn(header, pin) };
  }

  async changePin(pin: string, next: string): Done {
    const header = this.#header && (await withNewPin(this.#header, this.#header.pin, pin, next));
    if (!header) return fail({ kind: 'wrong-pin' });
    return this.#write(header);
  }

  /** From here on all is written plain; `convert` brings the rest along and forgets the key. */
  async takeOff(pin: string): Done {
    const { vault } = this.#parts;
    const header = this.#header;
    if (!header || !(await unwrap(header.pin, pin))) return fail({ kind: 'wrong-pin' });
    return this.#alone(async () => {
      const written = await this.#write(next(header, 'opening'));
      if (written.ok) vault.use(vault.key, false);
      return written;
    });
  }

  /** Brings everything into the form that the state asks for. Begun again after a kill. */
  async convert(onProgress: (done: number, all: number) => void = () => undefined): Promise<void> {
    const { vault, headers } = this.#parts;
    const header = this.#header;
    if (!header || header.state === 'sealed') return;
    const { convertAll } = await import('./conversion.ts');
    await convertAll(this.#parts, onProgress);
    if (header.state === 'sealing') {
      const written = await this.#write(next(header, 'sealed'));
      if (!written.ok && written.kind === 'unwritable') throw new Error(written.detail);
      return;
    }
    await headers.remove();
    this.#header = undefined;
    vault.use(undefined, false);
  }

  /** After the browser has cleared everything: what is sealed from now on needs its header again. */
  async keepHeader(): Promise<void> {
    if (this.#header) await this.#parts.headers.write(this.#header);
  }

  async #putOn(header: VaultHeader, pin: string): Done {
    return this.#alone(async () => {
      const key = await unwrap(header.pin, pin);
      if (!key) return fail({ kind: 'wrong-pin' });
      const written = await this.#write(header);
      if (written.ok) this.#parts.vault.use(key, true);
      else await this.#parts.headers.remove().catch(() => undefined);
      return written;
    });
  }

  async #alone(work: () => Done): Done {
    if (!(await this.#parts.isAlone())) return fail({ kind: 'other-tabs' });
    return this.#parts.exclusively(work);
  }

  async #write(header: VaultHeader): Done {
    try {
      await this.#parts.headers.write(header);
      this.#header = header;
      return succeed(null);
    } catch (error) {
      return fail({ kind: 'unwritable', detail: String(error) });
    }
  }
}

/** A locked store, before any of it is read. */
export class LockedStore {
  readonly #headers: VaultHeaders;
  #header: VaultHeader;

  constructor(headers: VaultHeaders, header: VaultHeader) {
    this.#headers = headers;
    this.#header = header;
  }

  get header(): VaultHeader {
    return this.#header;
  }

  /** Undefined where the PIN is another one. */
  open(pin: string): Promise<CryptoKey | undefined> {
    return unwrap(this.#header.pin, pin);
  }

  /** With the rescue code in place of a forgotten PIN, which is replaced. */
  async renew(code: string, pin: string): Promise<CryptoKey | undefined> {
    const header = await withNewPin(this.#header, this.#header.rescue, plainCode(code), pin);
    if (!header) return undefined;
    await this.#headers.write(header);
    this.#header = header;
    return this.open(pin);
  }
}

async function withNewPin(
  header: VaultHeader,
  wrapped: VaultHeader['pin'],
  secret: string,
  pin: string,
): Promise<VaultHeader | undefined> {
  const key = await unwrap(wrapped, secret, true);
  return key && { ...next(header, header.state), pin: await wrap(key, pin, header.pin.iterations) };
}

const next = (header: VaultHeader, state: VaultHeader['state']): VaultHeader => ({
  ...header,
  state,
  generation: header.generation + 1,
});
