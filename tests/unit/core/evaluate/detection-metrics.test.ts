import { describe, expect, test } from 'vitest';
import {
  averagePrecision,
  matchPhoto,
  scoresAtThreshold,
  type EvaluatedPhoto,
} from '../../../../core/evaluate/detection-metrics.ts';
import reference from '../../../fixtures/coco-reference.json' with { type: 'json' };

const box = (x: number, y: number, width: number, height: number) => ({ x, y, width, height });
const square = box(0, 0, 10, 10);
const far = box(100, 100, 10, 10);

/** One class; [truth boxes, [box, score] answers]. */
type Plain = readonly [readonly (typeof square)[], readonly (readonly [typeof square, number])[]];
const photo = ([truths, answers]: Plain): EvaluatedPhoto => ({
  truths: truths.map((each) => ({ classIndex: 0, box: each })),
  detections: answers.map(([each, score]) => ({ classIndex: 0, box: each, score })),
});
const matched = (...photos: readonly Plain[]) => photos.map((each) => matchPhoto(photo(each), 1));

describe('average precision by hand', () => {
  const cases: readonly (readonly [string, readonly Plain[], number])[] = [
    ['one found, nothing else', [[[square], [[square, 0.9]]]], 1],
    ['one missed', [[[square], []]], 0],
    [
      'a wrong one after the right one costs nothing',
      [
        [
          [square],
          [
            [square, 0.9],
            [far, 0.5],
          ],
        ],
      ],
      1,
    ],
    [
      'a wrong one before the right one halves',
      [
        [
          [square],
          [
            [square, 0.5],
            [far, 0.9],
          ],
        ],
      ],
      0.5,
    ],
    // Recall stops at 0.5: 51 of the 101 steps have precision 1.
    ['one of two found', [[[square, far], [[square, 0.9]]]], 51 / 101],
    [
      'the second box on one truth is wrong',
      [
        [
          [square, far],
          [
            [square, 0.9],
            [square, 0.8],
            [far, 0.7],
          ],
        ],
      ],
      (51 + 50 * (2 / 3)) / 101,
    ],
    [
      'photos share one ranking',
      [
        [[square], [[square, 0.4]]],
        [[], [[far, 0.9]]],
      ],
      0.5,
    ],
    ['IoU of exactly 0.5 counts', [[[square], [[box(0, 0, 10, 20), 0.9]]]], 1],
    ['IoU just below 0.5 does not', [[[square], [[box(0, 0, 10, 20.01), 0.9]]]], 0],
  ];
  test.each(cases)('%s', (_, photos, expected) => {
    expect(averagePrecision(matched(...photos)).mAP50).toBeCloseTo(expected, 12);
  });

  test('stricter IoUs lower mAP50-95: IoU 0.8 passes 7 of 10', () => {
    const result = averagePrecision(matched([[square], [[box(0, 0, 10, 8), 0.9]]]));
    expect(result.mAP50).toBeCloseTo(1, 12);
    expect(result.mAP50_95).toBeCloseTo(0.7, 12);
  });

  test('a class without truth is left out of the mean', () => {
    const both = matchPhoto(
      {
        truths: [{ classIndex: 0, box: square }],
        detections: [
          { classIndex: 0, box: square, score: 0.9 },
          { classIndex: 1, box: far, score: 0.9 },
        ],
      },
      2,
    );
    const result = averagePrecision([both]);
    expect(result.mAP50).toBeCloseTo(1, 12);
    expect(result.perClass[1]?.ap50).toBeNaN();
  });
});

test('agrees with pycocotools to 1e-9 on random boxes, crowds and ties', () => {
  const photos = Array.from({ length: reference.photos }, (_, id): EvaluatedPhoto => ({
    truths: reference.truths.flatMap(([image, classIndex, bbox, crowd]) =>
      image === id
        ? [{ classIndex: Number(classIndex), box: asBox(bbox), ...(crowd === 1 ? { crowd: true } : {}) }]
        : [],
    ),
    detections: reference.detections.flatMap(([image, classIndex, bbox, score]) =>
      image === id ? [{ classIndex: Number(classIndex), box: asBox(bbox), score: Number(score) }] : [],
    ),
  }));
  const result = averagePrecision(photos.map((each) => matchPhoto(each, reference.classes)));
  expect(result.mAP50).toBeCloseTo(reference.mAP50, 9);
  expect(result.mAP50_95).toBeCloseTo(reference.mAP50_95, 9);
  for (const [classIndex, expected] of reference.perClass.entries()) {
    const { ap50 = 0, ap50_95 = 0 } = result.perClass[classIndex] ?? {};
    if (expected === null) {
      expect(ap50).toBeNaN();
      continue;
    }
    expect(ap50).toBeCloseTo(expected[0] ?? NaN, 9);
    expect(ap50_95).toBeCloseTo(expected[1] ?? NaN, 9);
  }
});

function asBox(raw: unknown) {
  if (!Array.isArray(raw)) throw new TypeError('the fixture has no box here');
  const [x, y, width, height] = raw.map(Number);
  return box(x ?? NaN, y ?? NaN, width ?? NaN, height ?? NaN);
}

describe('precision, recall and F1 at a threshold', () => {
  const photos = matched(
    [
      [square, far],
      [
        [square, 0.9],
        [box(50, 50, 10, 10), 0.6],
        [far, 0.3],
      ],
    ],
    [[square], [[square, 0.7]]],
  );
  test.each([
    ['all answers', 0, { precision: 3 / 4, recall: 1, f1: 6 / 7 }],
    ['above 0.5', 0.5, { precision: 2 / 3, recall: 2 / 3, f1: 2 / 3 }],
    ['a score on the threshold counts', 0.9, { precision: 1, recall: 1 / 3, f1: 1 / 2 }],
    ['none', 0.95, { precision: 0, recall: 0, f1: 0 }],
  ])('%s', (_, threshold, expected) => {
    const scores = scoresAtThreshold(photos, [threshold]);
    expect(scores.precision).toBeCloseTo(expected.precision, 12);
    expect(scores.recall).toBeCloseTo(expected.recall, 12);
    expect(scores.f1).toBeCloseTo(expected.f1, 12);
  });

  test('nothing to find and nothing found is right', () => {
    expect(scoresAtThreshold(matched([[], []]), [0.5]).f1).toBe(1);
  });
});
