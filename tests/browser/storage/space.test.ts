import type {} from '@vitest/browser-playwright';
import { afterEach, expect, it } from 'vitest';
import { cdp } from 'vitest/browser';
import { draftOf, inspectionOf, photoOf } from '../../unit/storage/records-for-tests.ts';
import { unwrap } from '../../unit/storage/unwrap.ts';
import { freshName, openFor } from './open-for-tests.ts';

const MiB = 1024 * 1024;
const devtools = cdp();
const { origin } = location;
const limitTo = (quotaSize?: number): Promise<unknown> =>
  devtools.send(
    'Storage.overrideQuotaForOrigin',
    quotaSize === undefined ? { origin } : { origin, quotaSize },
  );

afterEach(async () => {
  await limitTo();
});

// In IndexedDB Chromium looks at a quota only now and then: tests/e2e/storage-space.test.ts has its case.
it('a photo file that does not fit leaves nothing behind', async () => {
  const name = freshName();
  const { store } = await openFor(name, { photoFiles: 'opfs' });
  const inspection = unwrap(await store.saveInspection(inspectionOf()));
  const kept = unwrap(await store.savePhoto(draftOf(inspection.id), photoOf(1)));
  const { usage } = await devtools.send('Storage.getUsageAndQuota', { origin });
  await limitTo(usage + 2 * MiB);
  const refused = await store.savePhoto(draftOf(inspection.id), photoOf(2, 5 * MiB));
  expect(refused).toMatchObject({ ok: false, kind: 'no-space', neededBytes: 5 * MiB });
  expect(await store.captures(inspection.id)).toEqual([kept]);
  expect(await store.savePhoto(draftOf(inspection.id), photoOf(1))).toMatchObject({ kind: 'duplicate' });
  await limitTo();
  const { report } = await openFor(name);
  expect(report).toMatchObject({ recovered: [], missing: [], unplaced: [], leftovers: 0 });
});
