import { seal, unseal } from './seal.ts';

/** The key of this device's records and photos, while it is known, and whether what is written is sealed. */
export class Vault {
  #key: CryptoKey | undefined;
  #isSealing = false;

  get key(): CryptoKey | undefined {
    return this.#key;
  }

  /** What new records and photos are sealed with; undefined where they are written plain. */
  get sealingKey(): CryptoKey | undefined {
    return this.#isSealing ? this.#key : undefined;
  }

  /** `isSealing` false: what is sealed is read, what is written is plain, as while the lock is taken off. */
  use(key: CryptoKey | undefined, isSealing: boolean): void {
    this.#key = key;
    this.#isSealing = isSealing;
  }

  async unsealed(sealed: ArrayBuffer, name: string): Promise<ArrayBuffer | undefined> {
    return this.#key && unseal(this.#key, sealed, name).catch(() => undefined);
  }

  seal(bytes: BufferSource, name: string): Promise<ArrayBuffer> {
    if (!this.#key) throw new Error('there is no key to seal with');
    return seal(this.#key, bytes, name);
  }
}
