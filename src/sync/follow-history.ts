import type { Operation } from '../../core/contract/operation.ts';
import type { SyncStore } from '../storage/sync-store.ts';
import type { ApiClient, ApiFailure } from './api-client.ts';

/** Ids asked for at once. */
const AT_ONCE = 500;

/**
 * Notices a server that was restored from a backup, by the name of its history, and puts what it lost back into the
 * outbox: what this device once had acknowledged and the server does not know. To be called before anything of
 * a new history is taken over, so that what comes back lies over the server's older values.
 */
export async function followHistory(
  { store, api }: { readonly store: SyncStore; readonly api: ApiClient },
  history: string | undefined,
): Promise<ApiFailure | undefined> {
  if (history === undefined) return undefined;
  const former = await store.history();
  if (former === history) return undefined;
  if (former !== undefined) {
    const lost: Operation[] = [];
    const all = await store.journalled();
    for (let from = 0; from < all.length; from += AT_ONCE) {
      const some = all.slice(from, from + AT_ONCE);
      const answer = await api.known(some.map(({ opId }) => opId));
      if (!answer.ok) return answer;
      const known = new Set(answer.value.known);
      lost.push(...some.filter(({ opId }) => !known.has(opId)));
    }
    await store.doubtReceipts();
    if (lost.length > 0) await store.queue.sendAgain(lost);
  }
  // Last: a device that is killed before begins again, and nothing is done twice.
  await store.keepHistory(history);
  return undefined;
}
