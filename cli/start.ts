import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { createApp } from '../server/app.ts';
import { listen } from '../server/listen.ts';
import { openParts } from '../server/open-parts.ts';
import { sharedStores } from '../server/shared-stores.ts';
import { keepHouse } from '../server/services/housekeeping.ts';
import { invitation } from '../server/services/enrol-device.ts';
import packageJson from '../package.json' with { type: 'json' };
import { buildIfNeeded } from './build-if-needed.ts';

const port = Number(process.env['PORT'] ?? 4173);
const host = process.env['HOST'] ?? '127.0.0.1';

const dist = await buildIfNeeded((line) => console.log(line));
const parts = await openParts(process.env['LOUPE_DATA'] ?? '.data', sharedStores(process.env));
const metricsToken = process.env['METRICS_TOKEN'];
const readiness = { check: () => parts.check(), isDraining: false };
const app = createApp({
  ...{ dist, version: packageJson.version, parts, readiness },
  logsRequests: process.env['LOUPE_LOG'] === 'requests',
  ...(metricsToken !== undefined && { metricsToken }),
});
const housekeeping = keepHouse(parts, console.error);
try {
  const server = await listen(app, port, host);
  console.log(`Loupe is at ${server.url}`);
  const codes = await invitation(parts.database, parts.now());
  if (codes) {
    console.log(`Code for the first tablet, good for a day: ${codes.tablet}`);
    console.log(`The desk, good for a day and one browser: ${server.url}/desk#code=${codes.desk}`);
  }
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  // A balancer needs a moment to notice; what is under way is finished.
  readiness.isDraining = true;
  await pause(Number(process.env['LOUPE_DRAIN_MS'] ?? 0));
  await server.stop();
} catch (error) {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
  console.error(`Port ${port} is taken. Choose another: PORT=4200 npm start`);
  process.exitCode = 1;
} finally {
  housekeeping.stop();
  await parts.close();
}
