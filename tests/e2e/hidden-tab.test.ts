import { expect, inject, it } from 'vitest';
import { bladePhotos } from './photos.ts';
import { Tablet } from './tablet.ts';
import { addPhotos, analysed, beginInspection, choosePlace, toInspection } from './technician.ts';

const url = inject('appUrl');

it('a batch goes on behind another tab, and after the browser froze the page', async () => {
  await using tablet = await Tablet.start({ url });
  const page = await tablet.open();
  await beginInspection(page, 'WTG-41');
  await choosePlace(page, 'C', 'Suction side');
  await addPhotos(page, bladePhotos(4), 4);
  await toInspection(page);

  const session = await tablet.context.newCDPSession(page);
  const { windowId } = await session.send('Browser.getWindowForTarget');
  await session.send('Browser.setWindowBounds', { windowId, bounds: { windowState: 'minimized' } });
  const other = await tablet.context.newPage();
  await other.bringToFront();
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
  await other.waitForTimeout(3000);
  await session.send('Page.setWebLifecycleState', { state: 'active' });

  // Still behind the other tab.
  expect(await analysed(page, 4)).toBeGreaterThan(0);
  await page.bringToFront();
  expect(await page.getByRole('alert').count()).toBe(0);
  expect(tablet.pageErrors).toEqual([]);
});
