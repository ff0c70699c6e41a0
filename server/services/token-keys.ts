import { randomBytes } from 'node:crypto';
import { link, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';

const SECRET_BYTES = 32;
const FILE = 'token-keys.json';

const Kid = v.pipe(v.string(), v.regex(/^[\w-]{1,40}$/, 'a key’s name is letters, digits, - and _'));
const Secret = v.pipe(
  v.string(),
  v.regex(/^[\w-]+$/, 'a key is base64url'),
  v.transform((text) => new Uint8Array(Buffer.from(text, 'base64url'))),
  v.check((bytes) => bytes.length >= SECRET_BYTES, `a key has at least ${SECRET_BYTES} bytes`),
);
/** Versions: 1 first form. */
const KeyFile = v.object({ version: v.literal(1), keys: v.array(v.object({ kid: Kid, secret: Secret })) });

interface TokenKey {
  readonly kid: string;
  readonly secret: Uint8Array;
}

/** The keys that sign access tokens and nonces: the first signs, all are believed. */
export class TokenKeys {
  readonly signing: TokenKey;
  readonly #byKid: ReadonlyMap<string, TokenKey>;

  constructor(keys: readonly TokenKey[]) {
    const [signing] = keys;
    if (!signing) throw new Error('there is no key to sign tokens with');
    this.signing = signing;
    this.#byKid = new Map(keys.map((key) => [key.kid, key]));
  }

  find(kid: string | undefined): Uint8Array | undefined {
    return kid === undefined ? undefined : this.#byKid.get(kid)?.secret;
  }

  /** For a server that forgets: tokens are void when it stops. */
  static random(): TokenKeys {
    return new TokenKeys([newKey()]);
  }

  /** From `kid:secret,kid:secret`, the signing one first. Throws with what is wrong, never with a secret. */
  static parse(text: string): TokenKeys {
    const keys = text.split(',').map((one) => {
      const [kid, secret] = one.trim().split(':');
      const parsed = v.safeParse(v.object({ kid: Kid, secret: Secret }), { kid, secret });
      if (!parsed.success) throw new Error(`LOUPE_TOKEN_KEYS: ${parsed.issues[0].message}`);
      return parsed.output;
    });
    return new TokenKeys(keys);
  }

  /** Those of a data folder, readable by its owner alone; made when there are none. */
  static async ofFolder(folder: string): Promise<TokenKeys> {
    const path = join(folder, FILE);
    const { kid, secret } = newKey();
    const made = { version: 1, keys: [{ kid, secret: Buffer.from(secret).toString('base64url') }] };
    const draft = `${path}.${randomBytes(6).toString('hex')}`;
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(JSON.stringify(made));
      await file.sync();
      // Never over a file that is there, and never half written: another process may be first, or read it meanwhile.
      await link(draft, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      await file.close();
      await unlink(draft);
    }
    const parsed = v.safeParse(KeyFile, JSON.parse(await readFile(path, 'utf8')));
    if (!parsed.success) throw new Error(`${FILE}: ${parsed.issues[0].message}`);
    return new TokenKeys(parsed.output.keys);
  }
}

function newKey(): TokenKey {
  return { kid: randomBytes(6).toString('base64url'), secret: new Uint8Array(randomBytes(SECRET_BYTES)) };
}

/**
 * The keys of a server. Several nodes must have the same ones, and a shared database is no place for them: it is
 * backed up, and read by more people than may sign.
 */
export async function tokenKeys(
  environment: NodeJS.ProcessEnv,
  folder: string,
  isShared: boolean,
): Promise<TokenKeys> {
  const given = environment['LOUPE_TOKEN_KEYS'];
  if (given) return TokenKeys.parse(given);
  if (!isShared) return TokenKeys.ofFolder(folder);
  throw new Error(
    'With DATABASE_URL the key of tokens comes from LOUPE_TOKEN_KEYS=name:secret, the same for every node; ' +
      '`openssl rand -base64 32 | tr +/ -_ | tr -d =` makes a secret.',
  );
}
