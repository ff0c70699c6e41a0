import { randomBytes, randomInt } from 'node:crypto';
import type { Role } from '../../core/contract/roles.ts';
import { PROTOCOL, type EnrolAnswer, type EnrolRequest } from '../../core/contract/sync.ts';
import { fail, succeed, type Outcome } from '../../core/domain/outcome.ts';
import { uuidV7 } from '../../core/domain/uuid-v7.ts';
import { audit, SERVER, type Doer } from '../repositories/audit.ts';
import type { Database, Sql } from '../repositories/database.ts';
import { addDevice, deviceByKey, deviceCount, noteSeen, type Device } from '../repositories/devices.ts';
import { addCode, codeSpentAt, spendCode } from '../repositories/enrolment-codes.ts';
import { goodPublisherKeys } from '../repositories/publisher-keys.ts';
import { addTenant, tenantIds, tenantName } from '../repositories/tenants.ts';
import { hashOf } from './secrets.ts';
import type { SessionDoor } from './sessions.ts';

/** Crockford's: no letter that is taken for a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 60 bits. */
const CODE_LENGTH = 12;
export const CODE_LIFE_MS = 24 * 60 * 60 * 1000;
/** Of the first device at the desk of a new server. */
export const DESK_ROLES: readonly Role[] = ['reviewer', 'admin', 'publisher'];

const newId = (now: number): string => uuidV7(now, randomBytes(10));

/** The tenant of a server that serves one company; made when there is none. */
export async function onlyTenant(database: Database, now: number): Promise<string> {
  return database.write(async (sql) => {
    const [known] = await tenantIds(sql);
    if (known !== undefined) return known;
    const id = newId(now);
    await addTenant(sql, { id, name: 'Loupe', lineage: randomBytes(9).toString('base64url'), now });
    return id;
  });
}

export interface CodeFor {
  readonly roles?: readonly Role[];
  /** Whose device it will be; null where nobody is named. */
  readonly person?: string | null;
  readonly lifeMs?: number;
  /** Thumbprint of the only key that may use it; null: whoever has the code. */
  readonly jkt?: string | null;
  /** Absent: the operator of the server. */
  readonly madeBy?: Doer;
}

/** A code with which one device enrols, once, within a day. Groups of four, easy to read out. */
export async function makeEnrolmentCode(
  database: Database,
  tenant: string,
  now: number,
  { roles = ['technician'], person = null, jkt = null, lifeMs = CODE_LIFE_MS, madeBy }: CodeFor = {},
): Promise<string> {
  const letters = Array.from({ length: CODE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  const codeHash = hashOf(letters);
  const who = madeBy ?? { tenant, device: SERVER, person: null };
  await database.write(async (sql) => {
    await addCode(sql, { codeHash, tenant, roles, person, jkt, expiresAt: now + lifeMs });
    // The hash names the code where it was made and where it was used; it gives nothing away.
    await audit(sql, who, {
      action: 'code-made',
      subject: codeHash,
      detail: { roles: [...roles], person },
      now,
    });
  });
  return letters.replace(/(.{4})(?=.)/g, '$1-');
}

export interface Invitation {
  readonly tablet: string;
  readonly desk: string;
}

/** Codes for a server that no device knows yet; undefined once one does. */
export async function invitation(database: Database, now: number): Promise<Invitation | undefined> {
  const tenant = await onlyTenant(database, now);
  const count = await database.read((sql) => deviceCount(sql, tenant));
  if (count > 0) return undefined;
  return {
    tablet: await makeEnrolmentCode(database, tenant, now),
    desk: await makeEnrolmentCode(database, tenant, now, { roles: DESK_ROLES }),
  };
}

/**
 * Makes the owner of a key a device. The same key may show its code again within its day, since the answer may have
 * been lost: it is the same device then.
 */
export async function enrolDevice(
  { database, sessions }: { readonly database: Database; readonly sessions: SessionDoor },
  { code, name, app }: EnrolRequest,
  jkt: string,
  now: number,
): Promise<Outcome<EnrolAnswer, { readonly kind: 'unknown-code' }>> {
  const codeHash = hashOf(code.toUpperCase().replace(/[^0-9A-Z]/g, ''));
  return database.write(async (sql) => {
    const device =
      (await newDevice(sql, { codeHash, name, jkt, now })) ?? (await enrolledBefore(sql, codeHash, jkt, now));
    if (!device) return fail({ kind: 'unknown-code' });
    await noteSeen(sql, device, app, now);
    const { tenant, id } = device;
    const tokens = await sessions.begin(sql, device, jkt);
    const company = await tenantName(sql, tenant);
    const keys = await goodPublisherKeys(sql, tenant);
    const publisherKeys = keys.map(({ key }) => ({ key }));
    return succeed({
      ...{ protocol: PROTOCOL, tenant, ...(company && { company }), device: id, publisherKeys },
      ...tokens,
    });
  });
}

interface Newcomer {
  readonly codeHash: string;
  readonly name: string;
  readonly jkt: string;
  readonly now: number;
}

async function newDevice(sql: Sql, { codeHash, name, jkt, now }: Newcomer): Promise<Device | undefined> {
  const grant = await spendCode(sql, codeHash, jkt, now);
  if (!grant) return undefined;
  const { tenant, roles, person } = grant;
  const device: Device = { ...grant, id: newId(now), name, jkt };
  await addDevice(sql, device, now);
  const detail = { name, code: codeHash, roles: [...roles] };
  const who = { tenant, device: device.id, person };
  await audit(sql, who, { action: 'device-enrolled', subject: device.id, detail, now });
  return device;
}

async function enrolledBefore(
  sql: Sql,
  codeHash: string,
  jkt: string,
  now: number,
): Promise<Device | undefined> {
  const spentAt = await codeSpentAt(sql, codeHash, now);
  return spentAt === undefined ? undefined : deviceByKey(sql, jkt, spentAt);
}
