import { describe, expect, it } from 'vitest';
import { hrefTo, parseRoute } from '../../../src/app/route.ts';

const ID = '01a2021a-821c-7e58-b453-1ce29feaec6e';
const CHILD = '01a2021b-aee2-7539-a46f-c31766b37c1c';

describe('addresses', () => {
  it.each([
    ['', { kind: 'inspections' }],
    ['#/', { kind: 'inspections' }],
    ['#/new', { kind: 'new' }],
    ['#/models', { kind: 'models' }],
    ['#/storage', { kind: 'storage' }],
    ['#/settings', { kind: 'settings' }],
    ['#/desk/inspections', { kind: 'desk', tab: 'inspections' }],
    ['#/desk/audit', { kind: 'desk', tab: 'audit' }],
    [`#/inspections/${ID}`, { kind: 'inspection', id: ID }],
    [`#/inspections/${ID}/add`, { kind: 'add', id: ID }],
    [`#/inspections/${ID}/hand-over`, { kind: 'hand-over', id: ID }],
    [`#/inspections/${ID}/photos/${CHILD}`, { kind: 'photo', id: ID, captureId: CHILD }],
    ['#/about', { kind: 'about' }],
    [`#/inspections/${ID}/findings`, { kind: 'findings', id: ID }],
    [`#/inspections/${ID}/mark/${CHILD}`, { kind: 'mark', id: ID, captureId: CHILD }],
    [`#/inspections/${ID}/compare/${CHILD}`, { kind: 'compare', id: ID, findingId: CHILD }],
    [`#/inspections/${ID}/judge`, { kind: 'judge', id: ID, findingId: undefined }],
    [`#/inspections/${ID}/judge/${CHILD}`, { kind: 'judge', id: ID, findingId: CHILD }],
    ['#/demo', { kind: 'demo', model: undefined, sample: undefined }],
    ['#/demo?model=a&sample=b', { kind: 'demo', model: 'a', sample: 'b' }],
  ])('%s', (hash, route) => {
    expect(parseRoute({ hash, search: '' })).toEqual(route);
  });

  it.each([
    ['?model=a', ''],
    ['?sample=b', ''],
    ['?model=a&sample=b', '#/'],
    ['?model=a&sample=b', '#/demo'],
  ])('a model or sample named before the hash opens the demo: %s%s', (search, hash) => {
    const named = new URLSearchParams(search);
    expect(parseRoute({ hash, search })).toEqual({
      kind: 'demo',
      model: named.get('model') ?? undefined,
      sample: named.get('sample') ?? undefined,
    });
  });

  it.each([
    ['?desk', '', { kind: 'desk', tab: 'inspections' }],
    ['?desk', '#/', { kind: 'inspections' }],
    ['?desk', '#code=ABCD-EFGH-JKLM', { kind: 'sync', code: 'ABCD-EFGH-JKLM' }],
  ])('what /desk leads to: %s%s', (search, hash, route) => {
    expect(parseRoute({ hash, search })).toEqual(route);
  });

  it.each([
    '#/nowhere',
    '#/desk/nothing',
    '#/desk/map/more',
    '#/inspections/not-an-id',
    `#/inspections/${ID}/nothing`,
    `#/inspections/${ID}/photos`,
    `#/inspections/${ID}/photos/../../etc`,
    `#/inspections/${ID}/add/more`,
    `#/new/${ID}`,
  ])('%s is nowhere', (hash) => {
    expect(parseRoute({ hash, search: '' }).kind).toBe('unknown');
  });

  it.each([
    '#/',
    '#/new',
    `#/inspections/${ID}`,
    `#/inspections/${ID}/add`,
    `#/inspections/${ID}/hand-over`,
    `#/inspections/${ID}/photos/${CHILD}`,
    `#/inspections/${ID}/judge`,
    `#/inspections/${ID}/judge/${CHILD}`,
    '#/demo',
    '#/demo?model=a&sample=b',
  ])('%s is written as it is read', (hash) => {
    expect(hrefTo(parseRoute({ hash, search: '' }))).toBe(hash);
  });
});
