import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LongRun } from '../long-run.ts';
import { stepWith, stepWithRestores, together } from './history-steps.ts';
import { LocalWorld, NETWORK_FAULTS } from './local-world.ts';
import { noCounts, SyncHistory, type Counts, type SyncStep } from './sync-history.ts';

/** Every so many-th history signs in with real keys, proofs and tokens. */
const SEEDS_A_REAL_SIGN_IN = 8;

/** Histories whose steps come from `steps`, summed up. */
async function runHistories(steps: fc.Arbitrary<SyncStep>, run: LongRun): Promise<Counts> {
  const sum = noCounts();
  await fc.assert(
    fc.asyncProperty(
      fc.integer(),
      fc.integer({ min: 2, max: 4 }),
      fc.array(steps, { minLength: 1, maxLength: 40, size: 'max' }),
      async (seed, tablets, chosen) => {
        const history = await SyncHistory.create(
          seed,
          tablets,
          await LocalWorld.open(seed % SEEDS_A_REAL_SIGN_IN !== 0),
        );
        await history.run([...together(tablets), ...chosen]);
        run.done++;
        for (const key of Object.keys(sum) as (keyof Counts)[]) sum[key] += history.counts[key];
      },
    ),
    { ...run.seed, numRuns: run.wanted, endOnFailure: process.env['LOUPE_NO_SHRINK'] !== undefined },
  );
  process.stdout.write(`${run.done} histories: ${JSON.stringify(sum)}\n`);
  return sum;
}

const usual = new LongRun(100);
const fallingBack = new LongRun(30);

