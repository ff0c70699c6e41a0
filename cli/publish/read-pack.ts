import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { Sha256 } from '../../core/contract/ids.ts';
import { ModelManifest } from '../../core/contract/model-manifest.ts';
import type { ReleaseOffer } from '../../core/contract/release.ts';
import { partsOf } from '../../core/domain/pack-parts.ts';
import { UsageError } from '../options.ts';

export interface PackFolder {
  readonly folder: string;
  readonly manifest: ModelManifest;
  /** Every file that the manifest names, and itself. */
  readonly files: ReleaseOffer['files'];
}

/** A pack as training writes it, each file hashed. Errors: throws UsageError where it is not what its manifest says. */
export async function readPack(folder: string): Promise<PackFolder> {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => undefined);
  if (text === undefined) throw new UsageError(`${folder} holds no manifest.json`);
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), ModelManifest), text);
  if (!parsed.success) throw new UsageError(`${folder}/manifest.json: ${v.summarize(parsed.issues)}`);
  const manifest = parsed.output;
  const parts = manifest.files.flatMap(partsOf);
  const files = new Map<string, PackFolder['files'][number]>();
  for (const path of ['manifest.json', manifest.golden, manifest.card, ...parts.map((one) => one.path)]) {
    files.set(path, await describeFile(folder, path));
  }
  for (const { path, sha256 } of parts) {
    if (files.get(path)?.sha256 !== sha256)
      throw new UsageError(`${folder}/${path} is not the file that manifest.json names`);
  }
  return { folder, manifest, files: [...files.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1)) };
}

async function describeFile(folder: string, path: string): Promise<PackFolder['files'][number]> {
  const bytes = await readFile(join(folder, path)).catch(() => undefined);
  if (!bytes) throw new UsageError(`${folder}/${path} is missing`);
  const sha256 = v.parse(Sha256, createHash('sha256').update(bytes).digest('hex'));
  return { path, sha256, bytes: bytes.length };
}
