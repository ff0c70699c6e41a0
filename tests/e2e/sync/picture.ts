import { join } from 'node:path';
import type { Page } from 'playwright-core';

const SIZES = [
  { width: 768, height: 1024 },
  { width: 1024, height: 768 },
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
] as const;

/** Pictures of a screen in every size, for eyes to judge, where LOUPE_PICTURES names a folder. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['LOUPE_PICTURES'];
  if (!folder) return;
  const before = page.viewportSize();
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await page.screenshot({ path: join(folder, `${name}-${size.width}.png`) });
  }
  if (before) await page.setViewportSize(before);
}