describe('any history of 2 to 5 tablets and a server', () => {
  it(
    'loses nothing, doubles nothing, overwrites nothing silently, leaves nothing stuck, and all agree',
    async () => {
      const counts = await runHistories(stepWith(NETWORK_FAULTS), usual);
      expect(counts.conflicts).toBeGreaterThan(0);
    },
    usual.patienceMs,
  );

  it(
    '30: neither does one in which the server falls back to a backup: tablets send again what it lost',
    async () => {
      await runHistories(stepWithRestores(NETWORK_FAULTS), fallingBack);
    },
    fallingBack.patienceMs,
  );

  it('30: what was entered before the server fell back does not replace what was entered since', async () => {
    const on = (tablet: number) => ({ on: tablet, pick: 0 });
    const history = await SyncHistory.create(0, 2, await LocalWorld.open());
    await history.run([
      ...together(2),
      ...[{ kind: 'server-backup' } as const, { kind: 'edit', ...on(1) } as const],
      ...[{ kind: 'sync', on: 1, fault: undefined } as const, { kind: 'server-restore' } as const],
      { kind: 'edit', ...on(1) },
    ]);
    expect(history.counts.writes).toBeGreaterThan(2);
  });

  it('30: what was acknowledged after the backup comes back, also what another tablet builds on it', async () => {
    const at = (on: number) => ({ on, pick: 0 });
    const sync = (on: number): SyncStep => ({ kind: 'sync', on, fault: undefined });
    const history = await SyncHistory.create(30, 2, await LocalWorld.open());
    await history.run([
      ...together(2),
      { kind: 'server-backup' },
      ...[{ kind: 'inspect', ...at(0) } as const, { kind: 'photo', ...at(0) } as const, sync(0), sync(1)],
      ...[{ kind: 'edit', ...at(1) } as const, { kind: 'note', ...at(1) } as const, sync(1)],
      { kind: 'server-restore' },
      ...[{ kind: 'edit', ...at(0) } as const, sync(1), sync(0)],
    ]);
    expect(history.counts.writes).toBeGreaterThan(4);
  });

  it('30: an edit of what the server lost waits until its maker has sent it again', async () => {
    const at = (on: number) => ({ on, pick: 1 });
    const sync = (on: number): SyncStep => ({ kind: 'sync', on, fault: undefined });
    const history = await SyncHistory.create(0, 3, await LocalWorld.open());
    await history.run([
      ...together(3),
      ...[{ kind: 'server-backup' } as const, { kind: 'inspect', on: 1 } as const, sync(1), sync(0)],
      ...[{ kind: 'server-restore' } as const, { kind: 'edit', ...at(0) } as const, sync(0)],
    ]);
    expect(history.counts.writes).toBeGreaterThan(1);
  });

  it('31: a copied tablet whose other half loses its database overwrites nothing silently', async () => {
    const at = (on: number) => ({ on, pick: 0 });
    const history = await SyncHistory.create(0, 2, await LocalWorld.open());
    await history.run([
      ...together(2),
      { kind: 'clone', on: 0 },
      ...[{ kind: 'edit', ...at(0) } as const, { kind: 'vanish', on: 0 } as const],
      { kind: 'edit', ...at(2) },
      ...[0, 2].map((on): SyncStep => ({ kind: 'sync', on, fault: undefined })),
    ]);
    expect(history.counts.conflicts).toBeGreaterThan(0);
  });

  it('17: what another tablet wrote shows below a change whose answer was lost, once that is told', async () => {
    const edit = (on: number) => ({ kind: 'edit', on, pick: 0 }) as const;
    const sync = (on: number, fault?: string): SyncStep => ({ kind: 'sync', on, fault });
    const history = await SyncHistory.create(17, 2, await LocalWorld.open(true));
    await history.run([
      ...together(2),
      ...[edit(0), edit(1), sync(0, 'killed-after-commit'), sync(1), sync(0, 'disk-full'), sync(0)],
    ]);
    expect(history.counts.conflicts).toBe(1);
  });

  it('a database that fell back after it had come back from its journal shows what others wrote', async () => {
    const at = (on: number) => ({ on, pick: 0 });
    const sync = (on: number): SyncStep => ({ kind: 'sync', on, fault: undefined });
    const history = await SyncHistory.create(0, 3, await LocalWorld.open());
    await history.run([
      ...together(3),
      ...[{ kind: 'edit', ...at(1) } as const, sync(1), sync(0)],
      ...(['mark', 'vanish', 'roll-back'] as const).map((kind) => ({ kind, on: 0 })),
    ]);
    expect(history.counts.writes).toBeGreaterThan(1);
  });

  it('a deletion that is undone while two values stand takes neither away', async () => {
    const on = (tablet: number) => ({ on: tablet, pick: 0 });
    const sync = (tablet: number): SyncStep => ({ kind: 'sync', on: tablet, fault: undefined });
    const edit = (tablet: number): SyncStep => ({ kind: 'edit', ...on(tablet) });
    for (const after of [[], [edit(1)]]) {
      const history = await SyncHistory.create(0, 2, await LocalWorld.open());
      await history.run([
        ...together(2),
        ...[edit(1), edit(0), sync(0), sync(1)],
        ...[{ kind: 'delete', ...on(1) } as const, { kind: 'undo', ...on(1) } as const],
        ...[...after, sync(0)],
      ]);
      expect(history.counts.conflicts).toBe(1);
    }
  });

  it('30: what was replaced after the backup does not stand again beside what replaced it', async () => {
    const edit = { kind: 'edit', on: 0, pick: 0 } as const;
    const sync: SyncStep = { kind: 'sync', on: 0, fault: undefined };
    const history = await SyncHistory.create(0, 2, await LocalWorld.open());
    await history.run([
      ...together(2),
      ...[{ kind: 'server-backup' } as const, edit, sync, { kind: 'server-restore' } as const],
      ...[edit, edit, sync],
    ]);
    expect(history.counts.conflicts).toBe(0);
  });

  it('30: a backup that is restored twice gives no version out twice', async () => {
    const note = (on: number) => ({ kind: 'note', on, pick: 1 }) as const;
    const restore = { kind: 'server-restore' } as const;
    const history = await SyncHistory.create(0, 3, await LocalWorld.open());
    await history.run([
      ...together(3),
      ...[{ kind: 'server-backup' } as const, note(0), restore, note(1)],
      ...[{ kind: 'sync', on: 1, fault: undefined } as const, restore, note(1)],
    ]);
    expect(history.counts.conflicts).toBe(1);
  });

  it('two profiles that fall back one after the other take only their own entries with them', async () => {
    const at = (on: number) => ({ on, pick: 0 });
    const history = await SyncHistory.create(0, 3, await LocalWorld.open());
    await history.run([
      ...together(3),
      ...[
        { kind: 'mark', on: 1 } as const,
        { kind: 'edit', ...at(1) } as const,
        { kind: 'mark', on: 0 } as const,
      ],
      ...[{ kind: 'restore', on: 1 } as const, { kind: 'edit', ...at(0) } as const],
      { kind: 'restore', on: 0 },
    ]);
    expect(history.counts.conflicts).toBe(0);
  });

  it.each([
    ['while a rival stands', [{ kind: 'sync', on: 0, fault: undefined }]],
    ['after its database came back from the journal', [{ kind: 'vanish', on: 0 }]],
  ] as const)('31: no tablet is in conflict with itself: %s', async (_, between) => {
    const edit = (on: number) => ({ kind: 'edit', on, pick: 0 }) as const;
    const sync = (on: number): SyncStep => ({ kind: 'sync', on, fault: undefined });
    const history = await SyncHistory.create(0, 2, await LocalWorld.open());
    await history.run([
      ...together(2),
      ...[edit(1), edit(0), sync(1), sync(0)],
      ...between,
      ...[edit(0), sync(0)],
    ]);
    expect(history.counts).toMatchObject({ writes: 5, conflicts: 1 });
  });
});
