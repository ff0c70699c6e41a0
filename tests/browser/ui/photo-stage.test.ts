import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { PhotoView } from '../../../src/app/photo-view.svelte.ts';
import { loadTexts } from '../../../src/app/text/text.ts';
import { SQUARE, storedPhoto, UPRIGHT } from '../vision/stored-photo.ts';
import StageHarness from './StageHarness.svelte';

beforeAll(loadTexts);

async function stageOf(orientation: number, width: number, height: number) {
  const url = URL.createObjectURL(await storedPhoto(orientation));
  onTestFinished(() => URL.revokeObjectURL(url));
  const view = new PhotoView();
  view.show(UPRIGHT);
  const props = { url, view, box: SQUARE, width, height };
  const { container, rerender } = await render(StageHarness, props);
  await expect.poll(() => container.querySelector<HTMLImageElement>('img.loaded')?.complete).toBe(true);
  const img = container.querySelector<HTMLImageElement>('img.loaded');
  const frame = container.querySelector('rect.line');
  if (!img || !frame) throw new Error('no photo or no frame');
  const turn = (nextWidth: number, nextHeight: number) =>
    rerender({ ...props, width: nextWidth, height: nextHeight });
  return { img, frame, view, turn };
}

/** Where the white square lies on the screen, from the picture as the browser shows it. */
function squareOnScreen(img: HTMLImageElement): readonly number[] {
  const shown = img.getBoundingClientRect();
  const canvas = new OffscreenCanvas(img.naturalWidth, img.naturalHeight);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no 2D canvas');
  context.drawImage(img, 0, 0);
  const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
  const white = Array.from({ length: width * height }, (_, at) => at).filter(
    (at) => (data[at * 4] ?? 0) > 128,
  );
  const columns = white.map((at) => at % width);
  const rows = white.map((at) => Math.floor(at / width));
  const left = Math.min(...columns);
  const top = Math.min(...rows);
  const k = shown.width / width;
  return [
    shown.left + left * k,
    shown.top + top * k,
    (Math.max(...columns) + 1 - left) * k,
    (Math.max(...rows) + 1 - top) * k,
  ];
}

/** Waits for the frame, which follows the photo with the next drawing; within a CSS pixel. */
async function expectFrameOnSquare({ img, frame }: { img: HTMLImageElement; frame: Element }): Promise<void> {
  const furthestOff = () => {
    const { left, top, width, height } = frame.getBoundingClientRect();
    const actual = [left, top, width, height];
    return Math.max(...squareOnScreen(img).map((wanted, index) => Math.abs((actual[index] ?? NaN) - wanted)));
  };
  await expect.poll(furthestOff).toBeLessThan(1);
}

it.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'the frame lies on the damage for EXIF orientation %i, after zoom and turning the tablet',
  async (orientation) => {
    const stage = await stageOf(orientation, 600, 500);
    expect([stage.img.naturalWidth, stage.img.naturalHeight]).toEqual([UPRIGHT.width, UPRIGHT.height]);
    await expectFrameOnSquare(stage);

    const { scale } = stage.view;
    await page.getByRole('button', { name: 'Zoom in' }).click();
    expect(stage.view.scale).toBeCloseTo(scale * 1.5, 6);
    await expectFrameOnSquare(stage);

    await stage.turn(400, 700);
    await expect.poll(() => stage.view.stage).toEqual({ width: 400, height: 700 });
    await expectFrameOnSquare(stage);

    await page.getByRole('button', { name: 'Whole photo' }).click();
    expect(stage.view.scale).toBeCloseTo(400 / 60, 6);
    await expectFrameOnSquare(stage);
  },
);

it('frames keep their stroke at any zoom', async () => {
  const { frame } = await stageOf(1, 600, 500);
  expect(getComputedStyle(frame).vectorEffect).toBe('non-scaling-stroke');
});

it.each([
  ['touchmove', 'img.loaded', true],
  ['touchend', 'img.loaded', true],
  ['touchmove', '.tools button', true],
  ['touchend', '.tools button', false],
] as const)('%s on %s is kept from becoming a fling or a click: %s', async (type, selector, isPrevented) => {
  await stageOf(1, 600, 500);
  const target = document.querySelector(selector);
  if (!target) throw new Error(`no ${selector}`);
  const touch = new Touch({ identifier: 1, target });
  const event = new TouchEvent(type, { changedTouches: [touch], bubbles: true, cancelable: true });
  target.dispatchEvent(event);
  expect(event.defaultPrevented).toBe(isPrevented);
});
