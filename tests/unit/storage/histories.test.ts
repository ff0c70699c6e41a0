import fc from 'fast-check';
import { describe, it } from 'vitest';
import { History, type Step } from './history.ts';
import { HistoryDevice, type Adapter } from './history-device.ts';

/** LOUPE_HISTORIES=10000 for the long run. */
const RUNS = Number(process.env['LOUPE_HISTORIES'] ?? 200);

const pick = fc.nat({ max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Step>({ kind: 'inspect' }) },
  {
    weight: 12,
    arbitrary: fc.record({ kind: fc.constantFrom('edit', 'photo', 'analyse', 'judge'), pick }),
  },
  { weight: 2, arbitrary: fc.constantFrom<Step>({ kind: 'delete' }, { kind: 'undo' }, { kind: 'restart' }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('fault'), fault: fc.constantFrom('lost', 'answer-lost') }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Step>(
      { kind: 'vanish' },
      { kind: 'mark' },
      { kind: 'roll-back' },
      { kind: 'restore-profile' },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('clock'), days: fc.integer({ min: -3650, max: 3650 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('push'),
      network: fc.constantFrom('works', 'dead', 'answer-lost', 'twice', 'cut'),
    }),
  },
);

describe.each<[Adapter, number]>([
  ['memory', RUNS],
  ['indexeddb', Math.ceil(RUNS / 4)],
])('any history of saves, faults, clocks and networks (%s)', (adapter, numRuns) => {
  it('a photo that was saved twice after an error does not bring its deleted inspection back', async () => {
    await new History(await HistoryDevice.create(adapter, 0)).run([
      { kind: 'inspect' },
      { kind: 'fault', fault: 'lost' },
      { kind: 'photo', pick: 0 },
      { kind: 'delete' },
      { kind: 'clock', days: 1 },
    ]);
  });

  it(
    'loses nothing, doubles nothing and leaves nothing stuck',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer(),
          fc.array(step, { minLength: 1, maxLength: 40 }),
          async (seed, steps) => {
            await new History(await HistoryDevice.create(adapter, seed)).run([{ kind: 'inspect' }, ...steps]);
          },
        ),
        { numRuns, endOnFailure: false },
      );
    },
    60 * 60 * 1000,
  );
});
