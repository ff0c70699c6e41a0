import { describe, expect, test } from 'vitest';
import { parseYolo } from '../../../../core/evaluate/parse-yolo.ts';

const photo = { width: 200, height: 100 };
const parse = (text: string) => parseYolo(text, photo, 'a.txt');

test('boxes become photo pixels', () => {
  expect(parse('0 0.5 0.5 0.25 0.5\r\n3 0.25 0.5 0.125 1\n\n')).toEqual({
    ok: true,
    value: [
      { classIndex: 0, box: { x: 75, y: 25, width: 50, height: 50 } },
      { classIndex: 3, box: { x: 37.5, y: 0, width: 25, height: 100 } },
    ],
  });
});

test('polygons keep their outline and get the box around it', () => {
  expect(parse('1 0.1 0.1 0.3 0.1 0.3 0.5')).toMatchObject({
    ok: true,
    value: [
      {
        classIndex: 1,
        box: { x: 20, y: 10, width: 40, height: 40 },
        polygons: [
          [
            [20, 10],
            [60, 10],
            [60, 50],
          ],
        ],
      },
    ],
  });
});

test('a box is cut at the photo', () => {
  expect(parse('0 0 0 0.2 0.2')).toMatchObject({ value: [{ box: { x: 0, y: 0, width: 20, height: 10 } }] });
});

test('an empty file is a photo without damage', () => {
  expect(parse(' \n')).toEqual({ ok: true, value: [] });
});

describe('what is no label names file and line', () => {
  test.each([
    ['a word', 'damage 0.5 0.5 0.1 0.1'],
    ['a number too few', '0 0.5 0.5 0.1'],
    ['an odd polygon', '0 0.1 0.1 0.2 0.2 0.3 0.3 0.4'],
    ['a negative class', '-1 0.5 0.5 0.1 0.1'],
    ['a class that is a fraction', '0.5 0.5 0.5 0.1 0.1'],
    ['a negative side', '0 0.5 0.5 -0.1 0.1'],
    ['infinity', '0 0.5 0.5 1e999 0.1'],
  ])('%s', (_, line) => {
    expect(parse(`0 0.5 0.5 0.1 0.1\n${line}`)).toMatchObject({
      ok: false,
      kind: 'bad-labels',
      file: 'a.txt',
      detail: expect.stringContaining('line 2') as string,
    });
  });
});
