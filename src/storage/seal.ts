const IV_BYTES = 12;
const TAG_BYTES = 16;
/** What sealing adds to the length of any bytes. */
export const SEAL_BYTES = IV_BYTES + TAG_BYTES;

/**
 * AES-256-GCM under a random nonce, which comes first. `name` is authenticated: what was sealed as one thing
 * does not open as another. Random nonces are safe for 2^32 sealings under one key (NIST SP 800-38D 8.3).
 */
export async function seal(key: CryptoKey, bytes: BufferSource, name: string): Promise<ArrayBuffer> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const sealed = await crypto.subtle.encrypt(parameters(iv, name), key, bytes);
  const whole = new Uint8Array(IV_BYTES + sealed.byteLength);
  whole.set(iv);
  whole.set(new Uint8Array(sealed), IV_BYTES);
  return whole.buffer;
}

/** Rejects where key or name are others than at sealing, or a bit has changed since. */
export function unseal(key: CryptoKey, sealed: ArrayBuffer, name: string): Promise<ArrayBuffer> {
  const iv = new Uint8Array(sealed, 0, Math.min(IV_BYTES, sealed.byteLength));
  return crypto.subtle.decrypt(parameters(iv, name), key, new Uint8Array(sealed).subarray(IV_BYTES));
}

const parameters = (iv: Uint8Array<ArrayBuffer>, name: string): AesGcmParams => ({
  name: 'AES-GCM',
  iv,
  additionalData: new TextEncoder().encode(name),
});
