import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AnalysisEvent } from '../../../core/contract/vision-worker.ts';
import { paintPhoto } from './paint-photo.ts';
import { forgetPacks, openBridge } from './test-bridge.ts';

const bridge = openBridge();
beforeEach(forgetPacks);
afterEach(() => bridge.close());

describe('a photo through the bridge', () => {
  it('finds what is painted, in photo pixels, over all tiles', async () => {
    const squares = [
      { x: 20, y: 12, width: 24, height: 24 },
      { x: 250, y: 130, width: 24, height: 24 },
    ];
    const photo = await paintPhoto({ width: 300, height: 170 }, squares);
    const events: AnalysisEvent[] = [];
    const outcome = await bridge.analyse(
      { modelId: 'tiny-squares', photo, name: 'painted.png' },
      { onEvent: (event) => events.push(event) },
    );
    if (!outcome.ok) throw new Error(JSON.stringify(outcome));
    const { findings, photo: size, tiles, prepared, times } = outcome.value;
    expect(size).toEqual({ width: 300, height: 170 });
    expect(tiles).toBeGreaterThan(10);
    for (const square of squares) {
      expect(findings.some(({ box }) => inside(box, square))).toBe(true);
    }
    expect(findings.every(({ box }) => squares.some((square) => inside(box, square)))).toBe(true);
    expect(prepared.selfTest).toMatchObject({ verdict: 'passed', cases: 2, runtime: 'onnx-wasm' });
    expect(events[0]).toEqual({ kind: 'photo', size, tiles });
    expect(events.filter(({ kind }) => kind === 'tile')).toHaveLength(tiles);
    expect(times.total).toBeGreaterThan(times.infer);
  });
});

type Rect = Readonly<Record<'x' | 'y' | 'width' | 'height', number>>;
/** Within a cell's side: a cell that is half bright counts as found. */
const inside = (box: Rect, square: Rect): boolean =>
  box.x >= square.x - 4 &&
  box.y >= square.y - 4 &&
  box.x + box.width <= square.x + square.width + 4 &&
  box.y + box.height <= square.y + square.height + 4;
