import { readFileSync } from 'node:fs';
import { expect, inject, it } from 'vitest';
import { bladePhotos } from './photos.ts';
import { Tablet } from './tablet.ts';
import { addPhotos, analysed, beginInspection, toInspection } from './technician.ts';

const url = inject('appUrl');

it('bad files are named with what to do, and the rest of the batch goes on', async () => {
  await using tablet = await Tablet.start({ url });
  const photo = readFileSync(bladePhotos(1)[0] ?? '');
  const jpeg = (name: string, buffer: Buffer) => ({ name, mimeType: 'image/jpeg', buffer });
  const page = await tablet.open();
  await beginInspection(page, 'WTG-08');
  await addPhotos(
    page,
    [
      jpeg('empty.jpg', Buffer.alloc(0)),
      jpeg('notes.jpg', Buffer.from('not a photo at all, only its name says so')),
      jpeg('good.jpg', photo),
      jpeg('bomb.png', pngHeader(60_000, 60_000)),
      jpeg('screen.gif', Buffer.from('GIF89a\x10\0\x10\0\0\0\0', 'latin1')),
    ],
    1,
  );
  const problems = page.getByRole('region', { name: /files? needs? a look/ });
  for (const [name, said] of [
    ['empty.jpg', 'The file is empty.'],
    ['notes.jpg', 'This is not a photo.'],
    ['bomb.png', 'megapixels'],
    ['screen.gif', 'cannot be read here'],
  ] as const) {
    await problems.getByRole('listitem').filter({ hasText: name }).filter({ hasText: said }).waitFor();
  }
  await toInspection(page);
  await analysed(page, 1);

  // A photo that broke on its way is kept as it is, and said to be broken.
  await page.getByRole('link', { name: 'Add photos' }).click();
  await page.getByTestId('files').setInputFiles([jpeg('cut.jpg', photo.subarray(0, photo.length / 3))]);
  await page.getByText('cut.jpg').first().waitFor();
  expect(tablet.pageErrors).toEqual([]);
});

/** A PNG that claims to be this large: enough for whoever reads sizes before pixels. */
function pngHeader(width: number, height: number): Buffer {
  const header = Buffer.from('89504e470d0a1a0a0000000d49484452000000000000000008060000000000000000', 'hex');
  header.writeUInt32BE(width, 16);
  header.writeUInt32BE(height, 20);
  return header;
}
