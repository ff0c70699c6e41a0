import * as v from 'valibot';
import { CaptureId } from '../../core/contract/ids.ts';
import { noJournalFile, type JournalFile } from './journal.ts';
import { JOURNAL } from './journal-writer.ts';
import type { KeptFile, PhotoFiles, StagedPhoto } from './photo-files.ts';
import { openFolder, PART, PHOTO, PhotoWriter, RESERVE, SIDECAR } from './photo-writer.ts';
import { PhotoWriterDoor, WRITER_GONE } from './photo-writer-door.ts';
import type { Sidecar } from './schema.ts';
import { parseSidecar, sidecarText } from './sidecar.ts';

/** Photos as files of the origin's private file system. */
export class OpfsPhotoFiles implements PhotoFiles {
  readonly kind = 'opfs';
  readonly #folderName: string;
  #folder: FileSystemDirectoryHandle;
  #writer: PhotoWriter | PhotoWriterDoor;
  #renewal: Promise<void> | undefined;

  private constructor(
    folderName: string,
    folder: FileSystemDirectoryHandle,
    writer: PhotoWriter | PhotoWriterDoor,
  ) {
    this.#folderName = folderName;
    this.#folder = folder;
    this.#writer = writer;
  }

  /** Rejects where there is no private file system, or none that can be written (private windows). */
  static async open(folderName: string): Promise<OpfsPhotoFiles> {
    const folder = await openFolder(folderName);
    return new OpfsPhotoFiles(folderName, folder, await startWriter(folderName));
  }

  /** For a folder that was cleared while it was open, or a writer that broke: every handle is stale. */
  renew(): Promise<void> {
    // One for all who ask meanwhile: each would end the writer that another has just started.
    this.#renewal ??= this.#startAnew().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #startAnew(): Promise<void> {
    this.close();
    this.#folder = await openFolder(this.#folderName);
    this.#writer = await startWriter(this.#folderName);
  }

  async stage(id: CaptureId, photo: Blob): Promise<StagedPhoto> {
    try {
      return await this.#writer.stage(id, photo);
    } catch (error) {
      if (!isNotFound(error) && !isWriterGone(error)) throw error;
      await this.renew();
      return this.#writer.stage(id, photo);
    }
  }

  keep(id: CaptureId, sidecar: Sidecar) {
    return this.#writer.keep(id, sidecarText(sidecar));
  }

  async discard(id: CaptureId): Promise<void> {
    await this.#delete(`${id}${PHOTO}${PART}`);
  }

  async read(id: CaptureId): Promise<Blob | undefined> {
    return this.#file(`${id}${PHOTO}`);
  }

  async sidecar(id: CaptureId): Promise<Sidecar | undefined> {
    const file = await this.#file(`${id}${SIDECAR}`);
    return file && parseSidecar(await file.text());
  }

  /** The photo first: a sidecar alone is known to be a leftover, a photo alone would be evidence. */
  async remove(id: CaptureId): Promise<void> {
    await this.#delete(`${id}${PHOTO}`);
    await this.#delete(`${id}${SIDECAR}`);
  }

  async list(): Promise<readonly KeptFile[]> {
    const photos = new Map<string, number>();
    const sidecars = new Set<string>();
    for await (const [name, handle] of this.#folder.entries()) {
      if (name.endsWith(SIDECAR)) sidecars.add(name.slice(0, -SIDECAR.length));
      if (name.endsWith(PHOTO) && handle.kind === 'file') {
        // The declaration of entries() does not narrow the handle by its kind.
        const file = await (handle as FileSystemFileHandle).getFile();
        photos.set(name.slice(0, -PHOTO.length), file.size);
      }
    }
    return [...new Set([...photos.keys(), ...sidecars])].flatMap((name) => {
      const id = v.safeParse(CaptureId, name);
      if (!id.success) return [];
      return [{ id: id.output, bytes: photos.get(name), hasSidecar: sidecars.has(name) }];
    });
  }

  async sweep(): Promise<number> {
    const left: string[] = [];
    for await (const name of this.#folder.keys()) if (name.endsWith(PART)) left.push(name);
    for (const name of left) await this.#delete(name);
    return left.length;
  }

  holdReserve(): Promise<boolean> {
    return this.#writer.hold().then(
      () => true,
      () => false,
    );
  }

  async releaseReserve(): Promise<boolean> {
    return this.#delete(RESERVE);
  }

  /** Beside the photos; none where there is no worker to append to it. */
  get journal(): JournalFile {
    if (!(this.#writer instanceof PhotoWriterDoor)) return noJournalFile;
    return { append: (line) => this.#append(line), lines: () => this.#journalLines() };
  }

  /** Puts the journals of earlier runs into one; nothing depends on it. */
  async tidyJournal(): Promise<void> {
    if (this.#writer instanceof PhotoWriterDoor) await this.#writer.foldJournal();
  }

  async #append(line: string): Promise<void> {
    if (!(this.#writer instanceof PhotoWriterDoor)) throw new Error('there is no writer for the journal');
    await this.#writer.append(line);
  }

  async #journalLines(): Promise<string[]> {
    const lines: string[] = [];
    for await (const name of this.#folder.keys()) {
      if (name.endsWith(JOURNAL)) lines.push(...((await (await this.#file(name))?.text()) ?? '').split('\n'));
    }
    return lines;
  }

  close(): void {
    if (this.#writer instanceof PhotoWriterDoor) this.#writer.close();
  }

  async #file(name: string): Promise<File | undefined> {
    try {
      return await (await this.#folder.getFileHandle(name)).getFile();
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** Whether it was there. */
  async #delete(name: string): Promise<boolean> {
    try {
      await this.#folder.removeEntry(name);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }
}

const isNotFound = (error: unknown): boolean => error instanceof Error && error.name === 'NotFoundError';
const isWriterGone = (error: unknown): boolean => error instanceof Error && error.name === WRITER_GONE;

const startWriter = async (folderName: string): Promise<PhotoWriter | PhotoWriterDoor> =>
  (await PhotoWriterDoor.start(folderName)) ?? (await PhotoWriter.open(folderName));
