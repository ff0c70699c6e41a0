import { afterEach, describe, expect, it } from 'vitest';
import type { VisionBridge, VisionBridgeOptions, WorkerEvent } from '../../../src/vision/vision-bridge.ts';
import { paintPhoto } from './paint-photo.ts';
import { openBridge } from './test-bridge.ts';

let bridge: VisionBridge | undefined;
afterEach(() => bridge?.close());

const realWorker = (name: string) =>
  new Worker(new URL('../../../workers/vision/vision.worker.ts', import.meta.url), { type: 'module', name });
const unrulyWorker = (mode: string) =>
  new Worker(new URL('./unruly.worker.ts', import.meta.url), {
    type: 'module',
    name: JSON.stringify({ mode }),
  });

/** The first workers misbehave in these ways, later ones are real. */
function openUnruly(modes: readonly string[], options: Partial<VisionBridgeOptions> = {}) {
  const events: WorkerEvent[] = [];
  const names: string[] = [];
  const waiting = [...modes];
  bridge = openBridge({
    silenceLimitMs: 20_000,
    ...options,
    createWorker: (name) => {
      names.push(name);
      const mode = waiting.shift();
      return mode ? unrulyWorker(mode) : realWorker(name);
    },
    onWorker: (event) => events.push(event),
  });
  return { bridge, events, names };
}

const square = { x: 16, y: 16, width: 24, height: 24 };
const photo = await paintPhoto({ width: 64, height: 64 }, [square]);
const long = await paintPhoto({ width: 2000, height: 1500 }, [square]);
const request = { modelId: 'tiny-squares', photo, name: 'photo.png' };
const longRequest = { ...request, photo: long };

describe('a worker that fails', () => {
  it.each([
    ['crash', {}],
    ['throw', {}],
    ['hang', { silenceLimitMs: 8000 }],
  ])('%s: is replaced and the job is run anew', async (mode, options) => {
    const { bridge, events, names } = openUnruly([mode], options);
    const outcome = await bridge.analyse(request);
    expect(outcome).toMatchObject({ ok: true, value: { tiles: 1 } });
    expect(events.map(({ kind }) => kind)).toEqual(['started', 'lost', 'started']);
    // A GPU's driver may have taken it: its successor does without.
    expect(names.map((name) => name.includes('"withoutGpu":true'))).toEqual([false, true]);
  });

  it('twice: the job fails with a reason, the next one works', async () => {
    const { bridge } = openUnruly(['crash', 'crash']);
    const outcome = await bridge.analyse(request);
    if (outcome.ok || outcome.kind !== 'worker-lost') throw new Error(JSON.stringify(outcome));
    expect(outcome.detail).toContain('planted crash');
    expect(await bridge.analyse(request)).toMatchObject({ ok: true });
  });

  it('a photo that fails poisons none of those that wait behind it', async () => {
    const { bridge } = openUnruly(['crash', 'throw']);
    const outcomes = await Promise.all([
      bridge.analyse(request),
      bridge.analyse({ ...request, photo: new Blob([]) }),
      bridge.analyse(request),
    ]);
    expect(outcomes.map((outcome) => (outcome.ok ? 'found' : outcome.kind))).toEqual([
      'worker-lost',
      'empty-file',
      'found',
    ]);
  });

  it('a runtime that fails gets one more try with one thread', async () => {
    const { bridge, names } = openUnruly(['no-memory']);
    expect(await bridge.analyse(request)).toMatchObject({ ok: true, value: { prepared: { threads: 1 } } });
    expect(names.map((name) => name.includes('"threads":1'))).toEqual([false, true]);
  });

  it('threads come back where one thread did not help', async () => {
    const { bridge } = openUnruly(['no-memory', 'no-memory']);
    expect(await bridge.analyse(request)).toMatchObject({ ok: false, kind: 'runtime-failed' });
    const outcome = await bridge.analyse(request);
    if (!outcome.ok) throw new Error(JSON.stringify(outcome));
    expect(outcome.value.prepared.threads).toBeGreaterThan(1);
  });

  it('is not taken for hanging while it tells of its steps', async () => {
    const { bridge, events } = openUnruly(['slow'], { silenceLimitMs: 1500 });
    expect(await bridge.prepare({ modelId: 'slow' })).toMatchObject({ ok: false, kind: 'no-space' });
    expect(events.map(({ kind }) => kind)).toEqual(['started']);
  });

  it('an unknown model is no fault of the worker', async () => {
    const { bridge, events } = openUnruly([]);
    expect(await bridge.prepare({ modelId: 'no-such-model' })).toMatchObject({
      ok: false,
      kind: 'pack-unavailable',
      modelId: 'no-such-model',
    });
    expect(events.map(({ kind }) => kind)).toEqual(['started']);
  });
});

