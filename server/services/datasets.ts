import { createHash, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { Sha256 } from '../../core/contract/ids.ts';
import type { FrozenDataset } from '../../core/contract/desk.ts';
import { feedbackDataset } from '../../core/feedback/dataset.ts';
import { audit } from '../repositories/audit.ts';
import type { Database } from '../repositories/database.ts';
import {
  addDatasetKey,
  datasetBody,
  datasetOf,
  isInDataset,
  keepDataset,
  listDatasets,
  tenantOfKey,
} from '../repositories/datasets.ts';
import { deviceName } from '../repositories/device-name.ts';
import { keptBlobs } from '../repositories/blobs.ts';
import { allRecords } from './all-records.ts';
import type { Identity } from './identity.ts';

const HASHES_AT_ONCE = 500;
/** Long enough for a training run and its repetition. */
export const KEY_LIFE_MS = 30 * 24 * 60 * 60 * 1000;

const sha256 = (text: string): Sha256 => v.parse(Sha256, createHash('sha256').update(text).digest('hex'));

/**
 * Makes everything that people have judged so far into a dataset that never changes again. Its id is the hash of
 * its text: judged the same, it is the same one. Photos that have not come yet stay out.
 */
export async function freezeDataset(database: Database, who: Identity, now: number): Promise<FrozenDataset> {
  const { tenant } = who;
  const records = await allRecords(database, tenant);
  const here = await photosHere(database, tenant, [...new Set(records.captures.map((one) => one.sha256))]);
  const captures = records.captures.filter(({ sha256: hash }) => here.has(hash));
  const { text, images, annotations, rejected, photos } = feedbackDataset({ ...records, captures });
  const id = sha256(text);
  return database.write(async (sql) => {
    const known = await datasetOf(sql, tenant, id);
    if (known) return known;
    const by = who.person ?? (await deviceName(sql, tenant, who.device));
    const dataset = { id, images, annotations, rejected, frozenAt: now, by };
    await keepDataset(sql, tenant, dataset, text, photos);
    const detail = { images, annotations, rejected };
    await audit(sql, who, { action: 'dataset-frozen', subject: id, detail, now });
    return dataset;
  });
}

export const datasetsOf = (database: Database, tenant: string): Promise<FrozenDataset[]> =>
  database.read((sql) => listDatasets(sql, tenant));

/** Its text; undefined where there is none. Throws where it is not what was frozen. */
export async function readDataset(
  database: Database,
  tenant: string,
  id: Sha256,
): Promise<string | undefined> {
  const body = await database.read((sql) => datasetBody(sql, tenant, id));
  if (body !== undefined && sha256(body) !== id) throw new Error(`dataset ${id} is not what was frozen`);
  return body;
}

/** A key that reads one dataset and its photos, and nothing else; undefined where there is no such dataset. */
export async function makeDatasetKey(
  database: Database,
  who: Identity,
  id: Sha256,
  now: number,
): Promise<{ readonly key: string; readonly expiresAt: number } | undefined> {
  const key = randomBytes(32).toString('base64url');
  const expiresAt = now + KEY_LIFE_MS;
  return database.write(async (sql) => {
    if (!(await datasetOf(sql, who.tenant, id))) return undefined;
    await addDatasetKey(sql, { keyHash: sha256(key), tenant: who.tenant, dataset: id, expiresAt });
    await audit(sql, who, { action: 'dataset-key-made', subject: id, detail: { expiresAt }, now });
    return { key, expiresAt };
  });
}

/** The tenant whose dataset a key opens; undefined where it opens none, or not this one. */
export const tenantByDatasetKey = (
  database: Database,
  key: string,
  id: Sha256,
  now: number,
): Promise<string | undefined> => database.read((sql) => tenantOfKey(sql, sha256(key), id, now));

/** Whether a photo is part of a dataset. */
export const holdsPhoto = (database: Database, tenant: string, id: Sha256, photo: Sha256): Promise<boolean> =>
  database.read((sql) => isInDataset(sql, tenant, id, photo));

async function photosHere(
  database: Database,
  tenant: string,
  hashes: readonly Sha256[],
): Promise<ReadonlySet<Sha256>> {
  const here = new Set<Sha256>();
  for (let at = 0; at < hashes.length; at += HASHES_AT_ONCE) {
    const some = hashes.slice(at, at + HASHES_AT_ONCE);
    for (const blob of await database.read((sql) => keptBlobs(sql, tenant, some))) here.add(blob.sha256);
  }
  return here;
}
