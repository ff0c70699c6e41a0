import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ExplainProgress } from '../../../core/contract/explanation.ts';
import { paintPhoto } from './paint-photo.ts';
import { openBridge } from './test-bridge.ts';

const bridge = openBridge();
afterEach(() => bridge.close());

const square = { x: 150, y: 90, width: 24, height: 24 };
const photo = await paintPhoto({ width: 300, height: 170 }, [square]);

describe.each(['tiny-squares', 'tiny-mask'])('%s', (modelId) => {
  it('looks at a frame in one run', async () => {
    const frame = await createImageBitmap(
      await paintPhoto({ width: 64, height: 48 }, [{ ...square, x: 16, y: 16 }]),
    );
    const outcome = await bridge.look({ modelId, frame });
    if (!outcome.ok) throw new Error(JSON.stringify(outcome));
    expect(outcome.value.size).toEqual({ width: 64, height: 48 });
    expect(outcome.value.findings.length).toBeGreaterThan(0);
    for (const { box } of outcome.value.findings) {
      expect([box.x >= 12, box.y >= 12, box.x + box.width <= 44, box.y + box.height <= 44]).not.toContain(
        false,
      );
    }
    expect(frame.width).toBe(0);
  });

  it('shows on which part of the photo a finding rests', async () => {
    const found = await bridge.analyse({ modelId, photo, name: 'square.png' });
    const finding = found.ok ? found.value.findings[0] : undefined;
    if (!finding) throw new Error('nothing found');
    const progress: ExplainProgress[] = [];
    const { box, label } = finding;
    const outcome = await bridge.explain(
      { modelId, photo, name: 'square.png', box, label },
      { onProgress: (step) => progress.push(step) },
    );
    if (!outcome.ok) throw new Error(JSON.stringify(outcome));
    const { scores, region, columns, rows, drops } = outcome.value;
    expect(scores[0]).toMatchObject({ label: 'bright', labelIndex: 0, threshold: 0.9 });
    expect(scores[0]?.score).toBeGreaterThan(0.9);
    expect(drops).toHaveLength(columns * rows);
    expect(Math.max(...drops)).toBeGreaterThan(0.1);
    // What is black already loses nothing by being covered.
    for (const [at, drop] of drops.entries()) {
      const x = region.x + ((at % columns) * region.width) / columns;
      const y = region.y + (Math.floor(at / columns) * region.height) / rows;
      const outside =
        x >= square.x + square.width ||
        y >= square.y + square.height ||
        x + region.width / columns <= square.x ||
        y + region.height / rows <= square.y;
      if (outside) expect(Math.abs(drop)).toBeLessThan(0.05);
    }
    // Progress has a port of its own, and the answer may overtake it.
    await vi.waitUntil(() => progress.length === columns * rows + 1);
    expect(progress.at(-1)).toEqual({ done: progress.length, runs: progress.length });
  });
});

it('can be stopped', async () => {
  const stop = new AbortController();
  const answer = bridge.explain(
    { modelId: 'tiny-mask', photo, name: 'square.png', box: square },
    { signal: stop.signal },
  );
  // At once: so small a network may be through before its first progress is heard.
  stop.abort();
  expect(await answer).toEqual({ ok: false, kind: 'cancelled' });
});
