import { describe, expect, it } from 'vitest';
import { idbDeviceKeys } from '../../../src/storage/device-keys.ts';
import { makeProof, newDeviceKey, thumbprint } from '../../../src/sync/dpop-proof.ts';

describe('the key of this device in IndexedDB', () => {
  const fresh = () => idbDeviceKeys(`keys-${crypto.randomUUID()}`);

  it('is there again after a start, signs, and cannot be read out', async () => {
    const name = `keys-${crypto.randomUUID()}`;
    const key = await newDeviceKey();
    await idbDeviceKeys(name).keep(key);
    const kept = await idbDeviceKeys(name).key();
    if (!kept) throw new Error('no key');
    expect(await thumbprint(kept)).toBe(await thumbprint(key));
    for (const format of ['jwk', 'pkcs8'] as const) {
      await expect(crypto.subtle.exportKey(format, kept.privateKey)).rejects.toThrow();
    }
    const proof = await makeProof(kept, { method: 'GET', url: 'https://x/v1/changes?a=b#c', now: 5000 });
    const [head = '', body = '', signature = ''] = proof.split('.');
    const decoded = (text: string) =>
      Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(decoded(body))) as object;
    expect(claims).toMatchObject({ htm: 'GET', htu: 'https://x/v1/changes', iat: 5 });
    const said = new TextEncoder().encode(`${head}.${body}`);
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
    expect(await crypto.subtle.verify(algorithm, key.publicKey, decoded(signature), said)).toBe(true);
  });

  it('is none where there is none, and the one under way is apart from it', async () => {
    const keys = fresh();
    expect(await keys.key()).toBeUndefined();
    const pending = await newDeviceKey();
    await keys.keep(pending, 'pending');
    expect([await keys.key(), (await keys.key('pending')) !== undefined]).toEqual([undefined, true]);
    await keys.keep(undefined, 'pending');
    expect(await keys.key('pending')).toBeUndefined();
  });
});
