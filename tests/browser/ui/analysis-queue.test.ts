import { describe, expect, it } from 'vitest';
import type { Capture } from '../../../core/contract/records.ts';
import type { AnalysePhoto } from '../../../src/app/analyse-photo.ts';
import { AnalysisQueue, type JobFailure } from '../../../src/app/analysis-queue.svelte.ts';
import { openMemoryStore } from '../../../src/storage/memory-store.ts';
import { analysisOf, draftOf, inspectionOf, photoOf } from '../../unit/storage/records-for-tests.ts';
import { unwrap } from '../../unit/storage/unwrap.ts';

async function captures(count: number): Promise<readonly Capture[]> {
  const store = openMemoryStore();
  const { id } = unwrap(await store.saveInspection(inspectionOf()));
  const all: Capture[] = [];
  for (let n = 0; n < count; n += 1) {
    all.push(unwrap(await store.savePhoto(draftOf(id, `${n}.jpg`), photoOf(n))));
  }
  return all;
}

/** A model whose answers the test gives by hand, photo by photo. */
function model() {
  const asked: { name: string; signal: AbortSignal; options: Parameters<AnalysePhoto>[2] }[] = [];
  const answers: ((failure?: JobFailure) => void)[] = [];
  const analyse: AnalysePhoto = (capture, _modelId, options) =>
    new Promise((resolve) => {
      asked.push({ name: capture.fileName, signal: options.signal, options });
      options.signal.addEventListener('abort', () => resolve({ ok: false, kind: 'cancelled' }));
      answers.push((failure) =>
        resolve(
          failure
            ? { ok: false, ...failure }
            : { ok: true, value: analysisOf(capture.inspectionId, capture.id) },
        ),
      );
    });
  return { analyse, asked, answer: (failure?: JobFailure) => answers.at(-1)?.(failure) };
}

const names = ({ asked }: ReturnType<typeof model>) => asked.map(({ name }) => name);

describe('the queue', () => {
  it('takes one photo after the other, in order, and forgets what is done', async () => {
    const [a, b] = await captures(2);
    const vision = model();
    const queue = new AnalysisQueue(vision.analyse);
    if (!a || !b) throw new Error('no captures');
    queue.add([a, b], 'm');
    expect(names(vision)).toEqual(['0.jpg']);
    vision.answer();
    await expect.poll(() => names(vision)).toEqual(['0.jpg', '1.jpg']);
    expect(queue.job(a.id)).toBeUndefined();
    expect(queue.open(a.inspectionId)).toHaveLength(1);
  });

  it('takes a photo once, however often it is added', async () => {
    const [a] = await captures(1);
    const vision = model();
    const queue = new AnalysisQueue(vision.analyse);
    if (!a) throw new Error('no capture');
    queue.add([a], 'm');
    queue.add([a], 'm');
    vision.answer();
    await expect.poll(() => queue.job(a.id)).toBeUndefined();
    expect(names(vision)).toEqual(['0.jpg']);
  });

  it('shows tiles as they come and starts over when the worker did', async () => {
    const [a] = await captures(1);
    const vision = model();
    const queue = new AnalysisQueue(vision.analyse);
    if (!a) throw new Error('no capture');
    queue.add([a], 'm');
    const size = { width: 10, height: 10 };
    const raw = {
      label: 'damage',
      labelIndex: 0,
      damageType: 'crack',
      score: 0.5,
      box: { x: 0, y: 0, width: 1, height: 1 },
      geometry: { kind: 'box', box: { x: 0, y: 0, width: 1, height: 1 } },
    } as const;
    const tell = vision.asked[0]?.options.onEvent;
    tell?.({ kind: 'photo', size, tiles: 4 });
    tell?.({ kind: 'tile', done: 1, tiles: 4, findings: [raw] });
    expect(queue.job(a.id)?.state).toMatchObject({ kind: 'running', done: 1, tiles: 4, findings: [raw] });
    tell?.({ kind: 'photo', size, tiles: 4 });
    expect(queue.job(a.id)?.state).toMatchObject({ done: 0, findings: [] });
  });

  it('pauses in the middle of a photo and begins that photo anew', async () => {
    const [a] = await captures(1);
    const vision = model();
    const queue = new AnalysisQueue(vision.analyse);
    if (!a) throw new Error('no capture');
    queue.add([a], 'm');
    queue.pause();
    expect(vision.asked[0]?.signal.aborted).toBe(true);
    await expect.poll(() => queue.job(a.id)?.state.kind).toBe('waiting');
    queue.resume();
    await expect.poll(() => names(vision)).toEqual(['0.jpg', '0.jpg']);
  });

  it('a photo that fails steps aside, and can be tried again', async () => {
    const [a, b] = await captures(2);
    const vision = model();
    const queue = new AnalysisQueue(vision.analyse);
    if (!a || !b) throw new Error('no captures');
    queue.add([a, b], 'm');
    vision.answer({ kind: 'undecodable', name: '0.jpg', detail: 'cut' });
    await expect.poll(() => names(vision)).toEqual(['0.jpg', '1.jpg']);
    expect(queue.job(a.id)?.state.kind).toBe('failed');
    vision.answer();
    queue.retry(a.id);
    await expect.poll(() => names(vision)).toEqual(['0.jpg', '1.jpg', '0.jpg']);
  });

  it('stops once, for all, where every photo would fail alike', async () => {
    const [a, b] = await captures(2);
    const vision = model();
    const queue = new AnalysisQueue(vision.analyse);
    if (!a || !b) throw new Error('no captures');
    queue.add([a, b], 'm');
    vision.answer({ kind: 'pack-unavailable', modelId: 'm', detail: 'offline' });
    await expect.poll(() => queue.stopped?.kind).toBe('pack-unavailable');
    expect(queue.open(a.inspectionId)).toHaveLength(2);
    expect(names(vision)).toEqual(['0.jpg']);
    queue.resume();
    await expect.poll(() => names(vision)).toEqual(['0.jpg', '0.jpg']);
  });

  it('lets go of an inspection, the running photo too', async () => {
    const [a, b] = await captures(2);
    const vision = model();
    const queue = new AnalysisQueue(vision.analyse);
    if (!a || !b) throw new Error('no captures');
    queue.add([a, b], 'm');
    expect(queue.cancel(a.inspectionId)).toHaveLength(2);
    expect(vision.asked[0]?.signal.aborted).toBe(true);
    expect(queue.open(a.inspectionId)).toEqual([]);
    queue.add([b], 'm');
    await expect.poll(() => names(vision)).toEqual(['0.jpg', '1.jpg']);
  });

  it('takes photos of the inspection on screen before those of others', async () => {
    const [a, b] = await captures(2);
    const [other] = await captures(1);
    const vision = model();
    const queue = new AnalysisQueue(vision.analyse);
    if (!a || !b || !other) throw new Error('no captures');
    queue.add([a, b, { ...other, fileName: 'other.jpg' }], 'm');
    queue.prefer(other.inspectionId);
    vision.answer();
    await expect.poll(() => names(vision)).toEqual(['0.jpg', 'other.jpg']);
  });
});
