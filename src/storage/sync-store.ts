import * as v from 'valibot';
import type { CaptureId, Sha256 } from '../../core/contract/ids.ts';
import type { Operation } from '../../core/contract/operation.ts';
import { Roles } from '../../core/contract/roles.ts';
import type { ServerRow } from '../../core/contract/sync.ts';
import { blocked, unblocked, type Obstacle } from '../../core/sync-rules/outbox-state.ts';
import type { DeviceKeys } from './device-keys.ts';
import { allOperations } from './outbox.ts';
import { OutboxQueue } from './outbox-queue.ts';
import type { ReadTransaction, WriteTransaction } from './records.ts';
import { CURSOR, type PhotoTransfer, type Row, type ServerState } from './schema.ts';
import { entityStores } from './entity-stores.ts';
import { takenElsewhere } from './elsewhere.ts';
import { resendMended } from './resend-mended.ts';
import { takePage } from './server-page.ts';
import { settleConflict, type Settlement } from './settle-conflict.ts';
import type { StoreParts } from './store-parts.ts';
import { syncFacts, type SyncFacts } from './sync-facts.ts';
import { takeAwayLeft } from './take-away.ts';

const ACCOUNT = 'sync/account';
const HISTORY = 'sync/history';
const PUBLISHERS = 'sync/publishers';
const Publishers = v.object({ device: v.string(), keys: v.array(v.string()) });
const KnownHistory = v.object({ tenant: v.optional(v.string()), history: v.string() });
/** Stays when the account goes: what is kept here is that company's. */
const TENANT = 'sync/tenant';

/** What this device is to its server. */
export const Account = v.object({
  /** Where the server is; its paths are below. */
  url: v.string(),
  tenant: v.string(),
  device: v.string(),
  /** As it was named when it was enrolled. */
  name: v.optional(v.string()),
  /** As the code said, where it did. */
  company: v.optional(v.string()),
  roles: Roles,
  /** Whose device this is, where the office said so. */
  person: v.nullable(v.string()),
  /** Buys the next access token, once. Worth nothing without this device's key. */
  refresh: v.string(),
});
export type Account = v.InferOutput<typeof Account>;

/** A photo that a server does not have yet, as far as is known here. */
export interface WaitingPhoto {
  readonly captureId: CaptureId;
  readonly sha256: Sha256;
  readonly bytes: number;
  readonly transfer: PhotoTransfer | undefined;
  /** Taken on another device, which sends it. */
  readonly isElsewhere: boolean;
}

/** What is kept here, from its syncing side. Methods reject with StorageError. */
export class SyncStore {
  readonly queue: OutboxQueue;
  readonly #parts: StoreParts;

  constructor(parts: StoreParts) {
    this.#parts = parts;
    this.queue = new OutboxQueue(parts);
  }

  /** The key by which the server knows this device. */
  get keys(): DeviceKeys {
    return this.#parts.deviceKeys;
  }

  account(): Promise<Account | undefined> {
    return this.#setting(ACCOUNT, Account);
  }

  async keepAccount(account: Account | undefined): Promise<void> {
    await this.#parts.records.write(['settings'], async (transaction) => putAccount(transaction, account));
  }

