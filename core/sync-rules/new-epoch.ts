import type { Operation } from '../contract/operation.ts';
import { formatClock, parseClock } from '../domain/hybrid-clock.ts';

/**
 * The operations that still wait, numbered anew from 1 in a new epoch, in their old order. Their ids stay:
 * what the server already has under the old numbers, it recognises. A rejected one keeps its number: it is not
 * sent, and its new number would be a gap.
 */
export function inNewEpoch(operations: readonly Operation[], epoch: string): Operation[] {
  return operations
    .filter((operation) => operation.state !== 'acked')
    .filter(({ state }) => state !== 'rejected')
    .sort((a, b) => a.seq - b.seq)
    .map((operation, place) => ({ ...operation, epoch, seq: place + 1 }));
}

/**
 * The same operation as another device's. Once a copy of this database is at large, the two must not be taken
 * for one device any more, or each would overwrite the other's values as if they were its own.
 */
export function asDevice(operation: Operation, device: string): Operation {
  const clock = parseClock(operation.hlc);
  return clock ? { ...operation, hlc: formatClock({ ...clock, device }) } : operation;
}
