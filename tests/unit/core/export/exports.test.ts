import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Capture } from '../../../../core/contract/records.ts';
import { cocoJson } from '../../../../core/export/coco.ts';
import { csv, findingsCsv } from '../../../../core/export/csv.ts';
import { planExport, type ExportSet } from '../../../../core/export/export-set.ts';
import { geoJson } from '../../../../core/export/geojson.ts';
import { plainText, safeFileName } from '../../../../core/export/plain-text.ts';
import { webAnnotations } from '../../../../core/export/web-annotation.ts';
import { yoloFiles } from '../../../../core/export/yolo.ts';
import { DAMAGE_TYPES } from '../../../../core/domain/damage-types.ts';
import { capture, finding, HOSTILE, inspection, sampleSet } from './sample-set.ts';

function withoutSize({ size: _, ...rest }: Capture): Capture {
  return rest;
}

const EXPORTS: Readonly<Record<string, (set: ExportSet) => string>> = {
  coco: cocoJson,
  yolo: (set) => JSON.stringify(yoloFiles(set)),
  csv: findingsCsv,
  geojson: geoJson,
  annotations: webAnnotations,
};

describe('plan', () => {
  test('photos and findings oldest first, confirmed ones only, cut to the photo', () => {
    const { photos, leftOut } = planExport(sampleSet());
    expect(photos.map(({ fileName }) => fileName.slice(-6))).toEqual(['01.jpg', '02.jpg', '03.png']);
    expect(photos.map(({ findings }) => findings.length)).toEqual([2, 2, 0]);
    expect(photos[1]?.findings[1]?.box).toEqual({ x: 35, y: 0, width: 5, height: 6 });
    expect(leftOut).toEqual([]);
  });

  test('what cannot go along is named', () => {
    const set = sampleSet();
    const { leftOut } = planExport({
      ...set,
      captures: [capture(1), withoutSize(capture(2))],
      analyses: [],
      findings: [
        finding(1, 1, { kind: 'box', box: { x: 90, y: 0, width: 5, height: 5 } }),
        finding(2, 7, { kind: 'box', box: { x: 0, y: 0, width: 5, height: 5 } }),
      ],
    });
    expect(leftOut.map(({ reason }) => reason)).toEqual([
      'photo-never-decoded',
      'outside-the-photo',
      'photo-unknown',
    ]);
  });

  test('a size that only an analysis knows is used', () => {
    const set = { ...sampleSet(), captures: [withoutSize(capture(1))] };
    expect(planExport(set).photos[0]?.size).toEqual({ width: 40, height: 30 });
  });
});

describe.each(Object.entries(EXPORTS))('%s', (name, make) => {
  test('is the same for the same records in any order', () => {
    const set = sampleSet();
    const shuffled = { ...set, captures: set.captures.toReversed(), findings: set.findings.toReversed() };
    expect(make(shuffled)).toBe(make(set));
  });

  test('holds for an inspection with nothing in it', () => {
    const text = make({ inspection: inspection(), captures: [], analyses: [], findings: [] });
    if (name !== 'csv') expect(() => void JSON.parse(text)).not.toThrow();
    expect(text.length).toBeGreaterThan(0);
  });

  test.each(HOSTILE)('takes the name %j without harm', (bad) => {
    const box = { kind: 'box', box: { x: 1, y: 1, width: 5, height: 5 } } as const;
    const exif = { latitude: 55.7, longitude: 12.1 };
    const text = make({
      inspection: inspection({ title: bad, site: bad, inspector: bad }),
      captures: [capture(1, { fileName: bad, exif })],
      analyses: [],
      findings: [finding(1, 1, box, { note: bad, label: bad })],
    });
    expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text);
    // eslint-disable-next-line no-control-regex -- control characters are what must be gone
    const invisible = /[\u0000-\u0008\u202A-\u202E\u2066-\u2069\u200B\uFEFF]|\\u0000|\\ud800|\\udfff/i;
    expect(text).not.toMatch(invisible);
    if (name === 'yolo') expect(text).not.toContain(bad);
  });
});

describe('COCO', () => {
  const parsed = JSON.parse(cocoJson(sampleSet())) as {
    annotations: { bbox: number[]; area: number; segmentation: unknown; category_id: number }[];
    categories: { id: number; name: string }[];
  };

  test('category ids follow the list of damage types', () => {
    expect(parsed.categories.map(({ name }) => name)).toEqual([...DAMAGE_TYPES]);
    expect(parsed.annotations[0]?.category_id).toBe(DAMAGE_TYPES.indexOf('crack') + 1);
  });

  test('a mask becomes run lengths down the columns of the whole photo', () => {
    // The mask's rows, in a photo 30 high: one pixel at (6, 7), three from (6, 8) on.
    expect(parsed.annotations[2]?.segmentation).toEqual({
      size: [30, 40],
      counts: [6 * 30 + 7, 2, 29, 1, 29, 1, 40 * 30 - (8 * 30 + 9)],
    });
    expect(parsed.annotations[2]?.area).toBe(4);
  });
});

