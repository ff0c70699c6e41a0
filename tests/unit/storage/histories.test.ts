import fc from 'fast-check';
import { describe, it } from 'vitest';
import { LongRun } from '../long-run.ts';
import { History, type Step } from './history.ts';
import { HistoryDevice, type Adapter } from './history-device.ts';

const pick = fc.nat({ max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Step>({ kind: 'inspect' }) },
  {
    weight: 12,
    arbitrary: fc.record({ kind: fc.constantFrom('edit', 'photo', 'analyse', 'judge', 'draw'), pick }),
  },
  { weight: 2, arbitrary: fc.constantFrom<Step>({ kind: 'delete' }, { kind: 'undo' }, { kind: 'restart' }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('delete-photo', 'delete-drawn'), pick }),
  },
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

const DISTURBANCES = new Set<Step['kind']>([
  ...(['fault', 'restart', 'vanish', 'roll-back', 'restore-profile', 'clock', 'push'] as const),
]);

describe.each<[Adapter, number]>([
  ['memory', 100],
  ['indexeddb', 40],
])('any history of saves, faults, clocks and networks (%s)', (adapter, least) => {
  it('a photo that was saved twice after an error does not bring its deleted inspection back', async () => {
    await new History(await HistoryDevice.create(adapter, 0)).run([
      { kind: 'inspect' },
      { kind: 'fault', fault: 'lost' },
      { kind: 'photo', pick: 0 },
      { kind: 'delete' },
      { kind: 'clock', days: 1 },
    ]);
  });

  it('a drawn finding whose deletion was made but not answered is deleted once', async () => {
    await new History(await HistoryDevice.create(adapter, 0)).run([
      { kind: 'inspect' },
      { kind: 'photo', pick: 0 },
      { kind: 'draw', pick: 0 },
      { kind: 'fault', fault: 'answer-lost' },
      { kind: 'delete-drawn', pick: 0 },
      { kind: 'vanish' },
    ]);
  });

  it('a deletion whose answer was lost is noticed when the database falls back behind it', async () => {
    await new History(await HistoryDevice.create(adapter, 0)).run([
      { kind: 'inspect' },
      { kind: 'fault', fault: 'answer-lost' },
      { kind: 'mark' },
      { kind: 'delete' },
      { kind: 'roll-back' },
    ]);
  });

  it('a photo that was deleted before the database vanished comes back with its findings', async () => {
    await new History(await HistoryDevice.create(adapter, 0)).run([
      { kind: 'inspect' },
      { kind: 'photo', pick: 0 },
      { kind: 'analyse', pick: 0 },
      { kind: 'delete-photo', pick: 0 },
      { kind: 'vanish' },
      { kind: 'undo' },
      { kind: 'vanish' },
    ]);
  });

  it('an inspection that was deleted for good stays so when the database falls back behind that', async () => {
    await new History(await HistoryDevice.create(adapter, 0)).run([
      { kind: 'inspect' },
      { kind: 'inspect' },
      { kind: 'mark' },
      { kind: 'delete' },
      { kind: 'push', network: 'works' },
      { kind: 'edit', pick: 0 },
      { kind: 'clock', days: 1 },
      { kind: 'edit', pick: 0 },
      { kind: 'edit', pick: 0 },
      { kind: 'restart' },
      { kind: 'roll-back' },
    ]);
  });

  it('a restored profile brings its photo files back with it', async () => {
    await new History(await HistoryDevice.create(adapter, 0)).run([
      { kind: 'mark' },
      { kind: 'inspect' },
      { kind: 'photo', pick: 0 },
      { kind: 'restore-profile' },
    ]);
  });

  const run = new LongRun(least);
  it(
    'loses nothing, doubles nothing and leaves nothing stuck',
    async () => {
      const told: Record<string, number> = { 'saves acknowledged': 0 };
      const count = (what: string, by = 1): void => void (told[what] = (told[what] ?? 0) + by);
      await fc.assert(
        fc.asyncProperty(
          fc.integer(),
          fc.array(step, { minLength: 1, maxLength: 40, size: 'max' }),
          async (seed, steps) => {
            const history = new History(await HistoryDevice.create(adapter, seed));
            await history.run([{ kind: 'inspect' }, ...steps]);
            run.done++;
            count('saves acknowledged', history.acknowledged);
            for (const { kind } of steps) if (DISTURBANCES.has(kind)) count(kind);
          },
        ),
        { ...run.seed, numRuns: run.wanted, endOnFailure: false },
      );
      process.stdout.write(
        `${run.done} histories (${adapter}): ${JSON.stringify(told)} 0 lost, 0 doubled, 0 stuck\n`,
      );
    },
    run.patienceMs,
  );
});
