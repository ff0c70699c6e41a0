import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../../../src/app/bundle/bundle-format.ts';
import { importBundle } from '../../../../src/app/bundle/import-bundle.ts';
import { readBundle } from '../../../../src/app/bundle/read-bundle.ts';
import { zipDirectory } from '../../../../src/app/bundle/zip-directory.ts';
import { entryBlob } from '../../../../src/app/bundle/zip-entry.ts';
import { unwrap } from '../../storage/unwrap.ts';
import { bundleOf, filledStore, OtherDevice } from './bundle-for-tests.ts';
import { zipOf, type TestEntry } from './zip-for-tests.ts';

/** The files of a good bundle, to be spoilt one by one. */
async function goodEntries(): Promise<TestEntry[]> {
  const { store, inspection } = await filledStore();
  const zip = await bundleOf(store, inspection.id);
  const directory = unwrap(await zipDirectory(zip, LIMITS));
  return Promise.all(
    directory.map(async (entry) => {
      const data = new Uint8Array(await unwrap(await entryBlob(zip, entry)).arrayBuffer());
      return { name: entry.path, data };
    }),
  );
}

type Spoil = (entries: TestEntry[]) => TestEntry[];
const change =
  (name: RegExp, edit: (entry: TestEntry) => TestEntry): Spoil =>
  (entries) =>
    entries.map((entry) => (name.test(entry.name) ? edit(entry) : entry));
const editText = (name: RegExp, edit: (text: string) => string): Spoil =>
  change(name, (entry) => ({ ...entry, data: Buffer.from(edit(Buffer.from(entry.data).toString())) }));
const add =
  (entry: TestEntry): Spoil =>
  (entries) => [...entries, entry];
const some = Buffer.from('x');

/** Changes a record and its hash in the manifest, as one with intent would. */
const forge =
  (path: string, edit: (text: string) => string): Spoil =>
  (entries) => {
    const file = entries.find(({ name }) => name === path);
    const data = Buffer.from(edit(Buffer.from(file?.data ?? []).toString()));
    const hash = createHash('sha256').update(data).digest('hex');
    return entries.map((entry) => {
      if (entry.name === path) return { ...entry, data };
      if (entry.name !== 'manifest.json') return entry;
      const manifest = JSON.parse(Buffer.from(entry.data).toString()) as {
        files: { path: string; bytes: number; sha256: string }[];
      };
      for (const listed of manifest.files)
        if (listed.path === path) Object.assign(listed, { bytes: data.byteLength, sha256: hash });
      return { ...entry, data: Buffer.from(JSON.stringify(manifest)) };
    });
  };

