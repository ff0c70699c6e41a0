import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import encodeQr from 'qr';
import sharp from 'sharp';
import { expect, inject, it } from 'vitest';
import { fakeCamera } from './fake-camera.ts';
import { Tablet } from './tablet.ts';

const url = inject('appUrl');
const CSV = [
  'site;asset;maker;model;component_position;component_length_m;latitude;longitude',
  'Risø;WTG-07;Bonus;B54;A;26,5;55,69;12,09',
  'Risø;WTG-07;Bonus;B54;B;26,5;55,69;12,09',
  'Risø;WTG-08;Bonus;B54;A;26,5;55,69;12,09',
  'Risø;WTG-09;Bonus;B54;A;12O;55,69;12,09',
].join('\n');

/** A photo of a code on something grey. */
async function photoOfCode(text: string): Promise<string> {
  const cells = encodeQr(text, 'raw', { border: 4 });
  const side = cells.length;
  const data = Buffer.from(cells.flatMap((row) => row.map((dark) => (dark ? 20 : 235))));
  const code = await sharp(data, { raw: { width: side, height: side, channels: 1 } })
    .resize(520, 520, { kernel: 'nearest' })
    .png()
    .toBuffer();
  const file = join(await mkdtemp(join(tmpdir(), 'loupe-code-')), 'code.png');
  await sharp({ create: { width: 1280, height: 960, channels: 3, background: '#8a8f94' } })
    .composite([{ input: code }])
    .png()
    .toFile(file);
  return file;
}

it('an imported list and a scanned code fill in what is known of a turbine', async () => {
  const camera = await fakeCamera(await photoOfCode('https://owner.example/assets/WTG-07'));
  await using tablet = await Tablet.start({ url, flags: camera });
  await tablet.context.grantPermissions(['camera']);
  const page = await tablet.open('#/new');
  await page
    .getByTestId('asset-list')
    .setInputFiles({ name: 'park.csv', mimeType: 'text/csv', buffer: Buffer.from(CSV) });
  await page.getByText('2 assets taken in; rows left out: 1.').waitFor();
  await page.getByText(/^Row 4: component_length_m is no number that fits \(12O\)$/).waitFor();

  await page.getByRole('searchbox').fill('08');
  await page.getByRole('button', { name: /^WTG-08/ }).click();
  const tag = page.getByRole('textbox', { name: 'Turbine', exact: true });
  await expect.poll(() => tag.inputValue()).toBe('WTG-08');

  // The list is still there tomorrow, and the code on the turbine says which one it is.
  await page.reload();
  await page.getByText(/^2 assets, from park\.csv/).waitFor();
  await page.getByRole('button', { name: 'Scan its code' }).click();
  await page.getByText('WTG-07 is filled in below.').waitFor({ timeout: 60_000 });
  expect(await tag.inputValue()).toBe('WTG-07');
  expect(await page.getByLabel(/^Site/).inputValue()).toBe('Risø');
  expect(await page.getByLabel(/^Blade length/).inputValue()).toBe('26.5');
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByRole('heading', { name: 'Add photos' }).waitFor();
  expect(tablet.foreignRequests).toEqual([]);
  expect(tablet.pageErrors).toEqual([]);
});
