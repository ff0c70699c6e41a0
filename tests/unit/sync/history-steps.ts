import fc from 'fast-check';
import type { SyncStep } from './sync-history.ts';

const on = fc.nat({ max: 4 });
const pick = fc.nat({ max: 20 });
/** One thing that happens to one of the tablets; while it syncs, one of `faults` may. */
export const stepWith = (faults: readonly string[]): fc.Arbitrary<SyncStep> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('inspect'), on }) },
    {
      weight: 12,
      arbitrary: fc.record({ kind: fc.constantFrom('edit', 'edit', 'note', 'photo', 'judge'), on, pick }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('delete', 'undo'), on, pick }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom('restart', 'mark', 'mark', 'roll-back', 'restore', 'vanish', 'clone'),
        on,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('clock'), on, days: fc.integer({ min: -3650, max: 3650 }) }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('sync'),
        on,
        fault: fc.option(fc.constantFrom(...faults), { nil: undefined, freq: 2 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant<SyncStep>({ kind: 'late' }) },
  );

/**
 * The server falls back too. A tablet whose whole profile falls back has no journal of what came since, and nobody
 * else has one: with a server that lost it as well, it is lost.
 */
export const stepWithRestores = (faults: readonly string[]): fc.Arbitrary<SyncStep> =>
  fc.oneof(
    { weight: 28, arbitrary: stepWith(faults).filter(({ kind }) => kind !== 'restore') },
    {
      weight: 2,
      arbitrary: fc.constantFrom<SyncStep>({ kind: 'server-backup' }, { kind: 'server-restore' }),
    },
  );

/** An inspection with a photo that every tablet knows, so that they can get in each other's way. */
export const together = (tablets: number): SyncStep[] => [
  { kind: 'inspect', on: 0 },
  { kind: 'photo', on: 0, pick: 0 },
  ...Array.from({ length: tablets }, (_, at): SyncStep => ({ kind: 'sync', on: at, fault: undefined })),
];
