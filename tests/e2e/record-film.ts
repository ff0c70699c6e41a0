import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';

export const FILM = { width: 960, height: 720 };

/** Four seconds of the photo from a hand that trembles, as the browser's own recorder writes it. */
export async function recordFilm(page: Page, photo: string): Promise<Buffer> {
  const source = `data:image/jpeg;base64,${(await readFile(photo)).toString('base64')}`;
  const recorded = await page.evaluate(
    async ([from, { width, height }]) => {
      const image = new Image();
      image.src = from;
      await image.decode();
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width, height });
      const context = canvas.getContext('2d');
      // What is not drawn on screen is not recorded.
      document.body.append(canvas);
      const recorder = new MediaRecorder(canvas.captureStream(), { videoBitsPerSecond: 8e6 });
      const parts: Blob[] = [];
      recorder.ondataavailable = ({ data }) => parts.push(data);
      recorder.start(500);
      const zoom = 1.04 * Math.max(width / image.width, height / image.height);
      for (let at = 0; at < 40; at++) {
        const turn = at / 6;
        const [x, y] = [Math.cos(turn), Math.sin(2 * turn)].map((part) => -0.01 * width * (1 + part));
        context?.drawImage(image, x ?? 0, y ?? 0, image.width * zoom, image.height * zoom);
        await new Promise((resolve) => requestAnimationFrame(resolve));
        await new Promise((resolve) => setTimeout(resolve, 80));
      }
      await new Promise((resolve) => {
        recorder.onstop = resolve;
        recorder.stop();
      });
      canvas.remove();
      const reader = new FileReader();
      await new Promise((resolve) => {
        reader.onload = resolve;
        reader.readAsDataURL(new Blob(parts));
      });
      return reader.result as string;
    },
    [source, FILM] as const,
  );
  return Buffer.from(recorded.slice(recorded.indexOf(',') + 1), 'base64');
}
