import { mulberry32 } from '../../core/vision/random.ts';
import { postgresFolder } from '../services/postgres-server.ts';
import { killServers } from './kill-servers.ts';

/** `npm run faults -- --server --kills N`: prints its counts, resolves with how many things were wrong. */
export async function serverFaults(kills: number, seed: number): Promise<number> {
  let wrong = 0;
  for (const kind of ['sqlite', 'postgres'] as const) {
    if (kind === 'postgres' && postgresFolder() === undefined) continue;
    const counts = await killServers({ kills, kind, random: mulberry32(seed) });
    const summary = JSON.stringify({ kind, seed, ...counts, wrong: counts.wrong.length });
    process.stdout.write(`${[summary, ...counts.wrong].join('\n')}\n`);
    wrong += counts.wrong.length;
  }
  return wrong;
}
