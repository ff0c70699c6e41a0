import { afterEach, expect, it, vi } from 'vitest';
import type { LookResult } from '../../../core/contract/live-look.ts';
import { succeed } from '../../../core/domain/outcome.ts';
import { LiveFindings } from '../../../src/app/live-findings.svelte.ts';

const SIZE = { width: 320, height: 240 };
const box = { x: 40, y: 40, width: 60, height: 60 };
const finding = {
  label: 'damage',
  labelIndex: 0,
  damageType: 'unclassified',
  score: 0.5,
  box,
  geometry: { kind: 'box', box },
} as const;

/** A running picture whose brightness tells when it was painted, in steps of 10 ms. */
function openPicture() {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, SIZE);
  const context = canvas.getContext('2d');
  const begun = performance.now();
  const shade = () => Math.floor((performance.now() - begun) / 10) % 256;
  const timer = setInterval(() => {
    if (!context) return;
    const value = shade();
    context.fillStyle = `rgb(${value} ${value} ${value})`;
    context.fillRect(0, 0, SIZE.width, SIZE.height);
  }, 10);
  const video = document.createElement('video');
  Object.assign(video, { muted: true, srcObject: canvas.captureStream(60) });
  return { video, shade, stop: () => clearInterval(timer) };
}

function shadeOf(frame: ImageBitmap): number {
  const context = new OffscreenCanvas(1, 1).getContext('2d');
  context?.drawImage(frame, 0, 0, 1, 1);
  return context?.getImageData(0, 0, 1, 1).data[0] ?? NaN;
}

const open: (() => void)[] = [];
afterEach(() => open.splice(0).forEach((close) => close()));

it('looks at the newest frame, at one at a time, and keeps showing what it misses now and then', async () => {
  const picture = openPicture();
  open.push(picture.stop);
  await picture.video.play();
  const ages: number[] = [];
  let looking = 0;
  let most = 0;
  const look = async ({ frame }: { readonly frame: ImageBitmap }) => {
    most = Math.max(most, ++looking);
    ages.push((picture.shade() - shadeOf(frame) + 256) % 256);
    await new Promise((resolve) => setTimeout(resolve, 120));
    looking--;
    const result: LookResult = {
      size: SIZE,
      findings: ages.length % 3 === 0 ? [] : [finding],
      times: { pack: 0, infer: 120, merge: 0, total: 120 },
    };
    return succeed(result);
  };
  const live = new LiveFindings({ look, pending: 1 }, () => 'any');
  live.start(picture.video);
  open.push(() => live.stop());

  await vi.waitUntil(() => live.tracks.length === 1, { timeout: 20_000 });
  const shown: number[] = [];
  await vi.waitUntil(
    () => {
      shown.push(live.tracks.length);
      return ages.length > 12;
    },
    { timeout: 30_000, interval: 15 },
  );
  expect(new Set(shown)).toEqual(new Set([1]));
  expect(most).toBe(1);
  // Were frames to queue, the twelfth would be more than a second old: a hundred steps.
  expect(Math.max(...ages.slice(1))).toBeLessThan(60);
  expect(live.state).toBe('on');
  expect(live.perSecond).toBeGreaterThan(0);
  expect(live.warm).toBe(false);

  live.stop();
  expect([live.state, live.tracks]).toEqual(['off', []]);
});

it('goes off with the reason when the model cannot run', async () => {
  const picture = openPicture();
  open.push(picture.stop);
  await picture.video.play();
  const failure = { ok: false, kind: 'worker-lost', detail: 'planted' } as const;
  const live = new LiveFindings({ look: () => Promise.resolve(failure), pending: 0 }, () => 'any');
  live.start(picture.video);
  await vi.waitUntil(() => live.state === 'off', { timeout: 20_000 });
  expect(live.failure).toMatchObject({ kind: 'worker-lost' });
});
