import type { InspectionId } from '../../core/contract/ids.ts';
import type { Capture, CapturePlace, DevicePose, Exif } from '../../core/contract/records.ts';
import type { VisionFailure } from '../../core/contract/vision-worker.ts';
import { bmffExifExtent } from '../../core/vision/bmff-exif.ts';
import { readExif, readExifItem } from '../../core/vision/exif.ts';
import { orientedSize, readImageHeader } from '../../core/vision/image-header.ts';
import { PIXEL_LIMIT } from '../../core/vision/pixel-limit.ts';
import type { CaptureDraft, InspectionStore, StorageFailure } from '../storage/inspection-store.ts';
import type { Shot } from './camera.svelte.ts';
import type { PhotoUrls } from './photo-urls.ts';

export type IntakeFailure = VisionFailure | StorageFailure;

export interface IntakeProblem {
  readonly fileName: string;
  readonly failure: IntakeFailure;
  /** Whether the original is in the inspection all the same. */
  readonly kept: boolean;
}

/** Formats that the worker decodes; the rest is named, not kept. */
const READABLE: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'avif', 'heic']);
/** EXIF and frame header of nearly every camera. */
const HEADER_BYTES = 256 * 1024;

export interface IntakeParts {
  readonly store: Pick<InspectionStore, 'savePhoto'>;
  readonly photos: Pick<PhotoUrls, 'prepare' | 'keepThumbnail'>;
  readonly onSaved: (capture: Capture) => void;
}

/**
 * Photos on their way into an inspection, in the order given. Each is saved before anything looks at it, and a
 * file that fails is listed while the rest goes on.
 */
export class PhotoIntake {
  #saved = $state.raw<readonly Capture[]>([]);
  #problems = $state.raw<readonly IntakeProblem[]>([]);
  #waiting = $state(0);
  #chain: Promise<unknown> = Promise.resolve();
  readonly #inspectionId: InspectionId;
  readonly #deps: IntakeParts;

  constructor(inspectionId: InspectionId, deps: IntakeParts) {
    this.#inspectionId = inspectionId;
    this.#deps = deps;
  }

  /** Photos saved since the screen was opened, newest last. */
  get saved(): readonly Capture[] {
    return this.#saved;
  }
  get problems(): readonly IntakeProblem[] {
    return this.#problems;
  }
  /** Files that are not saved yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Resolves when every file is saved or listed as a problem. */
  add(files: readonly File[], source: Capture['source'], place: CapturePlace): Promise<void> {
    return this.#inTurn(files.length, async () => {
      for (const file of files) await this.#addFile(file, source, place);
    });
  }

  /** A photo of the app's own camera: it needs no look, and its thumbnail came with it. */
  addShot(
    { file, thumbnail, size, quality }: Shot,
    place: CapturePlace,
    pose: DevicePose | undefined,
  ): Promise<void> {
    const draft = { size, quality, source: 'camera', place, ...(pose && { pose }) } as const;
    return this.#inTurn(1, () =>
      this.#save(file, draft, (capture) => {
        // A thumbnail that was not kept is made again when it is looked for.
        this.#deps.photos.keepThumbnail(capture.id, thumbnail).catch(() => undefined);
      }),
    );
  }

  clearProblems(): void {
    this.#problems = [];
  }

  #inTurn(count: number, work: () => Promise<void>): Promise<void> {
    this.#waiting += count;
    const run = this.#chain.then(work);
    // One broken batch must not stop the next.
    this.#chain = run.catch(() => undefined);
    return run;
  }

  async #addFile(file: File, source: Capture['source'], place: CapturePlace): Promise<void> {
    const looked = await look(file);
    if (!looked.ok) {
      this.#waiting -= 1;
      this.#report(file, looked.failure, false);
      return;
    }
    await this.#save(file, { ...looked.draft, source, place }, (capture) => {
      void this.#deps.photos.prepare(capture, file).then((failure) => {
        if (failure && failure.kind !== 'cancelled') this.#report(file, failure, true);
      });
    });
  }

  async #save(
    file: File,
    draft: Omit<CaptureDraft, 'inspectionId' | 'fileName'>,
    onSaved: (capture: Capture) => void,
  ): Promise<void> {
    const inspectionId = this.#inspectionId;
    const outcome = await this.#deps.store.savePhoto({ ...draft, inspectionId, fileName: file.name }, file);
    this.#waiting -= 1;
    if (!outcome.ok) {
      this.#report(file, outcome, outcome.kind === 'duplicate');
      return;
    }
    this.#saved = [...this.#saved, outcome.value];
    onSaved(outcome.value);
    this.#deps.onSaved(outcome.value);
  }

  #report(file: File, failure: IntakeFailure, kept: boolean): void {
    this.#problems = [...this.#problems, { fileName: file.name, failure, kept }];
  }
}

type Looked =
  | { readonly ok: true; readonly draft: Pick<CaptureDraft, 'size' | 'exif'> }
  | { readonly ok: false; readonly failure: IntakeFailure };

/** Reads the file's first bytes only, so that no batch waits for a decoder. */
async function look(file: File): Promise<Looked> {
  const name = file.name;
  if (file.size === 0) return { ok: false, failure: { kind: 'empty-file', name } };
  let head: Uint8Array;
  try {
    head = new Uint8Array(await file.slice(0, HEADER_BYTES).arrayBuffer());
  } catch (error) {
    return { ok: false, failure: { kind: 'undecodable', name, detail: String(error) } };
  }
  const header = readImageHeader(head);
  if (header.format === 'unknown') return { ok: false, failure: { kind: 'not-an-image', name } };
  if (!READABLE.has(header.format)) {
    return { ok: false, failure: { kind: 'unsupported-format', name, format: header.format } };
  }
  const size = orientedSize(header);
  if (size && size.width * size.height > PIXEL_LIMIT) {
    const megapixels = Math.round((size.width * size.height) / 1e6);
    return { ok: false, failure: { kind: 'too-many-pixels', name, megapixels, limit: PIXEL_LIMIT / 1e6 } };
  }
  const exif = await exifOf(file, head);
  return { ok: true, draft: { ...(size && { size }), ...(exif && { exif }) } };
}

/** HEIC and AVIF may keep it anywhere in the file, and say where at its beginning. */
async function exifOf(file: File, head: Uint8Array): Promise<Exif | undefined> {
  const extent = bmffExifExtent(head);
  if (!extent) return readExif(head);
  const item = file.slice(extent.offset, extent.offset + extent.length);
  return readExifItem(new Uint8Array(await item.arrayBuffer()));
}
