import { describe, expect, it } from 'vitest';
import { performancePage, type Measured } from '../../../bench/performance-page.ts';
import { spread } from '../../../bench/statistics.ts';

const subsets = ['first', 'first-look', 'lists'].map((name) => ({ name, measures: `times of ${name}` }));

const result = (subset: string, at: string, ms: number): readonly [string, Measured] => [
  subset,
  {
    at,
    result: {
      subset,
      measures: 'as it was',
      machine: { cpu: 'a' },
      about: { tiles: 4.5 },
      ms: { photo: { total: spread([ms]) } },
      ratios: { 'a / b': spread([1, 2, 3]) },
    },
  },
];

const page = (
  measured: readonly (readonly [string, Measured])[],
  before = '',
  notes: Readonly<Record<string, string>> = {},
) =>
  performancePage({
    subsets,
    measured: new Map(measured),
    notes: new Map(Object.entries(notes)),
    before,
  });

const EARLY = '2026-01-02T03:04Z';
const LATE = '2026-01-02T03:05Z';

describe('the page of figures', () => {
  it('tells of what was measured, and names the rest', () => {
    const text = page([result('lists', EARLY, 7)], '', { lists: 'A note.\n' });
    expect(text).toContain('Without a result yet: first, first-look.');
    expect(text).toContain(
      [
        '## lists\n\nTimes of lists.\n\nA note.',
        '| case | stage | ms | runs |\n|---|---|---|---|\n| photo | total | 7.0 | 1 |',
        '| ratio | median | runs |\n|---|---|---|\n| a / b | 2.000 [1.500 to 2.500] | 3 |',
        `Measured ${EARLY} with: cpu a; tiles 4.500.`,
      ].join('\n\n'),
    );
  });

  it('keeps the figures of another machine, in their place and under the note of today', () => {
    const before = page([result('first', EARLY, 1), result('lists', EARLY, 3)], '', { lists: 'Old.' });
    const text = page([result('first-look', LATE, 2)], before, { lists: 'New.' });
    expect(text.match(/^## .*|total \| \d|^\w+\.$/gm)).toEqual([
      ...['## first', 'total | 1', '## first-look', 'total | 2', '## lists', 'New.', 'total | 3'],
    ]);
    expect(text).not.toContain('Without a result');
  });

  it.each([
    ['older', LATE, EARLY, 1],
    ['as old, since its words may be new', EARLY, EARLY, 2],
    ['newer', EARLY, LATE, 2],
  ])('with a result that is %s', (_, there, here, shown) => {
    const before = page([result('first', there, 1)]);
    expect(page([result('first', here, 2)], before)).toContain(`| photo | total | ${shown}.0 | 1 |`);
  });

  it('takes any result for newer than figures that do not tell their time', () => {
    const before = page([result('first', LATE, 1)]).replace(`Measured ${LATE} with`, 'Measured with');
    expect(page([result('first', EARLY, 2)], before)).toContain('| photo | total | 2.0 | 1 |');
    expect(page([], before)).toContain('| photo | total | 1.0 | 1 |');
  });
});
