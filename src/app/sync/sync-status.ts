import * as v from 'valibot';
import type { SyncState } from '../../sync/syncer.ts';

const STATES = [
  ...(['not-enrolled', 'idle', 'sending', 'unreached', 'signed-out', 'too-old'] as const),
] as const satisfies readonly SyncState[];

/** Who answered in the server's place: nobody, a sign-in page, the server itself asking to wait, something on the way. */
export const Reason = v.picklist(['no-answer', 'portal', 'asked-to-wait', 'trouble']);
export type Reason = v.InferOutput<typeof Reason>;

/** How it stands, as the leading tab tells the others. Times are wall ms. */
export const SyncStatus = v.object({
  state: v.picklist(STATES),
  reason: v.optional(Reason),
  /** When the next round is made, as long as nothing happens before. */
  nextAt: v.optional(v.number()),
  /** When everything that waited had arrived. */
  lastAt: v.optional(v.number()),
  /** Photos on their way, in bytes. */
  sending: v.array(v.object({ sha256: v.string(), done: v.number(), all: v.number() })),
});
export type SyncStatus = v.InferOutput<typeof SyncStatus>;

/** What tabs say to each other: how it stands; what somebody wants; that the account or the pause has changed. */
export const TabMessage = v.variant('kind', [
  v.object({ kind: v.literal('status'), status: SyncStatus }),
  v.object({ kind: v.literal('now') }),
  v.object({ kind: v.literal('changed') }),
  v.object({ kind: v.literal('hello') }),
]);
export type TabMessage = v.InferOutput<typeof TabMessage>;

export function reasonOf({ status, retryAfterMs, isPage = false }: Trouble): Reason {
  if (status === undefined) return 'no-answer';
  if (status === 429 || (status === 503 && retryAfterMs > 0)) return 'asked-to-wait';
  return status === 511 || (status < 400 && isPage) ? 'portal' : 'trouble';
}

/** What came in place of the server's answer. */
interface Trouble {
  readonly status: number | undefined;
  readonly retryAfterMs: number;
  readonly isPage?: boolean;
}