describe('stopping', () => {
  it('stops a running job at its next tile', async () => {
    const { bridge, events } = openUnruly([]);
    const stop = new AbortController();
    let tiles = 0;
    let done = 0;
    const outcome = await bridge.analyse(longRequest, {
      signal: stop.signal,
      onEvent: (event) => {
        tiles = event.tiles;
        if (event.kind === 'tile') done = event.done;
        if (done === 3) stop.abort();
      },
    });
    expect(outcome).toEqual({ ok: false, kind: 'cancelled' });
    expect(done).toBeLessThan(tiles / 2);
    expect(events.map(({ kind }) => kind)).toEqual(['started']);
    expect(await bridge.analyse(request)).toMatchObject({ ok: true });
  });

  it('never begins a job that was stopped while it waited', async () => {
    const { bridge } = openUnruly([]);
    const stop = new AbortController();
    const running = bridge.analyse(longRequest);
    let heard = 0;
    const waiting = bridge.analyse(request, { signal: stop.signal, onEvent: () => heard++ });
    expect(bridge.pending).toBe(2);
    stop.abort();
    expect(await waiting).toEqual({ ok: false, kind: 'cancelled' });
    expect(await running).toMatchObject({ ok: true });
    expect(heard).toBe(0);
    expect(bridge.pending).toBe(0);
  });

  it('ends a worker that does not listen', async () => {
    const { bridge, events } = openUnruly(['deaf'], { cancelLimitMs: 200 });
    const stop = new AbortController();
    const running = bridge.analyse(request, { signal: stop.signal });
    setTimeout(() => stop.abort(), 300);
    expect(await running).toEqual({ ok: false, kind: 'cancelled' });
    expect(events.map(({ kind }) => kind)).toEqual(['started', 'lost']);
  });
});

it('gives memory back between photos', async () => {
  const { bridge, events } = openUnruly([], { recycleAfterMegapixels: 5 });
  for (let photos = 0; photos < 3; photos++) {
    expect(await bridge.analyse(longRequest)).toMatchObject({ ok: true });
  }
  expect(events.map(({ kind }) => kind)).toEqual(['started', 'recycled', 'started']);
});

it('a photo that is decoded ahead is the one that is found in, and in no other', async () => {
  const { bridge, events } = openUnruly([]);
  const at = (x: number) => paintPhoto({ width: 200, height: 64 }, [{ x, y: 16, width: 24, height: 24 }]);
  const [left, middle, right] = await Promise.all([at(16), at(80), at(144)]);
  const placeIn = async (photo: Blob, next?: Blob) => {
    const options = next ? { next: { photo: next, name: 'next.png' } } : {};
    const outcome = await bridge.analyse({ ...request, photo }, options);
    if (!outcome.ok) throw new Error(JSON.stringify(outcome));
    // A cell that is half bright counts: within eight pixels it is the same square.
    return Math.round((Math.min(...outcome.value.findings.map(({ box }) => box.x)) - 16) / 64);
  };
  expect(await placeIn(left, middle)).toBe(0);
  expect(await placeIn(middle, right)).toBe(1);
  // Another one comes first, then one that was named twice, then a file that is no photo.
  expect(await placeIn(left, right)).toBe(0);
  expect(await placeIn(right, new Blob(['no photo']))).toBe(2);
  expect(await bridge.analyse({ ...request, photo: new Blob(['no photo']) })).toMatchObject({ ok: false });
  expect(await placeIn(middle)).toBe(1);
  expect(events.map(({ kind }) => kind)).toEqual(['started']);
});
