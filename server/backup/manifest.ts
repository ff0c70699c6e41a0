import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';

const NAME = 'backup.json';

/**
 * What lies in a backup's folder; written last, so that a backup that was cut has none.
 * Versions: 1 first form.
 */
export const Manifest = v.object({
  version: v.literal(1),
  kind: v.picklist(['sqlite', 'postgresql']),
  madeAt: v.string(),
  /** File of the database, and its SHA-256. */
  database: v.string(),
  sha256: v.string(),
  photos: v.number(),
});
export type Manifest = v.InferOutput<typeof Manifest>;

export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, NAME), 'utf8').catch(() => undefined);
  if (text === undefined) throw new Error(`${folder} holds no whole backup: there is no ${NAME}`);
  return v.parse(v.pipe(v.string(), v.parseJson(), Manifest), text);
}

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await writeFile(join(folder, NAME), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
}

export async function hashOfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest('hex');
}
