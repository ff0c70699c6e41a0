import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { makeSeeds, type Seeds } from '../../fuzz/seeds.ts';
import { targets } from '../../fuzz/targets.ts';

/** Ms for each; `npm run fuzz` takes longer. */
const SHARE_MS = 1200;
const LEAST_RUNS = 20;
const names = [
  ...[
    'image header',
    'EXIF',
    'model manifest',
    'release of a pack',
    'bundle',
    'asset list, CSV',
    'asset list, GeoJSON',
    'COCO labels',
  ],
  ...[
    'operation',
    'row of the server',
    'WWW-Authenticate',
    'body of a push',
    'body of a push, as bytes',
    'cursor',
  ],
  ...['headers of tus', 'proof', 'access token'],
];

describe('no parser of what comes from outside can be broken', () => {
  let seeds: Seeds;
  beforeAll(async () => {
    seeds = await makeSeeds();
  });
  afterAll(() => seeds.close());

  it('every parser is listed here', ({ expect }) => {
    expect(targets(seeds).map(({ name }) => name)).toEqual(names);
  });

  it.each(names)('%s', async (name) => {
    const found = targets(seeds).find((target) => target.name === name);
    if (!found) throw new Error(`no target ${name}`);
    await fc.assert(found.property, { numRuns: LEAST_RUNS });
    await fc.assert(found.property, {
      numRuns: 100_000,
      interruptAfterTimeLimit: SHARE_MS,
      markInterruptAsFailure: false,
    });
  });
});
