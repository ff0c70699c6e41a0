import { createHmac, timingSafeEqual } from 'node:crypto';
import type { TokenKeys } from './token-keys.ts';

const LIFE_MS = 5 * 60 * 1000;

/**
 * Nonces for DPoP proofs (RFC 9449, section 8): our own time, signed, so that any node knows them again. With one
 * a device whose clock is years off is believed all the same.
 */
export class Nonces {
  readonly #keys: TokenKeys;

  constructor(keys: TokenKeys) {
    this.#keys = keys;
  }

  make(now: number): string {
    const { kid, secret } = this.#keys.signing;
    const said = `${now.toString(36)}.${kid}`;
    return `${said}.${signed(said, secret)}`;
  }

  isFresh(nonce: string, now: number): boolean {
    const [time = '', kid = '', signature = ''] = nonce.split('.');
    const secret = this.#keys.find(kid);
    if (!secret) return false;
    const [given, right] = [Buffer.from(signature), Buffer.from(signed(`${time}.${kid}`, secret))];
    if (given.length !== right.length || !timingSafeEqual(given, right)) return false;
    const age = now - parseInt(time, 36);
    return age >= -LIFE_MS && age <= LIFE_MS;
  }
}

const signed = (said: string, secret: Uint8Array): string =>
  createHmac('sha256', secret).update(`nonce ${said}`).digest('base64url');
