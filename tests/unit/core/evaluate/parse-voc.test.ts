import { describe, expect, test } from 'vitest';
import { parseVoc } from '../../../../core/evaluate/parse-voc.ts';

const classOf = (name: string) => ({ scratches: 0, 'a & b': 1 })[name];
const parse = (text: string) => parseVoc(text, classOf, 'a.xml');
const object = (name: string, bounds: string) =>
  `<object><name>${name}</name><difficult>0</difficult><bndbox>${bounds}</bndbox></object>`;
const bounds = '<xmin>10</xmin><ymin>20</ymin><xmax>40</xmax><ymax>25.5</ymax>';

test('reads size and objects among other tags, comments and declarations', () => {
  const text = `\uFEFF<?xml version="1.0"?>
    <annotation verified="yes"><!-- by hand --><folder/><size><width>200</width><height>100</height></size>
      ${object('scratches', bounds)} ${object('a &amp; b', bounds)}
    </annotation>`;
  const box = { x: 10, y: 20, width: 30, height: 5.5 };
  expect(parse(text)).toEqual({
    ok: true,
    value: {
      size: { width: 200, height: 100 },
      truths: [
        { classIndex: 0, box },
        { classIndex: 1, box },
      ],
    },
  });
});

test('a photo without damage', () => {
  expect(parse('<annotation></annotation>')).toEqual({ ok: true, value: { truths: [] } });
});

describe('what is no annotation is named', () => {
  test.each([
    ['another root', '<html></html>', 'no annotation'],
    ['not closed', '<annotation><object>', 'not closed'],
    ['closed in the wrong order', '<annotation><a><b></a></b></annotation>', 'closes'],
    ['two roots', '<annotation></annotation><annotation></annotation>', 'one root'],
    ['nothing', '', 'one root'],
    ['a doctype with its entities', '<!DOCTYPE a [<!ENTITY x "y">]><annotation></annotation>', 'unexpected'],
    ['a deep nest', '<a>'.repeat(100), 'deeper'],
    ['an unknown class', `<annotation>${object('cat', bounds)}</annotation>`, '"cat"'],
    ['no box', `<annotation>${object('scratches', '<xmin>1</xmin>')}</annotation>`, 'no box'],
    ['a turned box', `<annotation>${object('scratches', bounds.replace('40', '4'))}</annotation>`, 'no box'],
    ['a stray bracket', '<annotation> < </annotation>', 'unexpected'],
  ])('%s', (_, text, detail) => {
    expect(parse(text)).toMatchObject({
      ok: false,
      file: 'a.xml',
      detail: expect.stringContaining(detail) as string,
    });
  });
});
