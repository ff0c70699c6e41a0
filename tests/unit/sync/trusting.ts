import { fail, succeed } from '../../../core/domain/outcome.ts';
import type { Database } from '../../../server/repositories/database.ts';
import { deviceOf } from '../../../server/repositories/devices.ts';
import { Nonces } from '../../../server/services/nonces.ts';
import type { SessionDoor } from '../../../server/services/sessions.ts';
import { TokenKeys } from '../../../server/services/token-keys.ts';
import type { Signer } from '../../../src/sync/device-session.ts';

const ENDLESS = { expiresInS: Number.MAX_SAFE_INTEGER / 1e6, refresh: 'none' };

/** Takes a device at its word, for histories about something else than signing in. */
export class TrustingSessions implements SessionDoor {
  readonly nonces = new Nonces(TokenKeys.random());
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  readonly proven: SessionDoor['proven'] = () => Promise.resolve(succeed({ jkt: 'trusted', jti: 'trusted' }));

  readonly identity: SessionDoor['identity'] = async (access = '') => {
    const [tenant = '', id = ''] = access.split('.');
    const device = await this.#database.read((sql) => deviceOf(sql, tenant, id));
    if (!device) return fail({ kind: 'invalid_token' });
    const { person, roles } = device;
    return succeed({ tenant, device: id, person, roles });
  };

  readonly begin: SessionDoor['begin'] = (_sql, { tenant, id, roles, person }) =>
    Promise.resolve({ access: `${tenant}.${id}`, roles, person, ...ENDLESS });

  readonly renew: SessionDoor['renew'] = () => Promise.resolve(fail({ kind: 'invalid_grant' }));
}

export const trustedSigner = (tenant: string, device: string): Signer => ({
  needsToken: () => false,
  headers: () => Promise.resolve(succeed({ Authorization: `DPoP ${tenant}.${device}` })),
  heard: () => false,
  renew: () => Promise.resolve(fail({ kind: 'signed-out' })),
});
