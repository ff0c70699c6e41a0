import { parseArgs } from 'node:util';
import { mulberry32 } from '../../../core/vision/random.ts';
import { serverFaults } from '../../load/server-faults.ts';
import { serveHarnessPage } from './harness-page.ts';
import { killWhileSaving } from './kill-campaign.ts';

/** `npm run faults -- --kills 200 [--seed N] [--server]`, of browsers or of servers: a long campaign, its counts on stdout, 1 when anything is wrong. */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string' },
    server: { type: 'boolean' },
  },
});
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
if (values.server) process.exitCode = (await serverFaults(Number(values.kills), seed)) > 0 ? 1 : 0;
else await browserFaults();

async function browserFaults(): Promise<void> {
  const harness = await serveHarnessPage();
  try {
    const counts = await killWhileSaving(harness.url, {
      kills: Number(values.kills),
      random: mulberry32(seed),
      log: (line) => console.error(line),
    });
    const { wrong, ...figures } = counts;
    const summary = JSON.stringify({ seed, ...figures, wrong: wrong.length });
    process.stdout.write(`${[summary, ...wrong].join('\n')}\n`);
    process.exitCode = wrong.length > 0 ? 1 : 0;
  } finally {
    await harness.stop();
  }
}
