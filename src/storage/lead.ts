export interface LeadOptions {
  /** How often the leader is heard, and after how much silence another takes over. */
  readonly beatMs?: number;
  readonly stallMs?: number;
}

/**
 * Runs `work` in one tab at a time, for as long as this one lives: when the leading tab closes, or is heard no
 * more (frozen by the system while it holds the lock), another begins. Its signal aborts when another
 * has taken over. Two that lead for a moment must be harmless. Returns how to stop.
 */
export function lead(
  name: string,
  work: (signal: AbortSignal) => Promise<void>,
  { beatMs = 2000, stallMs = 10_000 }: LeadOptions = {},
): () => void {
  const channel = new BroadcastChannel(`${name}-leader`);
  const stopped = new AbortController();
  let heardAt = performance.now();
  channel.addEventListener('message', () => (heardAt = performance.now()));

  const asLeader = async (): Promise<void> => {
    const term = new AbortController();
    const end = (): void => term.abort();
    terms.add(end);
    stopped.signal.addEventListener('abort', end);
    const beat = setInterval(() => channel.postMessage('here'), beatMs);
    channel.postMessage('here');
    try {
      await work(term.signal);
      // The lead is kept when there is nothing to do: whoever took it next would find nothing either.
      await aborted(term.signal);
    } finally {
      clearInterval(beat);
      terms.delete(end);
    }
  };
  const terms = new Set<() => void>();

  const stand = async (steal: boolean): Promise<void> => {
    const options = steal ? { steal } : { signal: stopped.signal };
    // Rejects when stopped, and when another tab has taken the lock away.
    await navigator.locks.request(`${name}-leader`, options, asLeader).catch(() => undefined);
    for (const end of terms) end();
    if (stopped.signal.aborted) return;
    heardAt = performance.now();
    await stand(false);
  };
  const watch = setInterval(() => {
    if (terms.size > 0 || performance.now() - heardAt <= stallMs) return;
    heardAt = performance.now();
    void stand(true);
  }, beatMs);
  void stand(false);

  return () => {
    clearInterval(watch);
    stopped.abort();
    channel.close();
  };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
