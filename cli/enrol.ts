import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { Roles } from '../core/contract/roles.ts';
import { openParts } from '../server/open-parts.ts';
import { sharedStores } from '../server/shared-stores.ts';
import { makeEnrolmentCode, onlyTenant } from '../server/services/enrol-device.ts';

/**
 * `npm run enrol -- --role reviewer --role admin --person "Ada"`: prints a one-time code for one more device, by
 * default a technician's. The server may run meanwhile.
 */
const { values } = parseArgs({
  options: { role: { type: 'string', multiple: true, default: ['technician'] }, person: { type: 'string' } },
});
const roles = v.safeParse(Roles, values.role);
if (roles.success) {
  const parts = await openParts(process.env['LOUPE_DATA'] ?? '.data', sharedStores(process.env));
  try {
    const { database, now } = parts;
    const person = values.person ?? null;
    const tenant = await onlyTenant(database, now());
    const code = await makeEnrolmentCode(database, tenant, now(), { roles: roles.output, person });
    console.log(`Code for one ${roles.output.join(', ')}, good for a day: ${code}`);
  } finally {
    await parts.close();
  }
} else {
  console.error('A role is technician, reviewer, admin or publisher.');
  process.exitCode = 2;
}
