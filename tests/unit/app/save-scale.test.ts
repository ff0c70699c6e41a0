import { expect, test } from 'vitest';
import type { Scale } from '../../../core/contract/records.ts';
import { saveScale } from '../../../src/app/save-scale.ts';
import { unwrap } from '../storage/unwrap.ts';
import { filledStore } from './bundle/bundle-for-tests.ts';

const scale: Scale = { mmPerPixel: 0.5, uncertainty: 0.01, method: 'chord', knownMm: 2000 };

test('a scale measures the findings of its photo and no others, and goes without a trace', async () => {
  const { store, inspection } = await filledStore();
  const [capture] = await store.captures(inspection.id);
  if (!capture) throw new Error('no capture');
  const all = await store.findings(inspection.id);
  const own = all.filter(({ captureId }) => captureId === capture.id);
  expect(own.length).toBeGreaterThan(0);

  unwrap(await saveScale(store, capture, own, scale));
  expect((await store.capture(capture.id))?.scale).toEqual(scale);
  const measured = await store.findings(inspection.id);
  for (const { captureId, size } of measured) {
    if (captureId === capture.id) expect(size?.lengthCm).toHaveProperty('uncertainty');
  }

  const kept = await store.capture(capture.id);
  const now = measured.filter(({ captureId }) => captureId === capture.id);
  if (!kept) throw new Error('no capture');
  unwrap(await saveScale(store, kept, now, undefined));
  expect(await store.capture(capture.id)).not.toHaveProperty('scale');
  for (const { captureId, size } of await store.findings(inspection.id)) {
    if (captureId === capture.id) expect(size?.lengthCm).toBe('not-measurable');
  }
});
