import * as v from 'valibot';
import { Sha256 } from '../../core/contract/ids.ts';

export async function sha256(bytes: ArrayBuffer): Promise<Sha256> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return v.parse(Sha256, Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join(''));
}
