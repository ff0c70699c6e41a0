import { describe, expect, it } from 'vitest';
import { readRelease, signedText } from '../../../../core/contract/release.ts';
import { canonicalJson } from '../../../../core/domain/canonical-json.ts';
import { isAtLeast } from '../../../../core/domain/version.ts';

const offer = {
  ...{ kind: 'offer', schema: 1, id: 'tiny', release: 3, issuedAt: 5, version: '1.0.0', minApp: '0.1.0' },
  files: [{ path: 'manifest.json', sha256: 'ab'.repeat(32), bytes: 4 }],
};
const [file] = offer.files;

describe('the text of a release', () => {
  it.each([
    ['an offer', offer],
    ['one that expires', { ...offer, expiresAt: 9 }],
    ['a withdrawal', { kind: 'withdrawal', schema: 1, id: 'tiny', release: 4, issuedAt: 5 }],
  ])('%s is read as it was signed', (_name, manifest) => {
    expect(readRelease(canonicalJson(manifest))).toEqual(manifest);
  });

  it.each<[string, string]>([
    ['in another order', JSON.stringify(offer)],
    ['with spaces', JSON.stringify(offer, null, 1)],
    ['a member twice', canonicalJson(offer).replace('"release":3', '"release":9,"release":3')],
    ['an unknown member', canonicalJson({ ...offer, more: 1 })],
    ['an unknown member of a file', canonicalJson({ ...offer, files: [{ ...file, more: 1 }] })],
    ['another schema', canonicalJson({ ...offer, schema: 2 })],
    ['a release of 0', canonicalJson({ ...offer, release: 0 })],
    ['a release of 1.5', canonicalJson({ ...offer, release: 1.5 })],
    ['a release of 2^53', canonicalJson({ ...offer, release: 2 ** 53 })],
    ['no files', canonicalJson({ ...offer, files: [] })],
    ['a path out of the pack', canonicalJson({ ...offer, files: [{ ...file, path: '../x' }] })],
    ['a file of a terabyte', canonicalJson({ ...offer, files: [{ ...file, bytes: 1e12 }] })],
    ['no JSON', 'release'],
  ])('%s is none', (_name, text) => {
    expect(readRelease(text)).toBeUndefined();
  });

  it('is signed for one purpose only', () => {
    expect(signedText('release', 'x')).not.toBe(signedText('key', 'x'));
  });
});

it.each([
  ['1.2.3', '1.2.3', true],
  ['1.2.4', '1.2.3', true],
  ['1.10.0', '1.9.9', true],
  ['0.9.9', '1.0.0', false],
  ['1.2.3', '1.2.10', false],
])('%s is at least %s: %s', (version, wanted, isIt) => {
  expect(isAtLeast(version, wanted)).toBe(isIt);
});
