import { safeFileName } from '../../core/export/plain-text.ts';
import type { Signature } from '../../core/contract/records.ts';
import type { CaptureId } from '../../core/contract/ids.ts';
import type { InspectionStore } from '../storage/inspection-store.ts';
import { VERSION } from './about.ts';
import type { ExportKind } from './bundle/write-export.ts';
import { failureText } from './failure-text.ts';
import type { InspectionSession } from './inspection-session.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import type { PackShelf } from './pack-shelf.svelte.ts';
import type { PhotoUrls } from './photo-urls.ts';
import { chooseTarget, saveFile, type FileTarget } from './save-file.ts';
import { language, LANGUAGES, t, type Language } from './text/text.ts';

export type HandOverTask = 'report' | 'bundle' | 'export';

export type HandOverWork =
  | { readonly kind: 'working'; readonly what: HandOverTask; readonly done: number; readonly all: number }
  | { readonly kind: 'ready'; readonly fileName: string; readonly file: Blob; readonly url: string }
  | { readonly kind: 'failed'; readonly what: HandOverTask; readonly detail: string };

interface Job {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, all: number) => void;
}

interface Outgoing {
  readonly target: FileTarget;
  readonly stream: ReadableStream<Uint8Array>;
}

export interface HandOverParts {
  readonly session: InspectionSession;
  readonly store: InspectionStore;
  readonly packs: PackShelf;
  readonly photos: Pick<PhotoUrls, 'readable'>;
  readonly notices: Notices;
}

/** An inspection on its way out: the report, the exports and the whole bundle, all made on this device. */
export class HandOver {
  #work = $state.raw<HandOverWork>();
  #reportLanguage = $state<Language>(LANGUAGES.find((one) => language().startsWith(one)) ?? 'en');
  #abort: AbortController | undefined;
  readonly #deps: HandOverParts;

  constructor(deps: HandOverParts) {
    this.#deps = deps;
  }

  get work(): HandOverWork | undefined {
    return this.#work;
  }
  /** The report's language may be another than the screen's: the owner reads it. */
  get reportLanguage(): Language {
    return this.#reportLanguage;
  }
  set reportLanguage(language: Language) {
    this.#reportLanguage = language;
    this.#forget();
  }

  /** Photos or judgements came after the signature. */
  get isSignatureStale(): boolean {
    const { inspection, findings, captures } = this.#deps.session;
    const signedAt = inspection?.signature?.at ?? Infinity;
    return (
      findings.some(({ updatedAt }) => updatedAt > signedAt) ||
      captures.some(({ createdAt }) => createdAt > signedAt)
    );
  }

  cancel(): void {
    this.#abort?.abort();
    this.#forget();
  }

  /** The PDF stays here to be opened or saved. */
  async makeReport(): Promise<void> {
    const { session, store, packs, photos } = this.#deps;
    const { inspection } = session;
    if (!inspection) return;
    const { signal, onProgress } = this.#begin('report');
    const source = { session, store, packs, photos, language: this.#reportLanguage };
    try {
      const { inspectionReport } = await import('./inspection-report.ts');
      const report = await inspectionReport(source, { signal, onProgress });
      if (signal.aborted) return;
      if (!report.ok) throw new Error(report.kind === 'cancelled' ? '' : report.detail);
      const fileName = `${safeFileName(inspection.title, 'inspection')}.pdf`;
      const url = URL.createObjectURL(report.value);
      this.#work = { kind: 'ready', fileName, file: report.value, url };
    } catch (error) {
      if (!signal.aborted) this.#work = { kind: 'failed', what: 'report', detail: String(error) };
    }
  }

  save(): void {
    if (this.#work?.kind === 'ready') saveFile(this.#work.file, this.#work.fileName);
  }

  /** Findings for other tools; what could not go along is said, never dropped in silence. */
  async export(kind: ExportKind): Promise<void> {
    const { session, store, notices } = this.#deps;
    const { inspection } = session;
    if (!inspection) return;
    await this.#send('export', async ({ signal, onProgress }) => {
      const { exportFileOf, writeExport } = await import('./bundle/write-export.ts');
      const { fileName, mediaType } = exportFileOf(inspection, kind);
      const target = await chooseTarget(fileName, mediaType);
      if (!target) return undefined;
      const options = { madeAt: Date.now(), onProgress, signal };
      const file = await writeExport(store, session.id, kind, options);
      if (file && file.leftOut.length > 0) {
        notices.say(t('handOver.leftOut', { count: file.leftOut.length }), { tone: 'problem' });
      }
      return file && { target, stream: file.stream };
    });
  }

  /** Records and original photos in one file that any Loupe takes in. */
  async saveBundle(): Promise<void> {
    const { session, store } = this.#deps;
    const { inspection } = session;
    if (!inspection) return;
    await this.#send('bundle', async ({ signal, onProgress }) => {
      const { bundleFileName, writeBundle } = await import('./bundle/write-bundle.ts');
      const target = await chooseTarget(bundleFileName(inspection), 'application/zip');
      if (!target) return undefined;
      const options = { appVersion: VERSION, madeAt: Date.now(), onProgress, signal };
      const bundle = await writeBundle(store, session.id, options);
      return bundle && { target, stream: bundle.stream };
    });
  }

  /** The record of who answers for it; undefined takes the signature back. */
  sign(signature: Signature | undefined): Promise<void> {
    return this.#saveInspection(({ signature: _before, ...rest }) => ({
      ...rest,
      ...(signature && { signature }),
      status: signature ? 'finalised' : 'draft',
    }));
  }

  chooseCover(coverCaptureId: CaptureId): Promise<void> {
    return this.#saveInspection((inspection) => ({ ...inspection, coverCaptureId }));
  }

  close(): void {
    this.cancel();
  }

  async #saveInspection(change: Parameters<InspectionSession['change']>[0]): Promise<void> {
    const saved = await this.#deps.session.change(change);
    // A report that was made before says something else now.
    if (saved.ok) return this.#forget();
    const { what, todo } = failureText(saved);
    this.#deps.notices.say(`${what} ${todo}`, { tone: 'problem' });
  }

  async #send(what: 'bundle' | 'export', open: (job: Job) => Promise<Outgoing | undefined>): Promise<void> {
    const job = this.#begin(what);
    try {
      const opened = await open(job);
      if (opened) await opened.target.write(opened.stream, job.signal);
      if (!job.signal.aborted) this.#forget();
    } catch (error) {
      if (!job.signal.aborted) this.#work = { kind: 'failed', what, detail: String(error) };
    }
  }

  #begin(what: HandOverTask): Job {
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
