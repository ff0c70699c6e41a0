import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csv } from '../../../../core/export/csv.ts';
import { importAssets, type AssetList } from '../../../../core/import/assets.ts';
import { readDelimited } from '../../../../core/import/delimited.ts';

function listOf(text: string): AssetList {
  const result = importAssets(text);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.value;
}

describe('a list of assets', () => {
  const WHOLE = [
    'Site;Country;Turbine;Latitude;Longitude;Manufacturer;Hub height (m);Blade;Blade serial;Blade length (m)',
    'Risø;Danmark;T2;55,69384;12,08931;Nordtank;36;A;LM19-0311;19,1',
    'Risø;Danmark;T2;55,69384;12,08931;Nordtank;36;B;LM19-0312;19,1',
    '"Serra; do Marão";Portugal;7;41,25;-7,88;;;;;',
  ].join('\r\n');

  test('with semicolons, decimal commas and the names people use', () => {
    const { assets, skipped } = listOf(`\uFEFF${WHOLE}\r\n\r\n`);
    expect(skipped).toEqual([]);
    expect(assets).toEqual([
      {
        site: 'Risø',
        country: 'Danmark',
        position: { latitude: 55.69384, longitude: 12.08931 },
        asset: { type: 'turbine', tag: 'T2', maker: 'Nordtank', hubHeightM: 36 },
        components: [
          { type: 'blade', position: 'A', serial: 'LM19-0311', lengthM: 19.1 },
          { type: 'blade', position: 'B', serial: 'LM19-0312', lengthM: 19.1 },
        ],
      },
      {
        site: 'Serra; do Marão',
        country: 'Portugal',
        position: { latitude: 41.25, longitude: -7.88 },
        asset: { type: 'turbine', tag: '7' },
        components: [],
      },
    ]);
  });

  test('as GeoJSON, longitude first', () => {
    const { assets } = listOf(
      JSON.stringify({
        type: 'FeatureCollection',
        features: [
          {
            type: 'Feature',
            geometry: { type: 'Point', coordinates: [12.09, 55.69] },
            properties: {
              site: 'Risø',
              tag: 'T2',
              asset_type: 'Bridge',
              rotor_diameter_m: 41,
              nested: { x: 1 },
            },
          },
        ],
      }),
    );
    expect(assets).toEqual([
      {
        site: 'Risø',
        position: { latitude: 55.69, longitude: 12.09 },
        asset: { type: 'bridge', tag: 'T2', rotorDiameterM: 41 },
        components: [],
      },
    ]);
  });

  test.each([
    ['site,asset\n,T1', { kind: 'missing', column: 'site' }],
    ['site,asset,lat\nA,T1,north', { kind: 'not-a-number', column: 'latitude', value: 'north' }],
    ['site,asset,lat\nA,T1,95', { kind: 'not-a-number', column: 'latitude', value: '95' }],
    ['site,asset,hub_height_m\nA,T1,-4', { kind: 'not-a-number', column: 'hub_height_m', value: '-4' }],
    ['site,asset,hub_height_m\nA,T1,1e400', { kind: 'not-a-number', column: 'hub_height_m', value: '1e400' }],
    ['site,asset,type\nA,T1,rocket', { kind: 'unknown-word', column: 'asset_type', value: 'rocket' }],
    ['site,asset,blade\nA,T1,D', { kind: 'unknown-word', column: 'component_position', value: 'D' }],
  ])('%j names the row and what is wrong, and keeps the others', (text, problem) => {
    const { assets, skipped } = listOf(`${text}\nB,T9`);
    expect(skipped).toEqual([{ row: 1, problem }]);
    expect(assets.map(({ asset }) => asset.tag)).toEqual(['T9']);
  });

  test.each([
    ['', { kind: 'not-a-list', detail: 'empty' }],
    ['  \n\n', { kind: 'not-a-list', detail: 'empty' }],
    ['name,place\nx,y', { kind: 'missing-columns', columns: ['site', 'asset'] }],
    ['site,asset\n"A,T1\nB,T2', { kind: 'not-a-list', detail: 'open-quote' }],
    ['{"type":"Feature"}', { kind: 'not-a-list', detail: 'not-geojson' }],
    ['[1,2', { kind: 'not-a-list', detail: 'not-geojson' }],
    ['['.repeat(100_000), { kind: 'not-a-list', detail: 'not-geojson' }],
    [`site,asset\n${'A,T1\n'.repeat(50_001)}`, { kind: 'list-too-large', limit: 50_000 }],
    [' '.repeat(20_000_001), { kind: 'list-too-large', limit: 20_000_000 }],
  ])('is refused plainly: %#', (text, failure) => {
    expect(importAssets(text)).toEqual({ ok: false, ...failure });
  });

  test('hostile names come in as harmless text', () => {
    const { assets } = listOf('site,asset,__proto__\n"<img src=x>\u202E",../../T1\u0000,{"x":1}');
    expect(assets[0]?.site).toBe('<img src=x>');
    expect(assets[0]?.asset.tag).toBe('../../T1');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('no text makes it throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        importAssets(text);
        importAssets(`site,asset\n${text}`);
        importAssets(`{"type":"FeatureCollection","features":[${text}]}`);
      }),
      { numRuns: 500 },
    );
  });

  test('reads what our own CSV writer writes', () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', 'b', ',', ';', '"', "'", '\r', '\n', '\t', ' ', '=', 'æ'),
    });
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1 }), (rows) => {
        const [header = [], ...rest] = rows;
        const read = readDelimited(csv(header, rest), ',');
        const bare = (table: readonly (readonly string[])[]) =>
          table.map((row) => row.map((text) => text.replace(/^'(?=[=\t\r\n])/, '')));
        expect(bare(read ?? [])).toEqual(bare(rows));
      }),
    );
  });
});
