import type { Database } from '../../../server/repositories/database.ts';
import type { Signer } from '../../../src/sync/device-session.ts';
import type { Fetch } from '../../../src/sync/api-client.ts';

/** What proves a device: its key, and what buys its next token. */
export interface Keys {
  readonly key: CryptoKeyPair;
  readonly refresh: string;
}

/** The server of a history and the way to it, which can fail. */
export interface HistoryWorld {
  /** The server's clock, ms. */
  now: number;
  /** What happens to every request until it is cleared. */
  fault: string | undefined;
  /** Where the server is, for its clients. */
  readonly url: string;
  readonly fetch: Fetch;
  readonly patienceMs: number;
  readonly tenant: string;
  readonly database: Database;
  enrol(name: string): Promise<Keys>;
  /** Signs for these keys; absent: a real session is made of them. */
  readonly signer?: ((keys: Keys) => Signer) | undefined;
  /** What was delayed arrives now. */
  deliverLate(): Promise<void>;
  /** The server's database as it is now, and falling back to it; where a world can. */
  backUp?(): Promise<void>;
  restore?(): Promise<void>;
  close(): Promise<void>;
}
