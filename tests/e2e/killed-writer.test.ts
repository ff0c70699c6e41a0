import type { Page } from 'playwright-core';
import { expect, inject, it } from 'vitest';
import type { SyncAccessHandle } from '../../src/storage/opfs-types.ts';
import { bladePhotos } from './photos.ts';
import { Tablet } from './tablet.ts';
import { addPhotos, beginInspection, checkedPhotos } from './technician.ts';

// Where a kill strikes in tests/e2e/device-faults.test.ts chance decides; here the writer stands still just there.
const url = inject('appUrl');

/** In the writer's worker: from now on it stands still for ever with half of a photo's bytes written. */
function standStillMidFile(): void {
  const { prototype } = Reflect.get(globalThis, 'FileSystemSyncAccessHandle') as {
    readonly prototype: { write: SyncAccessHandle['write'] };
  };
  const { write } = prototype;
  prototype.write = function (bytes: ArrayBuffer, options) {
    // A sidecar or a line of the journal is smaller.
    if (bytes.byteLength < 10_000) return write.call(this, bytes, options);
    write.call(this, bytes.slice(0, bytes.byteLength / 2), options);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    return 0;
  };
}

/** The same once a photo has its final name, before the page hears of it. */
function standStillAfterMove(): void {
  const { prototype } = FileSystemFileHandle as unknown as {
    readonly prototype: { move: (to: string) => Promise<void> };
  };
  const { move } = prototype;
  prototype.move = async function (to) {
    await move.call(this, to);
    if (to.endsWith('.photo')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
}

it.each([
  [
    'while a photo’s file is written: what is half is removed',
    standStillMidFile,
    ['.photo', '.photo.part'],
    1,
  ],
  ['between a photo’s move and its record: both are there', standStillAfterMove, ['.photo', '.photo'], 2],
])('10: SIGKILL %s', async (_when, standStill, before, photos) => {
  await using tablet = await Tablet.start({ url });
  const page = await tablet.open();
  await beginInspection(page, 'WTG-57');
  const [first = '', second = ''] = bladePhotos(2);
  await addPhotos(page, first, 1);
  const writer = page.workers().find((worker) => worker.url().includes('photo-writer.worker'));
  if (!writer) throw new Error('there is no photo writer');
  await writer.evaluate(standStill);
  await page.getByTestId('files').setInputFiles(second);
  await expect.poll(() => photoFiles(page)).toEqual(before);
  const answer = writer.evaluate(() => 'answers').catch(() => 'ended');
  expect(await Promise.race([answer, page.waitForTimeout(2000)])).toBeUndefined();
  expect(await page.getByText('1 photo saved', { exact: true }).count()).toBe(1);
  await tablet.kill();

  await tablet.startBrowser();
  const again = await tablet.open();
  if (photos > 1) await again.getByText('1 photo was brought back.').waitFor();
  await again.getByRole('link', { name: /WTG-57/ }).waitFor();
  expect(await checkedPhotos(again, url)).toBe(photos);
  expect(await photoFiles(again)).toEqual(Array(photos).fill('.photo'));
});

/** How the names of photo files end, sorted. */
const photoFiles = (page: Page): Promise<readonly string[]> =>
  page.evaluate(async () => {
    const endings: string[] = [];
    for await (const folder of (await navigator.storage.getDirectory()).values()) {
      if (folder.kind !== 'directory') continue;
      for await (const name of (folder as FileSystemDirectoryHandle).keys())
        endings.push(...(/\.photo.*/.exec(name) ?? []));
    }
    return endings.sort();
  });
