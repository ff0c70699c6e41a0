import { makeBackup } from '../server/backup/make-backup.ts';
import { openParts } from '../server/open-parts.ts';
import { sharedStores } from '../server/shared-stores.ts';
import { UsageError } from './options.ts';
import { runCommand } from './run-command.ts';

const USAGE = `npm run backup -- FOLDER

Copies database and photos into FOLDER while the server runs. The same folder again copies only new photos.`;

await runCommand(USAGE, async ([folder, ...more]) => {
  if (folder === undefined || more.length > 0) throw new UsageError('name one folder');
  const data = process.env['LOUPE_DATA'] ?? '.data';
  const shared = sharedStores(process.env);
  const parts = await openParts(data, shared);
  try {
    const { kind, photos, madeAt } = await makeBackup(parts, data, shared, folder);
    console.log(`${kind} and ${photos} photos of ${madeAt} are in ${folder}`);
    return 0;
  } finally {
    await parts.close();
  }
});