  /** The next refresh token of the account that there is; of one that went meanwhile, none. */
  async keepRefresh(device: string, refresh: string): Promise<void> {
    await this.#parts.records.write(['settings'], async (transaction) => {
      const account = await settingIn(transaction, ACCOUNT, Account);
      if (account?.device === device) putAccount(transaction, { ...account, refresh });
    });
  }

  /** Whose the records here are, once this device was theirs; also after it was signed out. */
  tenant(): Promise<string | undefined> {
    return this.#setting(TENANT, v.string());
  }

  cursor(): Promise<string | undefined> {
    return this.#setting(CURSOR, v.string());
  }

  /** The server's history that this device knows, undefined before the first answer of this tenant. */
  async history(): Promise<string | undefined> {
    const known = await this.#setting(HISTORY, KnownHistory);
    return known?.tenant === (await this.account())?.tenant ? known?.history : undefined;
  }

  async keepHistory(history: string): Promise<void> {
    const tenant = (await this.account())?.tenant;
    await this.#parts.records.write(['settings'], async (transaction) => {
      transaction.put('settings', { key: HISTORY, value: { tenant, history } });
    });
  }

  /** Public keys whose releases of model packs this device takes; none before they were told of. */
  async publishers(): Promise<readonly string[]> {
    const kept = await this.#setting(PUBLISHERS, Publishers);
    return kept !== undefined && kept.device === (await this.account())?.device ? kept.keys : [];
  }

  async keepPublishers(device: string, keys: readonly string[]): Promise<void> {
    await this.#parts.records.write(['settings'], async (transaction) => {
      transaction.put('settings', { key: PUBLISHERS, value: { device, keys } });
    });
  }

  /** Every operation that this device can still tell of, sent or not; none where it keeps no journal. */
  journalled(): Promise<readonly Operation[]> {
    return this.#parts.journal.operations();
  }

  /** A server that was restored may have lost photos too: each is asked for again, and sent where it is not there. */
  async doubtReceipts(): Promise<void> {
    const all = await this.transfers();
    await this.keepTransfers(all.map(({ receivedAt: _receivedAt, ...transfer }) => transfer));
  }

  takePage(rows: readonly ServerRow[], cursor: string | undefined): Promise<void> {
    return takePage(this.#parts, rows, cursor);
  }

  takeAwayLeft(): Promise<number> {
    return takeAwayLeft(this.#parts);
  }

  operations(): Promise<readonly Operation[]> {
    return allOperations(this.#parts);
  }

  /**
   * Stops every operation that waits at an obstacle, or lets those that it stopped go on.
   * @param met the device that met it: of one that was enrolled anew meanwhile, nothing stops.
   */
  async setObstacle(obstacle: Obstacle, isThere: boolean, met?: string): Promise<void> {
    const { records, rows } = this.#parts;
    const change = isThere ? blocked : unblocked;
    await records.write(['operations', 'settings'], async (transaction) => {
      const account = await settingIn(transaction, ACCOUNT, Account);
      if (met !== undefined && account && account.device !== met) return;
      for (const operation of rows.many('operations', await transaction.all('operations'))) {
        const changed = change(operation, obstacle);
        if (changed !== operation) transaction.put('operations', changed);
      }
    });
  }

  /** Sends a rejected operation again, as its record is now. */
  resend(opId: Operation['opId']): Promise<void> {
    return resendMended(this.#parts, opId);
  }

  /** Nothing waits for its pause any more: a person asks, or the network is back. */
  async hurry(): Promise<void> {
    const resting = (await allOperations(this.#parts)).filter(
      ({ state, nextAt }) => state === 'pending' && nextAt > 0,
    );
    if (resting.length > 0) await this.queue.settle(resting.map((one) => ({ ...one, nextAt: 0 })));
  }

  facts(): Promise<SyncFacts> {
    return syncFacts(this.#parts);
  }

  /** A record by its id, whatever it belongs to. */
  async record<Entity extends keyof typeof entityStores>(
    entity: Entity,
    id: string,
  ): Promise<Row<(typeof entityStores)[Entity]> | undefined> {
    const { records, rows } = this.#parts;
    const store = entityStores[entity];
    return rows.one(store, await records.read([store], (read) => read.get(store, id)));
  }

  settleConflict(of: Pick<ServerState, 'entity' | 'id'>, settlement: Settlement): Promise<void> {
    return settleConflict(this.#parts, of, settlement);
  }

  async conflicts(): Promise<readonly ServerState[]> {
    const { records, rows } = this.#parts;
    const raws = await records.read(['serverStates'], (read) => read.all('serverStates'));
    return rows.many('serverStates', raws).filter(({ conflict }) => conflict !== undefined);
  }

  /** Photos without a receipt, oldest first; none of a demo, nor of a deleted one. */
  async waitingPhotos(): Promise<readonly WaitingPhoto[]> {
    const { records, rows } = this.#parts;
    const stores = ['inspections', 'captures', 'photoTransfers', 'serverStates'] as const;
    const [inspections, captures, transfers, elsewhere] = await records.read(stores, async (read) => {
      const all = await Promise.all([
        read.all('inspections'),
        read.all('captures'),
        read.all('photoTransfers'),
      ]);
      const ids = rows.many('captures', all[1]).map(({ id }) => id);
      return [...all, await takenElsewhere(read, rows, ids)] as const;
    });
    const real = new Set(
      rows
        .many('inspections', inspections)
        .filter(({ demo }) => !demo)
        .map(({ id }) => id),
    );
    const byHash = new Map(rows.many('photoTransfers', transfers).map((row) => [row.sha256, row]));
    return rows
      .many('captures', captures)
      .filter(({ inspectionId, sha256 }) => real.has(inspectionId) && !byHash.get(sha256)?.receivedAt)
      .sort((a, b) => a.createdAt - b.createdAt)
      .map(({ id, sha256, bytes }) => ({
        ...{ captureId: id, sha256, bytes },
        transfer: byHash.get(sha256),
        isElsewhere: elsewhere.has(id),
      }));
  }

  /** The original bytes; undefined where the file is not here or was cut. */
  async photo({ captureId, bytes }: WaitingPhoto): Promise<Blob | undefined> {
    const file = await this.#parts.files.read(captureId);
    return file?.size === bytes ? file : undefined;
  }

  async keepTransfers(transfers: readonly PhotoTransfer[]): Promise<void> {
    if (transfers.length === 0) return;
    await this.#parts.records.write(['photoTransfers'], async (transaction) => {
      for (const transfer of transfers) transaction.put('photoTransfers', transfer);
    });
  }

  async transfers(): Promise<readonly PhotoTransfer[]> {
    const { records, rows } = this.#parts;
    const raws = await records.read(['photoTransfers'], (read) => read.all('photoTransfers'));
    return rows.many('photoTransfers', raws);
  }

  async #setting<Schema extends v.GenericSchema>(
    key: string,
    schema: Schema,
  ): Promise<v.InferOutput<Schema> | undefined> {
    return this.#parts.records.read(['settings'], (read) => settingIn(read, key, schema));
  }
}

async function settingIn<Schema extends v.GenericSchema>(
  read: ReadTransaction,
  key: string,
  schema: Schema,
): Promise<v.InferOutput<Schema> | undefined> {
  const parsed = v.safeParse(v.object({ value: schema }), await read.get('settings', key));
  return parsed.success ? parsed.output.value : undefined;
}

function putAccount(transaction: WriteTransaction, account: Account | undefined): void {
  transaction.put('settings', { key: ACCOUNT, value: account });
  if (account) transaction.put('settings', { key: TENANT, value: account.tenant });
}
