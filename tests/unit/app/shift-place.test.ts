import { expect, test } from 'vitest';
import { shifted } from '../../../src/app/shift-place.ts';

test.each([
  [
    'towards the tip by its own length',
    { fromRootM: 21, toRootM: 24 },
    1,
    60,
    { fromRootM: 24, toRootM: 27 },
  ],
  ['back towards the root', { fromRootM: 21, toRootM: 24 }, -1, 60, { fromRootM: 18, toRootM: 21 }],
  ['not beyond the tip', { fromRootM: 56, toRootM: 59 }, 1, 60, { fromRootM: 57, toRootM: 60 }],
  ['not beyond the root', { fromRootM: 1, toRootM: 4 }, -1, 60, { fromRootM: 0, toRootM: 3 }],
  ['a single place moves by a metre', { fromRootM: 2.5 }, 1, undefined, { fromRootM: 3.5 }],
  ['tenths do not pile up', { fromRootM: 0.2, toRootM: 0.3 }, 1, undefined, { fromRootM: 0.3, toRootM: 0.4 }],
  ['unknown stays unknown', {}, 1, 60, {}],
] as const)('%s', (_, place, way, length, expected) => {
  expect(shifted({ component: 'B', ...place }, way, length)).toEqual({ component: 'B', ...expected });
});
