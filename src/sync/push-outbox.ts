import type { Operation } from '../../core/contract/operation.ts';
import type { PushResult } from '../../core/contract/sync.ts';
import { answered, unanswered } from '../../core/sync-rules/outbox-state.ts';
import type { SyncStore } from '../storage/sync-store.ts';
import type { ApiClient, ApiFailure } from './api-client.ts';

export interface PushDeps {
  readonly store: SyncStore;
  readonly api: ApiClient;
  /** As the server knows it. */
  readonly device: string;
  readonly now: () => number;
  /** From 0 to 1, to spread devices. */
  readonly chance: () => number;
}

/** What a push came to: nothing left that is due, or why it stopped. */
export type Pushed = 'done' | 'unreached' | 'signed-out' | 'too-old';

/** Sends what waits, batch by batch, until nothing is due or no answer comes. */
export async function pushOutbox(deps: PushDeps): Promise<Pushed> {
  // What was made since must not overtake what is stopped.
  const states = new Set((await deps.store.operations()).map(({ state }) => state));
  if (states.has('blocked-auth')) return 'signed-out';
  if (states.has('blocked-upgrade')) return 'too-old';
  for (;;) {
    const batch = await deps.store.queue.next(deps.now());
    if (batch.length === 0) return 'done';
    const stopped = await pushBatch(deps, batch);
    if (stopped) return stopped;
  }
}

async function pushBatch(deps: PushDeps, batch: readonly Operation[]): Promise<Pushed | undefined> {
  const { store, api } = deps;
  const answer = await api.push(batch);
  if (answer.ok) {
    await settle(store, batch, answer.value.results);
    // An answer that leaves some out must not be asked for again at once, and for ever.
    const known = new Set(answer.value.results.map(({ opId }) => opId));
    const left = batch.filter(({ opId }) => !known.has(opId));
    return left.length === 0 ? undefined : waitFor(deps, left, 0);
  }
  return afterFailure(deps, batch, answer);
}

async function afterFailure(
  deps: PushDeps,
  batch: readonly Operation[],
  failure: ApiFailure,
): Promise<Pushed | undefined> {
  const { store, device } = deps;
  switch (failure.kind) {
    case 'unreached':
      return waitFor(deps, batch, failure.retryAfterMs);
    case 'signed-out':
      await store.setObstacle('blocked-auth', true, device);
      return 'signed-out';
    case 'too-old':
      await store.setObstacle('blocked-upgrade', true);
      return 'too-old';
    case 'too-large':
      return halve(deps, batch, 'It is too large for the server.');
    case 'refused':
      await settle(store, batch, failure.problem.results ?? []);
      return afterRefusal(deps, batch, failure.problem);
  }
}

async function afterRefusal(
  deps: PushDeps,
  batch: readonly Operation[],
  { trouble, opId, detail }: Extract<ApiFailure, { kind: 'refused' }>['problem'],
): Promise<Pushed | undefined> {
  const { store } = deps;
  if (trouble === 'gap' || trouble === 'fork') {
    await store.queue.newEpoch(trouble);
    return undefined;
  }
  if (trouble === 'forged') {
    await store.queue.settle(
      batch.filter((operation) => operation.opId === opId).map((one) => answered(one, 'rejected', detail)),
    );
    return undefined;
  }
  return halve(deps, batch, detail);
}

/** One of them is what the server does not take; alone, it is known and set aside. */
async function halve(deps: PushDeps, batch: readonly Operation[], why: string): Promise<Pushed | undefined> {
  const [first, ...others] = batch;
  if (!first) return undefined;
  if (others.length === 0) {
    await deps.store.queue.settle([answered(first, 'rejected', why)]);
    return undefined;
  }
  return pushBatch(deps, batch.slice(0, Math.ceil(batch.length / 2)));
}

/** Everything that waits, waits: what is behind must not overtake. */
async function waitFor(
  { store, now, chance }: PushDeps,
  batch: readonly Operation[],
  retryAfterMs: number,
): Promise<Pushed> {
  const luck = chance();
  await store.queue.settle(batch.map((one) => unanswered(one, now(), luck, retryAfterMs)));
  return 'unreached';
}

async function settle(
  store: SyncStore,
  batch: readonly Operation[],
  results: readonly PushResult[],
): Promise<void> {
  const sent = new Map(batch.map((operation) => [operation.opId, operation]));
  const settled = results.flatMap(({ opId, result, detail }) => {
    const operation = sent.get(opId);
    return operation ? [answered(operation, result, detail)] : [];
  });
  if (settled.length > 0) await store.queue.settle(settled);
}
