import { describe, expect, it } from 'vitest';
import { checkBaseline } from '../../../bench/check.ts';
import { spread } from '../../../bench/statistics.ts';
import type { SubsetReport } from '../../../bench/subset.ts';

const SMALL = '640 px: not inference / inference';
const LARGE = '12 MP: not inference / inference';
const report = (ratios: Readonly<Record<string, number>>): SubsetReport => ({
  ms: {},
  about: {},
  ratios: Object.fromEntries(Object.entries(ratios).map(([name, value]) => [name, spread([value])])),
});

describe('the baseline of "first"', () => {
  it('lets pass what is as good', async () => {
    expect(await checkBaseline('first', report({ [SMALL]: 0.03, [LARGE]: 0.05 }))).toEqual([]);
  });

  it('names what is worse than the 10 % that is to be kept', async () => {
    const worse = await checkBaseline('first', report({ [SMALL]: 0.03, [LARGE]: 0.11 }));
    expect(worse).toEqual([expect.stringContaining(LARGE)]);
  });

  it('names what was not measured', async () => {
    expect(await checkBaseline('first', report({ [SMALL]: 0.03 }))).toEqual([
      `first: ${LARGE} was not measured`,
    ]);
  });
});
