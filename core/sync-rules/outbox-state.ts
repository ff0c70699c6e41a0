import { PARENTS } from '../contract/operation-fields.ts';
import type { Operation } from '../contract/operation.ts';

/** A push holds at most so many operations, and so many characters of them. */
export const MOST_OPERATIONS = 100;
export const MOST_CHARACTERS = 1024 * 1024;
/** After many tries in vain; one operation goes whatever its size. */
export const LEAST_CHARACTERS = 16 * 1024;
const FIRST_PAUSE_MS = 1000;
export const LONGEST_PAUSE_MS = 5 * 60 * 1000;

/** What a server says of one operation. */
export type Answer = 'applied' | 'duplicate' | 'merged' | 'conflict' | 'rejected';
export type Obstacle = 'blocked-auth' | 'blocked-upgrade';

/**
 * What to send next: first in, first out, as much as fits. An operation that has to wait holds back those
 * behind it, or a server would see a gap; one that is rejected or blocked does not.
 */
export function nextBatch(operations: readonly Operation[], now: number): Operation[] {
  const waiting = operations.filter(({ state }) => state === 'pending').sort((a, b) => a.seq - b.seq);
  const batch: Operation[] = [];
  let characters = 0;
  const most = mostCharacters(waiting[0]?.tries ?? 0);
  for (const operation of waiting) {
    characters += JSON.stringify(operation).length;
    const isFull = batch.length === MOST_OPERATIONS || (batch.length > 0 && characters > most);
    if (isFull || !isDue(operation, now)) break;
    batch.push(operation);
  }
  return batch;
}

/** A line that is cut every so often lets a smaller push through where a large one never arrives. */
const mostCharacters = (tries: number): number =>
  Math.max(LEAST_CHARACTERS, MOST_CHARACTERS / 2 ** Math.min(tries, 20));

/** No pause is longer than the longest: one that seems to be was set before the clock went back. */
export function isDue({ nextAt }: Pick<Operation, 'nextAt'>, now: number): boolean {
  return nextAt <= now || nextAt - now > LONGEST_PAUSE_MS;
}

/** Only an answer for this very operation ends its waiting; it is kept until somebody has seen a rejection. */
export function answered(operation: Operation, answer: Answer, detail?: string): Operation {
  if (answer !== 'rejected') return { ...operation, state: 'acked' };
  return { ...operation, state: 'rejected', err: detail ?? 'rejected' };
}

/** No answer came: try again, for ever, after a pause that grows. `chance` from 0 to 1 spreads devices. */
export function unanswered(operation: Operation, now: number, chance: number, retryAfterMs = 0): Operation {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(operation.tries, 20));
  const pause = Math.min(LONGEST_PAUSE_MS, Math.max(retryAfterMs, chance * longest));
  return { ...operation, tries: operation.tries + 1, nextAt: now + pause };
}

/** As when it was made. */
export function waitingAgain(operation: Operation): Operation {
  const { err: _former, ...rest } = operation;
  return { ...rest, state: 'pending', tries: 0, nextAt: 0 };
}

/**
 * Whether an operation that was refused is worth sending again once a server tells of a record: what it builds on may
 * have been missing, as after a restore from backup until its maker has sent it again.
 */
export const mayPassNow = (
  { state, entity, id, fields }: Operation,
  told: Pick<Operation, 'entity' | 'id'>,
): boolean => {
  const parents: Readonly<Record<string, Operation['entity']>> = PARENTS[entity];
  const isOn = entity === told.entity && id === told.id;
  const isBelow = Object.entries(parents).some(
    ([name, parent]) => parent === told.entity && fields[name] === told.id,
  );
  return state === 'rejected' && (isOn || isBelow);
};

/** Nothing more goes out until the person has signed in again, or the app is new enough. */
export const blocked = (operation: Operation, obstacle: Obstacle): Operation =>
  operation.state === 'pending' ? { ...operation, state: obstacle } : operation;

export const unblocked = (operation: Operation, obstacle: Obstacle): Operation =>
  operation.state === obstacle ? { ...operation, state: 'pending', nextAt: 0 } : operation;
