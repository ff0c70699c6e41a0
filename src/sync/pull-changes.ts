import type { SyncStore } from '../storage/sync-store.ts';
import type { ApiClient, ApiFailure } from './api-client.ts';
import { followHistory } from './follow-history.ts';

export type Pulled = 'done' | 'unreached' | 'signed-out' | 'too-old';

export interface PullDeps {
  readonly store: SyncStore;
  readonly api: ApiClient;
  /** Rows a page; absent: as many as the server likes. Few where a line is cut every so often. */
  readonly rows?: number | undefined;
}

/** Takes what changed on the server, page by page, each together with its cursor. */
export async function pullChanges({ store, api, rows }: PullDeps, signal?: AbortSignal): Promise<Pulled> {
  let cursor = await store.cursor();
  for (;;) {
    signal?.throwIfAborted();
    const page = await api.changes(cursor, rows);
    const untold = page.ok && (await followHistory({ store, api }, page.value.history));
    if (untold) return passing(untold);
    if (page.ok) {
      await store.takePage(page.value.rows, page.value.cursor);
      // Read again: storage may want everything told anew.
      cursor = await store.cursor();
      if (!page.value.more && cursor !== undefined) return 'done';
      continue;
    }
    if (page.kind !== 'refused') return passing(page);
    // 410: the server's history is another one, or has forgotten too much. All is told again; nothing that
    // waits here is touched.
    if (page.problem.status !== 410 || cursor === undefined) return 'unreached';
    cursor = undefined;
    await store.takePage([], undefined);
  }
}

const passing = ({ kind }: ApiFailure): Exclude<Pulled, 'done'> =>
  kind === 'signed-out' || kind === 'too-old' ? kind : 'unreached';