describe('a bundle that was tampered with is refused plainly and nothing of it is kept', () => {
  test('the unspoilt one is taken, also when another tool packed it again or wrote zip64', async () => {
    const entries = await goodEntries();
    expect((await readBundle(zipOf(entries))).ok).toBe(true);
    expect((await readBundle(zipOf(entries.map((entry) => ({ ...entry, deflate: true }))))).ok).toBe(true);
    expect((await readBundle(zipOf(entries, true))).ok).toBe(true);
  });

  test.each<[name: string, spoil: Spoil, kind: string]>([
    ['zip slip: a parent folder', add({ name: '../../evil.sh', data: some }), 'unsafe-path'],
    ['zip slip: an absolute path', add({ name: '/etc/passwd', data: some }), 'unsafe-path'],
    ['zip slip: a drive and backslashes', add({ name: 'C:\\evil.exe', data: some }), 'unsafe-path'],
    ['zip slip: encoded', add({ name: '%2e%2e/evil', data: some }), 'unsafe-path'],
    ['a NUL in a name', add({ name: 'records/x\u0000.json', data: some }), 'unsafe-path'],
    ['a bidi override in a name', add({ name: 'photos/a\u202Egpj.exe', data: some }), 'unsafe-path'],
    ['the same name twice', (entries) => [...entries, ...entries.slice(0, 1)], 'unsafe-path'],
    ['names that differ in case only', add({ name: 'MANIFEST.json', data: some }), 'unsafe-path'],
    ['a symlink', add({ name: 'photos/link', data: Buffer.from('/etc'), mode: 0o120777 }), 'not-a-file'],
    ['a device', add({ name: 'photos/null', data: some, mode: 0o020666 }), 'not-a-file'],
    ['an encrypted file', add({ name: 'photos/secret', data: some, encrypted: true }), 'not-a-file'],
    [
      'a file that the manifest does not name',
      add({ name: 'photos/extra.jpg', data: some }),
      'unlisted-file',
    ],
    [
      'a photo left out',
      (entries) => entries.filter(({ name }) => !name.startsWith('photos')),
      'missing-file',
    ],
    ['no manifest', (entries) => entries.filter(({ name }) => name !== 'manifest.json'), 'not-a-bundle'],
    [
      'a byte of a photo turned',
      change(/^photos/, (e) => ({ ...e, data: e.data.map((b, i) => (i === 9 ? b ^ 1 : b)) })),
      'wrong-hash',
    ],
    ['a record changed', editText(/findings/, (text) => text.replace('0.8', '0.9')), 'wrong-hash'],
    [
      'a bomb that unpacks to more than it declares',
      change(/findings/, (e) => ({
        ...e,
        data: Buffer.alloc(40e6),
        deflate: true,
        declared: e.data.byteLength,
      })),
      'damaged-file',
    ],
    [
      'a file that declares terabytes',
      add({ name: 'photos/big.jpg', data: some, declared: 0xfffffffe }),
      'too-large',
    ],
    [
      'overlapping files',
      (entries) => [...entries, { name: 'photos/again.jpg', data: some, sameAs: 0 }],
      'damaged-file',
    ],
    [
      'a future format',
      editText(/manifest/, (text) => text.replace('"schema": 1', '"schema": 7')),
      'newer-bundle',
    ],
    ['a zip of something else', editText(/manifest/, () => '{"name":"x"}'), 'not-a-bundle'],
    ['a manifest that is no JSON', editText(/manifest/, () => '{'), 'not-a-bundle'],
    ['a manifest 100,000 deep', editText(/manifest/, () => '['.repeat(100_000)), 'not-a-bundle'],
    [
      'a record of an unknown kind',
      forge('records/findings.json', (text) => text.replace('"box"', '"blob"')),
      'bad-record',
    ],
    ['a finding on a foreign photo', forge('records/captures.json', () => '[]'), 'bad-record'],
    ['records that are no list', forge('records/reviews.json', () => '{"__proto__":{"x":1}}'), 'bad-record'],
  ])('%s', async (_name, spoil, kind) => {
    const other = new OtherDevice();
    const result = await importBundle(zipOf(spoil(await goodEntries())), other);
    expect(result).toMatchObject({ ok: false, kind });
    expect(other.taken).toBeUndefined();
  });

  test('more files than allowed, and more bytes', async () => {
    const entries = await goodEntries();
    const few = await readBundle(zipOf(entries), { limits: { ...LIMITS, files: 3 } });
    expect(few).toMatchObject({ ok: false, kind: 'too-many-files', limit: 3 });
    const small = await readBundle(zipOf(entries), { limits: { ...LIMITS, totalBytes: 6_000 } });
    expect(small).toMatchObject({ ok: false, kind: 'too-large', limit: 6_000 });
  });

  test('cut off anywhere it is refused and never thrown', async () => {
    const bytes = await zipOf(await goodEntries()).arrayBuffer();
    for (let share = 0; share < 1; share += 0.043) {
      const result = await readBundle(new Blob([bytes.slice(0, Math.floor(bytes.byteLength * share))]));
      expect(result.ok).toBe(false);
    }
  });

  test.each([
    ['nothing', new Blob([])],
    ['text', new Blob(['hello'])],
    ['a JPEG', new Blob([Uint8Array.of(0xff, 0xd8, 0xff)])],
  ])('%s is no bundle', async (_name, file) => {
    expect(await readBundle(file)).toMatchObject({ ok: false, kind: 'not-a-bundle' });
  });
});
