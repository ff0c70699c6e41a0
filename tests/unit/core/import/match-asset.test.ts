import { describe, expect, test } from 'vitest';
import type { ListedAsset } from '../../../../core/import/asset-row.ts';
import { matchAsset, nameInCode, searchAssets } from '../../../../core/import/match-asset.ts';

const asset = (tag: string, site: string, serial?: string, blade?: string): ListedAsset => ({
  site,
  asset: { type: 'turbine', tag, ...(serial && { serial }) },
  components: blade === undefined ? [] : [{ type: 'blade', position: 'A', serial: blade }],
});
const list = [
  asset('WTG-07', 'Risø', 'S-1001', 'B77'),
  asset('WTG-08', 'Risø', 'S-1002'),
  asset('WTG-07', 'São João'),
];

describe('the asset that is meant', () => {
  test.each([
    ['its tag', 'WTG-08', 1],
    ['however it is written', ' wtg 08 ', 1],
    ['its serial', 's-1001', 0],
    ['a blade serial', 'B77', 0],
    ['the last part of a link', 'https://owner.example/assets/WTG-08', 1],
    ['a parameter of a link', 'https://owner.example/a?serial=S-1001&x=1', 0],
    ['nothing that is known', 'WTG-99', undefined],
    ['two assets of one name', 'WTG-07', undefined],
    ['an empty code', '', undefined],
  ] as const)('%s', (_, code, index) => {
    expect(matchAsset(list, code)).toBe(index === undefined ? undefined : list[index]);
  });

  test('an unknown code still gives a name to begin with', () => {
    expect(nameInCode('https://owner.example/assets/WTG%2099?x=1')).toBe('WTG 99');
    expect(nameInCode(' T-4 ')).toBe('T-4');
  });

  test('search wants every word, anywhere', () => {
    expect(searchAssets(list, '07 joão')).toEqual([list[2]]);
    expect(searchAssets(list, '')).toEqual(list);
    expect(searchAssets(list, 'nowhere')).toEqual([]);
  });
});
