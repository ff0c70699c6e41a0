import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PacksAnswer, ReleaseAnswer, type PublishedRelease } from '../../core/contract/publishing.ts';
import type { ReleaseManifest, ReleaseOffer } from '../../core/contract/release.ts';
import { UsageError } from '../options.ts';
import type { PublisherDevice } from './publisher-device.ts';
import { trustedRelease, type PublisherKey } from './publisher-key.ts';
import type { PackFolder } from './read-pack.ts';

export interface PublishOptions {
  readonly key: PublisherKey;
  /** Public keys of others whose releases may be led back to. */
  readonly trust: readonly string[];
  readonly now: number;
  readonly expiresAt?: number | undefined;
  /** Absent: the next one. Higher ones are for a server that was restored from a backup. */
  readonly release?: number | undefined;
  /** Percent of the devices that get it at once. */
  readonly stage?: number | undefined;
  readonly log: (line: string) => void;
}

/** Brings a pack's files, its signed release and the signed way back to what devices have now. */
export async function publish(
  device: PublisherDevice,
  pack: PackFolder,
  options: PublishOptions,
): Promise<PublishedRelease> {
  const { key, now, log } = options;
  const { id } = pack.manifest;
  const { releases } = await device.ask('v1/packs', PacksAnswer);
  const before = releases.filter((one) => one.id === id);
  const release = options.release ?? (before[0]?.release ?? 0) + 1;
  const back = wayBack(before, { id, release: release + 1, issuedAt: now }, [
    key.publicKey,
    ...options.trust,
  ]);
  for (const file of pack.files) await bring(device, pack, file, log);
  const offer = offerOf(pack, release, options);
  const request = { release: key.release(offer), back: key.release(back) };
  const published = await device.ask('v1/packs/releases', ReleaseAnswer, request);
  const wayBackTo = back.kind === 'offer' ? back.version : 'what came with the app';
  log(`${id} ${offer.version} is published as release ${release}; rolled back it gives ${wayBackTo}.`);
  return options.stage === undefined ? published.release : stage(device, offer, options.stage, log);
}

function offerOf(
  { manifest, files }: PackFolder,
  release: number,
  { now, expiresAt }: PublishOptions,
): ReleaseOffer {
  const { id, version, minApp } = manifest;
  const expiry = expiresAt === undefined ? {} : { expiresAt };
  return { kind: 'offer', schema: 1, id, release, issuedAt: now, version, minApp, ...expiry, files };
}

/** Signs nothing that a server merely says: what is led back to was signed by somebody who is trusted here. */
function wayBack(
  before: readonly PublishedRelease[],
  place: Pick<ReleaseManifest, 'id' | 'release' | 'issuedAt'>,
  trusted: readonly string[],
): ReleaseManifest {
  const inForce = before.find(({ share }) => share > 0);
  if (!inForce) return { kind: 'withdrawal', schema: 1, ...place };
  const manifest = trustedRelease(inForce, trusted);
  if (!manifest || manifest.id !== place.id) {
    throw new UsageError(
      `release ${inForce.release} was signed by ${inForce.key}: name that key by --trust if it is a colleague's`,
    );
  }
  return { ...manifest, ...place };
}

async function bring(
  device: PublisherDevice,
  { folder }: PackFolder,
  { path, sha256, bytes }: ReleaseOffer['files'][number],
  log: PublishOptions['log'],
): Promise<void> {
  const address = `v1/packs/files/${sha256}`;
  if ((await device.send('HEAD', address)).ok) return;
  const response = await device.send('PUT', address, new Uint8Array(await readFile(join(folder, path))));
  if (!response.ok) throw new Error(`${path} was not taken: ${response.status} ${await response.text()}`);
  log(`${path}, ${bytes} bytes`);
}

async function stage(
  device: PublisherDevice,
  { id, version, release }: ReleaseOffer,
  share: number,
  log: PublishOptions['log'],
): Promise<PublishedRelease> {
  const staged = await device.ask(`v1/packs/${id}/releases/${release}/stage`, ReleaseAnswer, { share });
  log(`${id} ${version} is given to ${share} % of the devices.`);
  return staged.release;
}
