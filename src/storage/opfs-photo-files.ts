import * as v from 'valibot';
import { CaptureId } from '../../core/contract/ids.ts';
import { noJournalFile, type JournalFile } from './journal.ts';
import { JOURNAL } from './journal-writer.ts';
import { openLines, sealedJournal, sealLine } from './sealed-journal.ts';
import type { KeptFile, PhotoFiles, StagedPhoto } from './photo-files.ts';
import { openFolder, PART, PHOTO, PhotoWriter, RESERVE, SEALED, SIDECAR } from './photo-writer.ts';
import { PhotoWriterDoor, WRITER_GONE } from './photo-writer-door.ts';
import type { Sidecar } from './schema.ts';
import { SEAL_BYTES } from './seal.ts';
import { parseSidecar, sidecarText } from './sidecar.ts';
import { Vault } from './vault.ts';

/** Photos as files of the origin's private file system. */
export class OpfsPhotoFiles implements PhotoFiles {
  readonly kind = 'opfs';
  readonly #vault: Vault;
  readonly #folderName: string;
  #folder: FileSystemDirectoryHandle;
  #writer: PhotoWriter | PhotoWriterDoor;
  #renewal: Promise<void> | undefined;

  private constructor(
    folderName: string,
    folder: FileSystemDirectoryHandle,
    writer: PhotoWriter | PhotoWriterDoor,
    vault: Vault,
  ) {
    this.#vault = vault;
    this.#folderName = folderName;
    this.#folder = folder;
    this.#writer = writer;
  }

  /** Rejects where there is no private file system, or none that can be written (private windows). */
  static async open(folderName: string, vault = new Vault()): Promise<OpfsPhotoFiles> {
    const folder = await openFolder(folderName);
    return new OpfsPhotoFiles(folderName, folder, await startWriter(folderName), vault);
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
    const key = this.#vault.sealingKey;
    try {
      return await this.#writer.stage(id, photo, key);
    } catch (error) {
      if (!isNotFound(error) && !isWriterGone(error)) throw error;
      await this.renew();
      return this.#writer.stage(id, photo, key);
    }
  }

  keep(id: CaptureId, sidecar: Sidecar) {
    return this.#writer.keep(id, sidecarText(sidecar), this.#vault.sealingKey);
  }

  async discard(id: CaptureId): Promise<void> {
    for (const ending of ENDINGS) await this.#delete(`${id}${PHOTO}${ending}${PART}`);
  }

  async read(id: CaptureId): Promise<Blob | undefined> {
    return this.#content(`${id}${PHOTO}`);
  }

  async sidecar(id: CaptureId): Promise<Sidecar | undefined> {
    const content = await this.#content(`${id}${SIDECAR}`);
    return content && parseSidecar(await content.text());
  }

  /** The photo first: a sidecar alone is known to be a leftover, a photo alone would be evidence. */
  async remove(id: CaptureId): Promise<void> {
    for (const ending of ENDINGS) await this.#delete(`${id}${PHOTO}${ending}`);
    for (const ending of ENDINGS) await this.#delete(`${id}${SIDECAR}${ending}`);
  }

  async list(): Promise<readonly KeptFile[]> {
    const photos = new Map<string, number>();
    const sidecars = new Set<string>();
    for await (const [fullName, handle] of this.#folder.entries()) {
      const isSealed = fullName.endsWith(SEALED);
      const name = isSealed ? fullName.slice(0, -SEALED.length) : fullName;
      if (name.endsWith(SIDECAR)) sidecars.add(name.slice(0, -SIDECAR.length));
      if (name.endsWith(PHOTO) && handle.kind === 'file') {
        // The declaration of entries() does not narrow the handle by its kind.
        const { size } = await (handle as FileSystemFileHandle).getFile();
        photos.set(name.slice(0, -PHOTO.length), size - (isSealed ? SEAL_BYTES : 0));
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

  /** Names of files that are not yet as the vault writes them: plain ones while it seals, else sealed ones. */
  async unconverted(): Promise<readonly string[]> {
    const isSealing = this.#vault.sealingKey !== undefined;
    const names: string[] = [];
    for await (const name of this.#folder.keys()) {
      const plain = name.endsWith(SEALED) ? name.slice(0, -SEALED.length) : name;
      const isOurs = plain.endsWith(PHOTO) || plain.endsWith(SIDECAR);
      if (isOurs && (name === plain) === isSealing) names.push(plain);
    }
    return names;
  }

  /** Whether the file is now as the vault writes it; a sealed one that is spoiled does not open. */
  async convert(name: string): Promise<boolean> {
    const { key, sealingKey } = this.#vault;
    return key !== undefined && this.#writer.convert(name, key, sealingKey !== undefined);
  }

  /** Beside the photos; none where there is no worker to append to it. */
  get journal(): JournalFile {
    if (!(this.#writer instanceof PhotoWriterDoor)) return noJournalFile;
    return sealedJournal(
      { append: (line) => this.#append(line), lines: () => this.#journalLines() },
      this.#vault,
    );
  }

  /** How many files the journal lies in; each run of the app begins one. */
  async journalFiles(): Promise<number> {
    let count = 0;
    for await (const name of this.#folder.keys()) if (name.endsWith(JOURNAL)) count += 1;
    return count;
  }

  /** Puts what `rewrite` makes of the lines of ended files in their place. */
  async rewriteJournal(rewrite: (lines: readonly string[]) => readonly string[]): Promise<void> {
    if (!(this.#writer instanceof PhotoWriterDoor)) return;
    const names = await this.#writer.rotateJournal();
    const lines = rewrite(await openLines(this.#vault, await this.#linesOf(names)));
    const sealed = await Promise.all(lines.map((line) => sealLine(this.#vault, line)));
    await this.#writer.replaceJournal(names, sealed);
  }

  async #append(line: string): Promise<void> {
    if (!(this.#writer instanceof PhotoWriterDoor)) throw new Error('there is no writer for the journal');
    await this.#writer.append(line);
  }

  async #journalLines(): Promise<string[]> {
    const names: string[] = [];
    for await (const name of this.#folder.keys()) if (name.endsWith(JOURNAL)) names.push(name);
    return this.#linesOf(names);
  }

  async #linesOf(names: readonly string[]): Promise<string[]> {
    const texts = await Promise.all(names.map(async (name) => (await this.#file(name))?.text()));
    return texts.flatMap((text) => text?.split('\n') ?? []);
  }

  close(): void {
    if (this.#writer instanceof PhotoWriterDoor) this.#writer.close();
  }

  /** Opened where it is sealed; undefined where it does not open. */
  async #content(name: string): Promise<Blob | undefined> {
    const plain = await this.#file(name);
    if (plain || !this.#vault.key) return plain;
    const sealed = await this.#file(`${name}${SEALED}`);
    const bytes = sealed && (await this.#vault.unsealed(await sealed.arrayBuffer(), name));
    return bytes && new Blob([bytes]);
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

/** Of a name that is plain, and of one that is sealed. */
const ENDINGS = ['', SEALED] as const;

const isNotFound = (error: unknown): boolean => error instanceof Error && error.name === 'NotFoundError';
const isWriterGone = (error: unknown): boolean => error instanceof Error && error.name === WRITER_GONE;

const startWriter = async (folderName: string): Promise<PhotoWriter | PhotoWriterDoor> =>
  (await PhotoWriterDoor.start(folderName)) ?? (await PhotoWriter.open(folderName));
