import { expect, it, onTestFinished } from 'vitest';
import { lead } from '../../../src/storage/lead.ts';

const FAST = { beatMs: 20, stallMs: 150 };

/** Tabs that would sync; `leading` names those whose work runs. */
function tabs(...names: string[]) {
  const name = `test-${crypto.randomUUID()}`;
  const leading: string[] = [];
  const stops = new Map(
    names.map((tab) => {
      const work = async (signal: AbortSignal): Promise<void> => {
        leading.push(tab);
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        leading.splice(leading.indexOf(tab), 1);
      };
      return [tab, lead(name, work, FAST)];
    }),
  );
  onTestFinished(() => {
    for (const stop of stops.values()) stop();
  });
  return { name, leading, stop: (tab: string) => stops.get(tab)?.() };
}

it('one of three tabs leads, and the next takes over when it closes', async () => {
  const { leading, stop } = tabs('a', 'b', 'c');
  await expect.poll(() => leading).toEqual(['a']);
  await new Promise((resolve) => setTimeout(resolve, 3 * FAST.stallMs));
  expect(leading).toEqual(['a']);
  stop('a');
  await expect.poll(() => leading).toEqual(['b']);
  stop('b');
  await expect.poll(() => leading).toEqual(['c']);
});

it('a tab that was frozen while it led is replaced', async () => {
  const name = `test-${crypto.randomUUID()}`;
  // It holds the lock and says nothing any more.
  void navigator.locks.request(`${name}-leader`, () => new Promise(() => undefined)).catch(() => undefined);
  let isLeading = false;
  const stop = lead(
    name,
    async (signal) => {
      isLeading = true;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      isLeading = false;
    },
    FAST,
  );
  await expect.poll(() => isLeading).toBe(true);
  stop();
  await expect.poll(() => isLeading).toBe(false);
});

it('one that lost the lead stops, and stands again', async () => {
  const { name, leading, stop } = tabs('a');
  await expect.poll(() => leading).toEqual(['a']);
  let free: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (free = resolve));
  const beat = new BroadcastChannel(`${name}-leader`);
  const timer = setInterval(() => beat.postMessage('here'), FAST.beatMs);
  void navigator.locks.request(`${name}-leader`, { steal: true }, () => held);
  await expect.poll(() => leading).toEqual([]);
  clearInterval(timer);
  beat.close();
  free();
  await expect.poll(() => leading).toEqual(['a']);
  stop('a');
});
