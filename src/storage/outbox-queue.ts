import type { Operation } from '../../core/contract/operation.ts';
import { byClock } from '../../core/sync-rules/apply-operation.ts';
import { asDevice, inNewEpoch } from '../../core/sync-rules/new-epoch.ts';
import { nextBatch, waitingAgain } from '../../core/sync-rules/outbox-state.ts';
import type { StoreParts } from './store-parts.ts';

type Parts = Pick<StoreParts, 'records' | 'rows' | 'outbox' | 'newId'>;

/** The outbox from its sending end. Two senders at once are harmless: all is by operation id. */
export class OutboxQueue {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async next(now: number): Promise<readonly Operation[]> {
    const { records, rows } = this.#parts;
    const raws = await records.read(['operations'], (read) => read.allBy('operations', 'state', 'pending'));
    return nextBatch(rows.many('operations', raws), now);
  }

  /** Keeps what became of operations; what is acknowledged leaves the outbox. */
  async settle(operations: readonly Operation[]): Promise<void> {
    const { records, rows } = this.#parts;
    await records.write(['operations'], async (transaction) => {
      for (const { opId, state, tries, nextAt, err } of operations) {
        const kept = rows.one('operations', await transaction.get('operations', opId));
        if (state === 'acked') transaction.delete('operations', opId);
        // Numbers may have changed meanwhile, and another sender may have had its acknowledgement.
        else if (kept) transaction.put('operations', withState(kept, { state, tries, nextAt, err }));
      }
    });
  }

  /**
   * What waits is numbered anew. After a server's `fork` this database is a copy, or was restored, and goes on
   * as a device of its own.
   */
  async newEpoch(reason: 'fork' | 'gap' = 'fork'): Promise<void> {
    const { records, rows, outbox, newId } = this.#parts;
    const epoch = newId();
    await records.write(['operations', 'ledger'], async (transaction) => {
      const head = await outbox.head(transaction);
      const device = reason === 'fork' ? newId() : head.device;
      const waiting = inNewEpoch(rows.many('operations', await transaction.all('operations')), epoch);
      for (const operation of waiting) transaction.put('operations', asDevice(operation, device));
      transaction.put('ledger', { ...head, device, epoch, formerEpoch: head.epoch, seq: waiting.length });
    });
  }

  /**
   * What a restored server has lost waits again, in the order in which all was made, in a new epoch: the server has
   * forgotten the numbers of the old one as well. Ids stay, so that twice is once.
   */
  async sendAgain(lost: readonly Operation[]): Promise<void> {
    const { records, rows, outbox, newId } = this.#parts;
    await records.write(['operations', 'ledger'], async (transaction) => {
      const head = await outbox.head(transaction);
      const kept = rows.many('operations', await transaction.all('operations'));
      const here = new Set(kept.map(({ opId }) => opId));
      const again = lost.filter(({ opId }) => !here.has(opId)).map(waitingAgain);
      // What was refused may have been refused only because what it builds on was lost.
      const all = [...again, ...kept.map(withAnotherChance)].sort(byClock);
      const epoch = newId();
      const waiting = inNewEpoch(
        all.map((operation, at) => ({ ...operation, seq: at + 1 })),
        epoch,
      );
      for (const operation of waiting) transaction.put('operations', operation);
      transaction.put('ledger', { ...head, epoch, formerEpoch: head.epoch, seq: waiting.length });
    });
  }
}

const withAnotherChance = (operation: Operation): Operation =>
  operation.state === 'rejected' ? waitingAgain(operation) : operation;

interface SendState {
  readonly state: Operation['state'];
  readonly tries: number;
  readonly nextAt: number;
  readonly err: string | undefined;
}

function withState(operation: Operation, { err, ...state }: SendState): Operation {
  const { err: _former, ...rest } = operation;
  return { ...rest, ...state, ...(err !== undefined && { err }) };
}
