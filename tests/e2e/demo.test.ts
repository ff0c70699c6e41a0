import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { describe, expect, inject, it } from 'vitest';
import { SampleIndex } from '../../core/contract/samples.ts';
import { Tablet } from './tablet.ts';

const url = inject('appUrl');
const index = readFileSync(resolve(import.meta.dirname, '../../public/samples/index.json'), 'utf8');
const { samples } = v.parse(v.pipe(v.string(), v.parseJson(), SampleIndex), index);

describe('a link to the demo', () => {
  it('shows findings on a rendered photo, with nothing to set up and nothing sent', async () => {
    await using tablet = await Tablet.start({ url, viewport: { width: 390, height: 844 } });
    const page = await tablet.open('#/demo');
    await page
      .getByText(/\d+ findings?/)
      .first()
      .waitFor({ timeout: 150_000 });
    await page.getByText('Nothing leaves this device').first().waitFor();
    expect(tablet.foreignRequests).toEqual([]);
    expect(tablet.pageErrors).toEqual([]);
  });

  it.each(samples.slice(0, 2))('opens sample $id with its model', async ({ id, model, title }) => {
    await using tablet = await Tablet.start({ url });
    const page = await tablet.open(`?model=${model}&sample=${id}`);
    await page.getByText(title).first().waitFor({ timeout: 150_000 });
    await page
      .getByText(/\d+ findings?|None found/)
      .first()
      .waitFor({ timeout: 150_000 });
    expect(tablet.pageErrors).toEqual([]);
  });
});
