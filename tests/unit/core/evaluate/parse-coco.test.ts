import { expect, test } from 'vitest';
import * as v from 'valibot';
import { CocoLabels } from '../../../../core/contract/coco-labels.ts';
import { readCoco } from '../../../../core/evaluate/parse-coco.ts';

const file = {
  info: { year: 2024 },
  images: [
    { id: 7, file_name: 'a.jpg', width: 20, height: 10 },
    { id: 8, file_name: 'b.jpg', width: 20, height: 10 },
  ],
  annotations: [
    { image_id: 7, category_id: 3, bbox: [1, 2, 3, 4], iscrowd: 0, segmentation: [[1, 2, 4, 2, 4, 6]] },
    {
      image_id: 7,
      category_id: 3,
      bbox: [5, 5, 5, 5],
      iscrowd: 1,
      segmentation: { counts: [1], size: [1, 1] },
    },
  ],
  categories: [{ id: 3, name: 'crack' }],
};
const classOf = (name: string) => (name === 'crack' ? 0 : undefined);

test('truths by file name, a photo without damage among them', () => {
  const read = readCoco(v.parse(CocoLabels, file), classOf, 'annotations.json');
  if (!read.ok) throw new Error(read.detail);
  const size = { width: 20, height: 10 };
  expect([...read.value]).toEqual([
    [
      'a.jpg',
      {
        size,
        truths: [
          {
            classIndex: 0,
            box: { x: 1, y: 2, width: 3, height: 4 },
            polygons: [
              [
                [1, 2],
                [4, 2],
                [4, 6],
              ],
            ],
          },
          { classIndex: 0, box: { x: 5, y: 5, width: 5, height: 5 }, crowd: true },
        ],
      },
    ],
    ['b.jpg', { size, truths: [] }],
  ]);
});

test.each([
  ['a class that the model has not', { ...file, categories: [{ id: 3, name: 'cat' }] }, '"cat"'],
  ['a category that is not listed', { ...file, categories: [] }, 'category 3'],
  ['an image that is not listed', { ...file, images: [] }, 'no image 7'],
])('%s is named', (_, labels, detail) => {
  expect(readCoco(v.parse(CocoLabels, labels), classOf, 'annotations.json')).toMatchObject({
    ok: false,
    detail: expect.stringContaining(detail) as string,
  });
});
