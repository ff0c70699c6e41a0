import { createApp } from '../../server/app.ts';
import { listen } from '../../server/listen.ts';
import { openParts } from '../../server/open-parts.ts';
import { sharedStores } from '../../server/shared-stores.ts';

/** One node in a process of its own, without the app's files: folder, port (0: any). Prints its address. */
const [folder = '', port = '0'] = process.argv.slice(2);
const parts = await openParts(folder, sharedStores(process.env));
const app = createApp({
  dist: '/nonexistent',
  version: 'test',
  parts,
  readiness: { ...parts, isDraining: false },
});
const server = await listen(app, Number(port));
process.stdout.write(`${server.url}\n`);
process.once('SIGTERM', () => void server.stop().then(() => parts.close()));
