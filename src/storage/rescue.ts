import * as v from 'valibot';
import { CaptureId } from '../../core/contract/ids.ts';
import { IdbRecords } from './idb-records.ts';
import { JOURNAL } from './journal-writer.ts';
import { DEFAULT_NAME } from './open-store.ts';
import { PHOTO, RESERVE, SEALED, SIDECAR } from './photo-writer.ts';
import type { Records } from './records.ts';
import { storeNames, storeSchemas } from './schema.ts';
import { openLines } from './sealed-journal.ts';
import { SealedRecords } from './sealed-records.ts';
import { parseSidecar } from './sidecar.ts';
import { Vault } from './vault.ts';

/** As a zip writer takes it. */
export interface RescuedFile {
  readonly name: string;
  readonly input: Blob;
  readonly lastModified: Date;
}

/**
 * Every photo, sidecar and journal that is kept here, straight from the private file system, and whatever
 * of the database can still be read. It opens no inspection store and asks no schema, so that it works
 * when nothing else does. Blobs stay on the disk until they are read. What is sealed comes out opened where the
 * key is given, and else as it lies, with the lock's header beside it.
 */
export async function* rescueFiles(name = DEFAULT_NAME, key?: CryptoKey): AsyncGenerator<RescuedFile> {
  const vault = new Vault();
  vault.use(key, false);
  yield* filesOf(`${name}-photos`, vault);
  yield* databaseOf(name, vault);
}

async function* filesOf(folderName: string, vault: Vault): AsyncGenerator<RescuedFile> {
  const folder = await existingFolder(folderName).catch(() => undefined);
  if (!folder) return;
  for await (const [name, handle] of folder.entries()) {
    if (handle.kind !== 'file' || name === RESERVE) continue;
    // The declaration of entries() does not narrow the handle by its kind.
    const file = await (handle as FileSystemFileHandle).getFile();
    const opened = vault.key && (await openedFile(vault, name, file));
    if (opened) yield rescued(await nameOf(folder, opened.name, vault), opened.content, file.lastModified);
    else yield rescued(await nameOf(folder, name, vault), file, file.lastModified);
  }
}

/** Undefined where the file is not sealed, or spoiled. */
async function openedFile(
  vault: Vault,
  name: string,
  file: File,
): Promise<{ name: string; content: Blob } | undefined> {
  if (name.endsWith(JOURNAL)) {
    const lines = await openLines(vault, (await file.text()).split('\n'));
    return { name, content: new Blob([lines.join('\n')]) };
  }
  if (!name.endsWith(SEALED)) return undefined;
  const plainName = name.slice(0, -SEALED.length);
  const bytes = await vault.unsealed(await file.arrayBuffer(), plainName);
  return bytes && { name: plainName, content: new Blob([bytes]) };
}

async function existingFolder(name: string): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(name);
}

/** A photo gets the name that the person knows it by, behind its id, which its sidecar has too. */
async function nameOf(folder: FileSystemDirectoryHandle, name: string, vault: Vault): Promise<string> {
  if (name.endsWith(JOURNAL)) return `journal/${name}`;
  if (!name.endsWith(PHOTO)) return `photos/${name}`;
  const id = name.slice(0, -PHOTO.length);
  const sidecar = await sidecarOf(folder, id, vault).catch(() => undefined);
  return `photos/${id} ${safe(sidecar?.capture.fileName ?? 'photo')}`;
}

async function sidecarOf(folder: FileSystemDirectoryHandle, id: string, vault: Vault) {
  const name = `${id}${SIDECAR}`;
  const file = async (fullName: string): Promise<File> => (await folder.getFileHandle(fullName)).getFile();
  const plain = await file(name).catch(() => undefined);
  if (plain) return parseSidecar(await plain.text());
  const bytes = await vault.unsealed(await (await file(`${name}${SEALED}`)).arrayBuffer(), name);
  return bytes && parseSidecar(new TextDecoder().decode(bytes));
}

/** One JSON file a store; photos that the database holds as files of their own. */
async function* databaseOf(name: string, vault: Vault): AsyncGenerator<RescuedFile> {
  let records: Records;
  try {
    records = new SealedRecords(await IdbRecords.open(name, {}), vault);
  } catch (error) {
    yield rescued('database/not-readable.txt', new Blob([String(error)]));
    return;
  }
  for (const store of storeNames.filter((other) => other !== 'blobBytes' && other !== 'thumbnails')) {
    try {
      const rows = await records.read([store], (read) => read.all(store));
      yield rescued(`database/${store}.json`, new Blob([JSON.stringify(rows, null, 1)]));
    } catch (error) {
      yield rescued(`database/${store} not readable.txt`, new Blob([String(error)]));
    }
  }
  yield* photosOf(records);
  records.close();
}

async function* photosOf(records: Records): AsyncGenerator<RescuedFile> {
  const blobs = await records.read(['blobs'], (read) => read.all('blobs')).catch(() => []);
  for (const blob of blobs) {
    const row = v.safeParse(v.object({ id: CaptureId, sidecar: v.optional(v.string()) }), blob);
    if (!row.success) continue;
    const { id, sidecar } = row.output;
    const raw = await records.read(['blobBytes'], (read) => read.get('blobBytes', id)).catch(() => undefined);
    const bytes = v.safeParse(storeSchemas.blobBytes, raw);
    const fileName = safe(parseSidecar(sidecar ?? '')?.capture.fileName ?? 'photo');
    if (bytes.success) yield rescued(`photos/${id} ${fileName}`, new Blob([bytes.output.bytes]));
  }
}

const rescued = (name: string, input: Blob, at = Date.now()): RescuedFile => ({
  name,
  input,
  lastModified: new Date(at),
});

/** No path, no control characters, no name that Windows refuses. */
// eslint-disable-next-line no-control-regex -- control characters are what is taken out
const safe = (name: string): string => name.replace(/[\u0000-\u001f\u007f<>:"/\\|?*]/g, '_').slice(-100);
