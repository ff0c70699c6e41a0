import { createPublicKey, verify } from 'node:crypto';

/** Whether a text was signed by the owner of a public key; both base64url, as PublicKey and Signature say. */
export function isSignedBy(publicKey: string, signature: string, text: string): boolean {
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
    return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'));
  } catch {
    // 32 bytes that are no point of the curve.
    return false;
  }
}
