import { restoreBackup } from '../server/backup/restore-backup.ts';
import { sharedStores } from '../server/shared-stores.ts';
import { UsageError } from './options.ts';
import { runCommand } from './run-command.ts';

const USAGE = `npm run restore -- FOLDER

Puts a backup into an empty data folder (LOUPE_DATA) or an empty database (DATABASE_URL). The server must not run.`;

await runCommand(USAGE, async ([folder, ...more]) => {
  if (folder === undefined || more.length > 0) throw new UsageError('name one folder');
  const data = process.env['LOUPE_DATA'] ?? '.data';
  const { madeAt, tenants, photos, missing } = await restoreBackup(folder, data, sharedStores(process.env));
  console.log(`restored what was there on ${madeAt}: ${tenants} tenants, ${photos} photos`);
  if (missing.length > 0)
    console.log(`${missing.length} photos are not in the backup; tablets send them again`);
  return 0;
});
