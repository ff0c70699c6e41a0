import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { spread, type Spread } from '../statistics.ts';
import type { Subset, SubsetReport } from '../subset.ts';

const Pushed = v.object({ operationsPerSecond: v.number(), p50: v.number(), p99: v.number() });
const Pairs = v.array(v.object({ one: Pushed, two: Pushed }));
const Figures = v.object({
  sqlite: Pushed,
  /** MB/s. */
  upload: v.array(v.number()),
  pull: v.object({ rows: v.number(), seconds: v.number() }),
  many: v.object({
    devices: v.number(),
    seconds: v.number(),
    refusedAtFirst: v.number(),
    failed: v.number(),
    p50: v.number(),
    p99: v.number(),
  }),
  postgres: v.nullable(Pairs),
  /** Each node with a quarter of a core; null where the kernel does not let us. */
  shared: v.nullable(Pairs),
});

const LEAST_OPERATIONS = 2000;
const MOST_P99_MS = 250;
const LEAST_MEGABYTES = 100;
const MOST_PULL_S = 10;
const LEAST_GAIN = 1.6;

/** Load and server share this machine's cores: a server of its own does more. */
export const server: Subset = {
  name: 'server',
  measures: 'operations, uploads, pulls and 500 devices at once, at full durability; two nodes on PostgreSQL',
  async run({ log }): Promise<SubsetReport> {
    log('loading a server on SQLite, then two on PostgreSQL');
    const { sqlite, upload, pull, many, postgres, shared } = await measure();
    const pairs = postgres ?? [];
    return {
      ms: {
        'push of 20 on SQLite': { p50: one(sqlite.p50), p99: one(sqlite.p99) },
        [`${many.devices} devices, push and pull`]: { p50: one(many.p50), p99: one(many.p99) },
        [`pull of ${pull.rows} rows`]: { all: one(pull.seconds * 1000) },
        ...(pairs.length > 0 && {
          'push of 20 on PostgreSQL': {
            'one node, p99': spread(pairs.map((pair) => pair.one.p99)),
            'two nodes, p99': spread(pairs.map((pair) => pair.two.p99)),
          },
        }),
      },
      ratios: {
        [`${LEAST_OPERATIONS} / operations a second, SQLite`]: one(
          LEAST_OPERATIONS / sqlite.operationsPerSecond,
        ),
        [`p99 / ${MOST_P99_MS} ms, SQLite`]: one(sqlite.p99 / MOST_P99_MS),
        [`${LEAST_MEGABYTES} / MB a second of an upload`]: spread(
          upload.map((speed) => LEAST_MEGABYTES / speed),
        ),
        [`pull / ${MOST_PULL_S} s`]: one(pull.seconds / MOST_PULL_S),
        'devices without an answer after back-off': one(many.failed),
        ...(pairs.length > 0 && {
          [`${LEAST_OPERATIONS} / operations a second, PostgreSQL`]: spread(
            pairs.map((pair) => LEAST_OPERATIONS / pair.one.operationsPerSecond),
          ),
          [`${LEAST_GAIN} / gain of a second node`]: spread(pairs.map(gainLeft)),
        }),
        ...(shared && {
          [`${LEAST_GAIN} / gain of a second node, a quarter of a core each`]: spread(shared.map(gainLeft)),
        }),
      },
      about: {
        'operations a second, SQLite': Math.round(sqlite.operationsPerSecond),
        'refused at first': many.refusedAtFirst,
      },
    };
  },
};

/** In a process of its own, which starts the servers in others: it belongs to the tests, which bench may not import. */
async function measure(): Promise<v.InferOutput<typeof Figures>> {
  const script = join(import.meta.dirname, '../../tests/load/server-load.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script], {
    maxBuffer: 2 ** 24,
  });
  return v.parse(Figures, JSON.parse(stdout));
}

const gainLeft = ({ one: alone, two }: v.InferOutput<typeof Pairs>[number]): number =>
  (LEAST_GAIN * alone.operationsPerSecond) / two.operationsPerSecond;

const one = (value: number): Spread => ({ median: value, low: value, high: value, count: 1 });
