import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import * as v from 'valibot';
import type { Capture, Finding, Inspection } from '../../../core/contract/records.ts';
import { RECORDS } from '../../../src/app/bundle/bundle-format.ts';
import type { Finger } from '../finger.ts';
import type { Tablet } from '../tablet.ts';
import { unzipped } from '../zip.ts';

/** Rendered, since a photo is needed of which it is certain that it shows no damage. */
export const CLEAN = resolve(import.meta.dirname, '../../../public/samples/blade-clean.jpg');
const LIST = 'site;asset;component_position;component_length_m\nRisø;WTG-07;B;26,5\nRisø;WTG-08;B;26,5\n';

/** Once for all days: the inspector's name and the list of turbines. Ends on the list of inspections. */
export async function inTheOffice(tablet: Tablet, page: Page, finger: Finger): Promise<void> {
  await finger.type('Inspector', 'Åse Nørgård');
  await finger.link('All');
  await finger.link('New inspection');
  await page
    .getByTestId('asset-list')
    .setInputFiles({ name: 'park.csv', mimeType: 'text/csv', buffer: Buffer.from(LIST) });
  await page.getByText('2 assets taken in.').waitFor();
  await finger.link('All');
  await tablet.readyOffline(page);
}

export const saved = (page: Page, count: number): Promise<void> =>
  page.getByText(`${count} photo${count === 1 ? '' : 's'} saved`, { exact: true }).waitFor();

export async function fromFiles(page: Page, finger: Finger, files: readonly string[]): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), finger.button('From files')]);
  await chooser.setFiles([...files]);
}

/** The heading names which finding of how many; after a judgement it is another one. */
export async function nextFinding(page: Page, decide: () => Promise<void>): Promise<void> {
  const heading = page.getByRole('heading', { level: 1 });
  const before = await heading.innerText();
  await decide();
  await heading.filter({ hasNotText: before }).waitFor();
}

export async function signed(page: Page, finger: Finger): Promise<void> {
  await finger.button('Sign');
  await finger.touch(page.getByRole('img', { name: 'Field for the signature' }), [
    [0.2, 0.5],
    [0.3, 0.3],
    [0.4, 0.6],
    [0.6, 0.4],
  ]);
  await finger.tap(page.getByRole('dialog').getByRole('button', { name: 'Sign', exact: true }));
  await page.getByText(/^Signed by Åse Nørgård/).waitFor();
}

export interface Bundled {
  readonly inspection: Inspection;
  readonly captures: readonly Capture[];
  readonly findings: readonly Finding[];
}

/** The records in a bundle. */
export function bundled(zip: Buffer): Bundled {
  const folder = mkdtempSync(join(tmpdir(), 'loupe-day-'));
  try {
    const path = join(folder, 'day.loupe.zip');
    writeFileSync(path, zip);
    const files = unzipped(path);
    const read = (name: string): unknown => JSON.parse(files.get(name)?.toString() ?? '');
    const [inspection] = v.parse(RECORDS.inspection.schema, read(RECORDS.inspection.path));
    if (!inspection) throw new Error('the bundle has no inspection');
    return {
      inspection,
      captures: v.parse(RECORDS.captures.schema, read(RECORDS.captures.path)),
      findings: v.parse(RECORDS.findings.schema, read(RECORDS.findings.path)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
