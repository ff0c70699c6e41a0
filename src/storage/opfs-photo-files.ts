import * as v from 'valibot';
import { CaptureId } from '../../core/contract/ids.ts';
import { noJournalFile, type JournalFile } from './journal.ts';
import { JOURNAL } from './journal-writer.ts';
import type { KeptFile, PhotoFiles } from './photo-files.ts';
import { openFolder, PART, PHOTO, PhotoWriter, RESERVE, SIDECAR } from './photo-writer.ts';
import { PhotoWriterDoor } from './photo-writer-door.ts';
import type { Sidecar } from './schema.ts';
import { parseSidecar, sidecarText } from './sidecar.ts';

/** Photos as files of the origin's private file system. */
export class OpfsPhotoFiles implements PhotoFiles {
  readonly kind = 'opfs';
  readonly #folder: FileSystemDirectoryHandle;
  readonly #writer: PhotoWriter | PhotoWriterDoor;

  private constructor(folder: FileSystemDirectoryHandle, writer: PhotoWriter | PhotoWriterDoor) {
    this.#folder = folder;
    this.#writer = writer;
  }

  /** Rejects where there is no private file system, or none that can be written (private windows). */
  static async open(folderName: string): Promise<OpfsPhotoFiles> {
    const folder = await openFolder(folderName);
    const writer = (await PhotoWriterDoor.start(folderName)) ?? (await PhotoWriter.open(folderName));
    return new OpfsPhotoFiles(folder, writer);
  }

  stage(id: CaptureId, photo: Blob) {
    return this.#writer.stage(id, photo);
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
    const writer = this.#writer;
    if (!(writer instanceof PhotoWriterDoor)) return noJournalFile;
    return { append: (line) => writer.append(line), lines: () => this.#journalLines() };
  }

  /** Puts the journals of earlier runs into one; nothing depends on it. */
  async tidyJournal(): Promise<void> {
    if (this.#writer instanceof PhotoWriterDoor) await this.#writer.foldJournal();
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
