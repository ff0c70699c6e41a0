import { describe, expect, it } from 'vitest';
import {
  countByStatus,
  deskRows,
  NO_FILTER,
  sitesOf,
  type DeskFilter,
} from '../../../../src/app/desk/desk-rows.ts';
import type { InspectionSummary } from '../../../../src/storage/inspection-store.ts';
import type { Inspection } from '../../../../core/contract/records.ts';
import { inspectionOf } from '../../storage/records-for-tests.ts';

const row = (changes: Partial<Inspection>, findings = 0, judged = 0): InspectionSummary => ({
  inspection: inspectionOf(changes),
  ...{ captures: 1, analysed: 1, findings, judged, coverCaptureId: undefined },
});
const rows = [
  row({ title: 'T2', asset: { type: 'turbine', tag: 'WTG-2' }, status: 'approved', updatedAt: 3 }, 9, 9),
  row({ title: 'T10', asset: { type: 'turbine', tag: 'WTG-10' }, status: 'received', updatedAt: 1 }, 5, 1),
  row(
    { title: 'Deck', asset: { type: 'bridge', tag: 'B' }, site: 'Sund', updatedAt: 2, inspector: 'Joan' },
    7,
    5,
  ),
];
const titles = (filter: Partial<DeskFilter>): string[] =>
  deskRows(rows, { ...NO_FILTER, ...filter }).map(({ inspection }) => inspection.title);

describe('the rows of the desk', () => {
  it.each<[string, Partial<DeskFilter>, string[]]>([
    ['everything, last changed first', {}, ['T2', 'Deck', 'T10']],
    ['a status', { status: 'received' }, ['T10']],
    ['a site', { site: 'Sund' }, ['Deck']],
    ['words, each somewhere', { search: '  joan SUND ' }, ['Deck']],
    ['a word that is nowhere', { search: 'joan ridge' }, []],
    ['by asset, numbers as numbers', { sort: 'asset' }, ['Deck', 'T2', 'T10']],
    ['what waits for the office first', { sort: 'status' }, ['T10', 'Deck', 'T2']],
    ['most to judge first', { sort: 'open' }, ['T10', 'Deck', 'T2']],
  ])('%s', (_, filter, expected) => {
    expect(titles(filter)).toEqual(expected);
  });

  it('counts by status and names the sites', () => {
    expect(countByStatus(rows)).toEqual({ approved: 1, received: 1, draft: 1 });
    expect(sitesOf(rows)).toEqual(['Ridge', 'Sund']);
  });
});
