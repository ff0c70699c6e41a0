import { openDB } from 'idb';

/** Where the key lies by which a server knows this device. */
export interface DeviceKeys {
  /** pending: that of an enrolment under way, kept so that it can be tried again with the same code. */
  key(which?: KeyName): Promise<CryptoKeyPair | undefined>;
  /** undefined removes it. */
  keep(key: CryptoKeyPair | undefined, which?: KeyName): Promise<void>;
}
type KeyName = 'device' | 'pending';

const STORE = 'keys';

/**
 * In a database of its own: a key that cannot be read out cannot be sealed, journalled or rescued like a row, and
 * needs none of it. Versions: 1 first form.
 */
export function idbDeviceKeys(name: string): DeviceKeys {
  const use = async <Value>(
    work: (database: Awaited<ReturnType<typeof openDB>>) => Promise<Value>,
  ): Promise<Value> => {
    const database = await openDB(`${name}-device`, 1, {
      upgrade: (open) => void open.createObjectStore(STORE),
    });
    try {
      return await work(database);
    } finally {
      database.close();
    }
  };
  return {
    key: (which = 'device') =>
      use(async (database) => {
        const pair: unknown = await database.get(STORE, which);
        return isKeyPair(pair) ? pair : undefined;
      }),
    keep: (key, which = 'device') =>
      use(async (database) => {
        const transaction = database.transaction(STORE, 'readwrite', { durability: 'strict' });
        await Promise.all([transaction.store.put(key, which), transaction.done]);
      }),
  };
}

export function memoryDeviceKeys(): DeviceKeys {
  const kept = new Map<KeyName, CryptoKeyPair | undefined>();
  return {
    key: (which = 'device') => Promise.resolve(kept.get(which)),
    keep: (key, which = 'device') => {
      kept.set(which, key);
      return Promise.resolve();
    },
  };
}

function isKeyPair(pair: unknown): pair is CryptoKeyPair {
  if (typeof pair !== 'object' || pair === null) return false;
  const { privateKey, publicKey } = pair as Partial<CryptoKeyPair>;
  return privateKey instanceof CryptoKey && publicKey instanceof CryptoKey;
}
