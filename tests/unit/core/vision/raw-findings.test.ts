import { expect, test } from 'vitest';
import type { ModelManifest } from '../../../../core/contract/model-manifest.ts';
import { boxFindings } from '../../../../core/vision/box-findings.ts';
import { maskFindings } from '../../../../core/vision/mask-findings.ts';

const labels: ModelManifest['labels'] = [
  { index: 1, name: 'crack', damageType: 'crack' },
  { index: 0, name: 'rust', damageType: 'corrosion' },
];

test('detections carry the manifest’s names', () => {
  const box = { x: 1, y: 2, width: 3, height: 4 };
  expect(boxFindings([{ box, score: 0.5, classIndex: 0 }], labels)).toEqual([
    {
      label: 'rust',
      labelIndex: 0,
      damageType: 'corrosion',
      score: 0.5,
      box,
      geometry: { kind: 'box', box },
    },
  ]);
});

test('a class that the manifest does not name is a broken pack', () => {
  expect(() =>
    boxFindings([{ box: { x: 0, y: 0, width: 1, height: 1 }, score: 1, classIndex: 2 }], labels),
  ).toThrow(RangeError);
});

test('regions of a map carry their label', () => {
  const label = labels[0];
  if (!label) throw new Error('no label');
  const map = Uint8Array.from([0, 204, 0, 204, 204, 0]);
  const found = maskFindings(map, { width: 3, height: 2 }, label, { threshold: 0.5, minPixels: 1 });
  const box = { x: 0, y: 0, width: 2, height: 2 };
  expect(found).toEqual([
    {
      label: 'crack',
      labelIndex: 1,
      damageType: 'crack',
      score: 0.8,
      box,
      geometry: { kind: 'mask', box, counts: [1, 3] },
    },
  ]);
});
