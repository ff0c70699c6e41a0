import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SyncLoop } from '../../../src/sync/sync-loop.ts';
import type { SyncState } from '../../../src/sync/syncer.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function loopOf(states: SyncState[], due?: number) {
  let rounds = 0;
  const abort = new AbortController();
  const hurried = vi.fn(() => Promise.resolve());
  const loop = new SyncLoop({
    round: () => {
      rounds++;
      return Promise.resolve(states.shift() ?? 'idle');
    },
    pauseMs: () => 5000,
    hurry: hurried,
    dueInMs: () => Promise.resolve(due),
  });
  const over = loop.run(abort.signal);
  return { loop, abort, over, hurried, rounds: () => rounds };
}

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

describe('when rounds are made', () => {
  it('at the start, and every minute while nothing waits', async () => {
    const { rounds } = loopOf([]);
    await pass(0);
    expect(rounds()).toBe(1);
    await pass(59_000);
    expect(rounds()).toBe(1);
    await pass(1000);
    expect(rounds()).toBe(2);
  });

  it('after the pause where nobody was reached', async () => {
    const { rounds } = loopOf(['unreached']);
    await pass(4999);
    expect(rounds()).toBe(1);
    await pass(1);
    expect(rounds()).toBe(2);
  });

  it('when what waits may be sent again, though the server was reached', async () => {
    const { rounds } = loopOf(['idle'], 2000);
    await pass(1999);
    expect(rounds()).toBe(1);
    await pass(1);
    expect(rounds()).toBe(2);
  });

  it('soon after saves, once for many', async () => {
    const { loop, rounds } = loopOf(['unreached'], 0);
    await pass(0);
    for (let save = 0; save < 5; save++) {
      loop.saved();
      await pass(500);
    }
    expect(rounds()).toBe(1);
    await pass(1000);
    expect(rounds()).toBe(2);
  });

  it('not after a save that has to wait behind others', async () => {
    const { loop, rounds } = loopOf(['unreached'], 4000);
    await pass(0);
    loop.saved();
    await pass(3000);
    expect(rounds()).toBe(1);
  });

  it('at once when somebody asks, with nothing waiting for its pause any more', async () => {
    const { loop, rounds, hurried } = loopOf(['unreached']);
    await pass(0);
    await loop.now();
    await pass(0);
    expect(rounds()).toBe(2);
    expect(hurried).toHaveBeenCalledOnce();
  });

  it('not while paused, and at once afterwards', async () => {
    const { loop, rounds } = loopOf([]);
    await pass(0);
    loop.pause(true);
    await pass(600_000);
    expect(rounds()).toBe(1);
    loop.pause(false);
    await pass(0);
    expect(rounds()).toBe(2);
  });

  it('none once another tab leads', async () => {
    const { abort, over, rounds } = loopOf([]);
    await pass(0);
    abort.abort();
    await over;
    await pass(600_000);
    expect(rounds()).toBe(1);
  });
});
