import type { Operation } from '../contract/operation.ts';

/**
 * The operations that still wait, numbered anew from 1 in a new epoch, in their old order. Their ids stay:
 * what the server already has under the old numbers, it recognises.
 */
export function inNewEpoch(operations: readonly Operation[], epoch: string): Operation[] {
  return operations
    .filter((operation) => operation.state !== 'acked')
    .sort((a, b) => a.seq - b.seq)
    .map((operation, place) => ({ ...operation, epoch, seq: place + 1 }));
}
