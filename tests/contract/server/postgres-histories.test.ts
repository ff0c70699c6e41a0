import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresFolder, PostgresServer } from '../../services/postgres-server.ts';
import { stepWith, together } from '../../unit/sync/history-steps.ts';
import { noCounts, SyncHistory, type Counts } from '../../unit/sync/sync-history.ts';
import { SOCKET_FAULTS, SocketWorlds } from './socket-world.ts';

/** LOUPE_PG_HISTORIES=500 for the long run. */
const RUNS = Number(process.env['LOUPE_PG_HISTORIES'] ?? 12);
const SAY_EVERY = 25;
/** Histories mostly wait, for black holes and databases that come back: several at once, each lane with a database and nodes of its own. */
const LANES = 4;
/** Of one history; on two cores that are busy with other things it takes some ten seconds. */
const PATIENCE_MS = 60_000;

describe.skipIf(postgresFolder() === undefined)('any history over two nodes on PostgreSQL', () => {
  let postgres: PostgresServer;
  const lanes: SocketWorlds[] = [];
  beforeAll(async () => {
    postgres = await PostgresServer.start();
    for (let lane = 0; lane < LANES; lane++) lanes.push(await SocketWorlds.start(postgres));
  });
  afterAll(async () => {
    for (const worlds of lanes) await worlds.close();
    await postgres.stop();
  });

  it(
    'loses, doubles, overwrites nothing, leaves nothing stuck, and all agree, while lines and databases are cut',
    async () => {
      const sum = noCounts();
      let histories = 0;
      const runIn = (worlds: SocketWorlds): Promise<void> =>
        fc.assert(
          fc.asyncProperty(
            fc.integer(),
            fc.integer({ min: 2, max: 4 }),
            fc.array(stepWith(SOCKET_FAULTS), { minLength: 1, maxLength: 40, size: 'max' }),
            async (seed, tablets, steps) => {
              const history = await SyncHistory.create(seed, tablets, await worlds.open());
              await history.run([...together(tablets), ...steps]);
              histories++;
              for (const key of Object.keys(sum) as (keyof Counts)[]) sum[key] += history.counts[key];
              if (histories % SAY_EVERY === 0) process.stdout.write(`${histories} of ${RUNS} histories\n`);
            },
          ),
          { numRuns: Math.ceil(RUNS / LANES), endOnFailure: process.env['LOUPE_NO_SHRINK'] !== undefined },
        );
      await Promise.all(lanes.map(runIn));
      const cuts = lanes.reduce((all, worlds) => all + worlds.cuts, 0);
      process.stdout.write(`${histories} histories, ${cuts} cuts: ${JSON.stringify(sum)}\n`);
      expect(sum.conflicts).toBeGreaterThan(0);
      expect(cuts).toBeGreaterThan(0);
    },
    RUNS * PATIENCE_MS,
  );
});
