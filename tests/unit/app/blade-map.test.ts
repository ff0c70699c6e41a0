import { describe, expect, it } from 'vitest';
import type { Capture } from '../../../core/contract/records.ts';
import { bladeRows } from '../../../src/app/blade-map.ts';
import { makeFinding } from '../core/domain/make-finding.ts';

const photo = (place: Capture['place']) => ({ place }) as Capture;
const severity = (value: number) => ({ scale: 'EPRI-5' as const, value, criteria: [], uncertainty: 1 });

describe('the blade map', () => {
  it('counts by blade and side what was photographed and found', () => {
    const place = { component: 'B', side: 'pressure' } as const;
    const rows = bladeRows(
      [photo(place), photo(place), photo({ component: 'B', side: 'suction' })],
      [makeFinding({ place }), makeFinding({ place, state: 'rejected' })],
      undefined,
    );
    expect(rows.map(({ blade, photos, findings }) => [blade, photos, findings])).toEqual([
      ['A', 0, 0],
      ['B', 3, 1],
      ['C', 0, 0],
    ]);
    expect(rows[1]?.sides.filter(({ photos }) => photos > 0)).toEqual([
      { side: 'pressure', photos: 2, findings: 1, maybeClean: false, clean: undefined },
      { side: 'suction', photos: 1, findings: 0, maybeClean: true, clean: undefined },
    ]);
  });

  it('knows who said of a side that no damage is seen', () => {
    const said = { component: 'A', side: 'suction', by: 'Ada', at: 1 } as const;
    const rows = bladeRows([photo({ component: 'A', side: 'suction' })], [], undefined, [said]);
    expect(rows[0]?.sides.filter(({ clean }) => clean)).toEqual([
      { side: 'suction', photos: 1, findings: 0, maybeClean: true, clean: said },
    ]);
  });

  it('draws a mark only where the distance and the length are known', () => {
    const measured = makeFinding({ place: { component: 'A', fromRootM: 10, toRootM: 20 } });
    const unmeasured = makeFinding({ place: { component: 'A' } });
    expect(bladeRows([], [measured, unmeasured], 60)[0]?.marks).toEqual([
      { finding: measured, count: 1, along: 0.25 },
    ]);
    expect(bladeRows([], [measured], undefined)[0]?.marks).toEqual([]);
  });

  it('joins marks that would cover each other under the gravest', () => {
    const at = (fromRootM: number, grade?: number) =>
      makeFinding({ place: { component: 'C', fromRootM }, ...(grade && { severity: severity(grade) }) });
    const grave = at(10.5, 4);
    const marks = bladeRows([], [at(10), grave, at(11, 2), at(30)], 60)[2]?.marks;
    expect(marks?.map(({ count }) => count)).toEqual([3, 1]);
    expect(marks?.[0]?.finding).toBe(grave);
  });
});
