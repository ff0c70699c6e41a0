import { safeFileName } from '../../core/export/plain-text.ts';
import type { InspectionStore } from '../storage/inspection-store.ts';
import { VERSION } from './about.ts';
import type { InspectionSession } from './inspection-session.svelte.ts';
import type { PackShelf } from './pack-shelf.svelte.ts';
import { saveFile } from './save-file.ts';

export const EXPORT_FORMATS = ['coco', 'yolo', 'csv', 'geojson', 'annotations'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export type HandOverWork =
  | {
      readonly kind: 'working';
      readonly what: 'report' | 'bundle';
      readonly done: number;
      readonly all: number;
    }
  | { readonly kind: 'ready'; readonly fileName: string; readonly file: Blob; readonly url: string }
  | { readonly kind: 'failed'; readonly what: 'report' | 'bundle' | 'export'; readonly detail: string };

/** An inspection on its way out: the report, the exports and the whole bundle, all made on this device. */
export class HandOver {
  #work = $state.raw<HandOverWork>();
  #abort: AbortController | undefined;
  readonly #session: InspectionSession;
  readonly #store: InspectionStore;
  readonly #packs: PackShelf;

  constructor(session: InspectionSession, store: InspectionStore, packs: PackShelf) {
    this.#session = session;
    this.#store = store;
    this.#packs = packs;
  }

  get work(): HandOverWork | undefined {
    return this.#work;
  }

  cancel(): void {
    this.#abort?.abort();
    this.#forget();
  }

  /** The PDF stays here to be opened or saved. */
  async makeReport(): Promise<void> {
    const inspection = this.#session.inspection;
    if (!inspection) return;
    const { signal, onProgress } = this.#begin('report');
    const { inspectionReport } = await import('./inspection-report.ts');
    const report = await inspectionReport(this.#session, this.#store, this.#packs, { signal, onProgress });
    if (signal.aborted) return;
    if (!report.ok) {
      const detail = report.kind === 'cancelled' ? '' : report.detail;
      this.#work = { kind: 'failed', what: 'report', detail };
      return;
    }
    const fileName = `${safeFileName(inspection.title, 'inspection')}.pdf`;
    const url = URL.createObjectURL(report.value);
    this.#work = { kind: 'ready', fileName, file: report.value, url };
  }

  save(): void {
    if (this.#work?.kind === 'ready') saveFile(this.#work.file, this.#work.fileName);
  }

  async export(format: ExportFormat): Promise<void> {
    const { inspection, captures, analyses, findings } = this.#session;
    if (!inspection) return;
    try {
      const { exportFile } = await import('./export-file.ts');
      const { file, fileName } = await exportFile(format, { inspection, captures, analyses, findings });
      saveFile(file, fileName);
    } catch (error) {
      this.#work = { kind: 'failed', what: 'export', detail: String(error) };
    }
  }

  /** Records and original photos in one file that any Loupe takes in. */
  async saveBundle(): Promise<void> {
    const { signal, onProgress } = this.#begin('bundle');
    try {
      const { writeBundle } = await import('./bundle/write-bundle.ts');
      const options = { appVersion: VERSION, madeAt: Date.now(), onProgress, signal };
      const bundle = await writeBundle(this.#store, this.#session.id, options);
      if (!bundle) return this.#forget();
      const file = await new Response(bundle.stream).blob();
      if (signal.aborted) return;
      saveFile(new Blob([file], { type: 'application/zip' }), bundle.fileName);
      this.#forget();
    } catch (error) {
      if (!signal.aborted) this.#work = { kind: 'failed', what: 'bundle', detail: String(error) };
    }
  }

  close(): void {
    this.cancel();
  }

  #begin(what: 'report' | 'bundle') {
    this.cancel();
    const abort = new AbortController();
    this.#abort = abort;
    this.#work = { kind: 'working', what, done: 0, all: 0 };
    const onProgress = (done: number, all: number) => {
      if (!abort.signal.aborted) this.#work = { kind: 'working', what, done, all };
    };
    return { signal: abort.signal, onProgress };
  }

  #forget(): void {
    if (this.#work?.kind === 'ready') URL.revokeObjectURL(this.#work.url);
    this.#work = undefined;
  }
}
