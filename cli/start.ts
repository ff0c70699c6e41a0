import { once } from 'node:events';
import { createApp } from '../server/app.ts';
import { listen } from '../server/listen.ts';
import packageJson from '../package.json' with { type: 'json' };
import { buildIfNeeded } from './build-if-needed.ts';

const port = Number(process.env['PORT'] ?? 4173);
const host = process.env['HOST'] ?? '127.0.0.1';

const dist = await buildIfNeeded((line) => console.log(line));
try {
  const server = await listen(createApp({ dist, version: packageJson.version }), port, host);
  console.log(`Loupe is at ${server.url}`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await server.stop();
} catch (error) {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
  console.error(`Port ${port} is taken. Choose another: PORT=4200 npm start`);
  process.exitCode = 1;
}
