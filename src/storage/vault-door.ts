import { LockedStore } from './lock.ts';
import type { Records } from './records.ts';
import { opfsPlace, webStoragePlace, type SentinelPlace } from './sentinels.ts';
import { StorageError } from './storage-error.ts';
import { TypedRows } from './typed-rows.ts';
import type { Vault } from './vault.ts';
import type { VaultHeader, VaultHeaders } from './vault-header.ts';

/** Resolves with the key once a person has given the PIN. */
export type AskForKey = (locked: LockedStore) => Promise<CryptoKey>;

/** Gives the vault its key where there is a lock; resolves with the header as it then is. */
export async function unlock(
  headers: VaultHeaders,
  vault: Vault,
  askForKey: AskForKey | undefined,
): Promise<VaultHeader | undefined> {
  const header = await headers.read();
  if (!header) return undefined;
  if (!askForKey) throw new StorageError({ kind: 'blocked', detail: 'What is kept here is locked.' });
  const locked = new LockedStore(headers, header);
  vault.use(await askForKey(locked), header.state !== 'opening');
  return locked.header;
}

/** Two places that no single loss takes both of. */
export function vaultPlaces(
  name: string,
  database: Records | undefined,
  webStorage: Storage | undefined,
): SentinelPlace[] {
  const first = database ? databasePlace(database) : opfsPlace(`${name}-photos`, 'lock', 1);
  try {
    return [first, webStoragePlace(webStorage ?? localStorage, `${name}-lock`)];
  } catch {
    // Reading `localStorage` throws where the user has forbidden it.
    return [first];
  }
}

const databasePlace = (records: Records): SentinelPlace => ({
  read: async () => {
    const raw = await records.read(['ledger'], (read) => read.get('ledger', 'vault'));
    const row = new TypedRows(records, Date.now).one('ledger', raw);
    return row?.key === 'vault' ? row.text : undefined;
  },
  write: (text) =>
    records.write(['ledger'], async (transaction) => {
      transaction.put('ledger', { key: 'vault', text });
      return Promise.resolve();
    }),
});