describe('YOLO', () => {
  test('one line a finding in shares of the photo, and an empty file for a clean photo', () => {
    const files = new Map(yoloFiles(sampleSet()).map(({ path, text }) => [path.slice(-6), text]));
    const crack = DAMAGE_TYPES.indexOf('crack');
    expect(files.get('01.txt')?.split('\n')[0]).toBe(`${crack} 0.225000 0.300000 0.250000 0.266667`);
    expect(files.get('03.txt')).toBe('');
  });

  test('every share is within 0 and 1 for any box', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(number, number, number, number, (x, y, width, height) => {
        const box = { x, y, width: Math.abs(width), height: Math.abs(height) };
        const set = { ...sampleSet(), findings: [finding(1, 1, { kind: 'box', box })] };
        const line = yoloFiles(set).flatMap(({ path, text }) =>
          path.startsWith('labels') && text ? [text] : [],
        );
        for (const share of line.flatMap((text) => text.trim().split(' ').slice(1).map(Number))) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

/** A reader of RFC 4180 of the test's own. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  for (const record of text.matchAll(
    /((?:"(?:[^"]|"")*"|[^",\r\n]*)(?:,(?:"(?:[^"]|"")*"|[^",\r\n]*))*)\r\n/g,
  )) {
    const cells = [...(record[1] ?? '').matchAll(/(?:^|,)("(?:[^"]|"")*"|[^",]*)/g)].map(
      (match) => match[1] ?? '',
    );
    rows.push(cells.map((raw) => (raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw)));
  }
  return rows;
}

describe('CSV', () => {
  test('any text comes back as it was, but for what plainText takes and the apostrophe', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 4 }), (cells) => {
        const [, row] = readCsv(
          csv(
            cells.map((_, index) => `c${index}`),
            [cells],
          ),
        );
        expect(row?.map((value) => value.replace(/^'/, ''))).toEqual(
          cells.map((value) => plainText(value).replace(/^'/, '')),
        );
      }),
    );
  });

  test.each(['=1+1', '+1', '-1', '@x', '\t=1', '\r=1', '\n=1', '＝1', '\u200B=1', '\u0000=1'])(
    'the text %j cannot run as a formula',
    (text) => {
      expect(csv(['c'], [[text]]).split('\r\n')[1]).toMatch(/^"'/);
    },
  );

  test('numbers stay numbers, negative ones too, and what is no number is empty', () => {
    expect(csv(['a'], [[-8.61, Number.NaN, Infinity, undefined, 0]])).toBe('"a"\r\n-8.61,,,,0\r\n');
  });

  test('a row has a cell for every column; sizes come with their uncertainty', () => {
    const size = {
      lengthCm: { value: 21, uncertainty: 2 },
      widthCm: 'not-measurable',
      areaCm2: 'not-measurable',
      crackWidthMm: 'not-measurable',
    } as const;
    const set = { ...sampleSet(), findings: [finding(1, 1, { kind: 'box', box: { x: 0, y: 0, width: 1, height: 1 } }, { size })] }; // prettier-ignore
    const [header = [], row = []] = readCsv(findingsCsv(set));
    expect(row).toHaveLength(header.length);
    const of = (name: string) => row[header.indexOf(name)];
    expect([of('length_cm'), of('length_cm_pm'), of('width_cm')]).toEqual(['21', '2', 'not-measurable']);
    expect([of('component'), of('from_root_m')]).toEqual(['B', '21.5']);
  });
});

describe('GeoJSON', () => {
  test('longitude first, altitude third; photos without a position are counted', () => {
    const set = {
      ...sampleSet(),
      captures: [
        capture(1, { exif: { latitude: 55.69, longitude: 12.09, altitudeM: 31 } }),
        capture(2, { exif: { latitude: 95, longitude: 12 } }),
        capture(3),
      ],
    };
    const parsed = JSON.parse(geoJson(set)) as {
      features: { geometry: unknown; properties: { findings: unknown[] } }[];
      withoutPosition: number;
    };
    expect(parsed.features[0]?.geometry).toEqual({ type: 'Point', coordinates: [12.09, 55.69, 31] });
    expect(parsed.features[0]?.properties.findings).toHaveLength(2);
    expect(parsed.withoutPosition).toBe(2);
  });
});

describe('Web Annotation', () => {
  const parsed = JSON.parse(webAnnotations(sampleSet())) as {
    items: { target: { selector: { type: string; value: string } } }[];
  };
  const selectors = parsed.items.map(({ target }) => target.selector);

  test('a box is a media fragment, an outline an SVG path', () => {
    expect(selectors[0]?.value).toBe('xywh=pixel:4,5,10,8');
    expect(selectors[1]?.value).toContain('M10 10L30 10L30 20L10 20Z');
    expect(selectors[2]?.value).toContain('M6 7L7 7L7 8L9 8L9 9L6 9Z');
  });
});

describe('file names', () => {
  test.each<[name: string, safe: string]>([
    ['../../etc/passwd', 'passwd'],
    ['C:\\photos\\a.jpg', 'a.jpg'],
    ['a\u202Egpj.exe', 'agpj.exe'],
    ['CON.jpg', 'photo'],
    ['...', 'photo'],
    ['', 'photo'],
    ['a<b>:c?.jpg', 'a_b__c_.jpg'],
    ['Blåbær ção.jpg', 'Blåbær ção.jpg'],
  ])('%j becomes %j', (name, safe) => {
    expect(safeFileName(name, 'photo')).toBe(safe);
  });
});
