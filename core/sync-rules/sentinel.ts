/** How far a database had come, noted outside of it. */
export interface Sentinel {
  readonly epoch: string;
  readonly seq: number;
}

export interface DatabaseHead extends Sentinel {
  readonly formerEpoch?: string | undefined;
}

/**
 * emptied: the database is gone, or another one is in its place. rolled-back: it is an older state of
 * itself, such as a restored profile. The browser tells of neither.
 */
export type Loss = 'emptied' | 'rolled-back';

/** What must have been lost, given what was noted outside. A sentinel that lags behind proves nothing. */
export function lossBySentinels(head: DatabaseHead | undefined, seen: readonly Sentinel[]): Loss | undefined {
  if (seen.some((sentinel) => !knows(head, sentinel))) return 'emptied';
  const isBehind = seen.some((sentinel) => sentinel.epoch === head?.epoch && sentinel.seq > head.seq);
  return isBehind ? 'rolled-back' : undefined;
}

const knows = (head: DatabaseHead | undefined, { epoch }: Sentinel): boolean =>
  head !== undefined && (epoch === head.epoch || epoch === head.formerEpoch);
