import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tokenKeys } from '../../../server/services/token-keys.ts';

const SECRET = 'A'.repeat(43);

describe('keys of tokens', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'loupe-keys-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are made once in the data folder, for its owner’s eyes alone', async () => {
    const [first, second] = await Promise.all([tokenKeys({}, folder, false), tokenKeys({}, folder, false)]);
    expect(second.signing).toEqual(first.signing);
    expect(first.signing.secret).toHaveLength(32);
    expect((await stat(join(folder, 'token-keys.json'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, 'token-keys.json'), 'utf8')).toContain('"version":1');
  });

  it('come from the environment where it has them, the signing one first', async () => {
    const keys = await tokenKeys({ LOUPE_TOKEN_KEYS: `new:${SECRET}, old:${'B'.repeat(43)}` }, folder, true);
    expect(keys.signing.kid).toBe('new');
    expect(keys.find('old')).toHaveLength(32);
    expect(keys.find('other')).toBeUndefined();
  });

  it('of several nodes must be given', async () => {
    await expect(tokenKeys({}, folder, true)).rejects.toThrow('LOUPE_TOKEN_KEYS');
  });

  it.each(['x', 'a:', `:${SECRET}`, 'a:short', `a b:${SECRET}`, `a:${SECRET}/`, `a:${SECRET},`])(
    '%j is refused, and its secret is not said',
    async (text) => {
      const refused = tokenKeys({ LOUPE_TOKEN_KEYS: text }, folder, false);
      await expect(refused).rejects.toThrow(/^LOUPE_TOKEN_KEYS: (?!.*AAAA)/);
    },
  );
});
