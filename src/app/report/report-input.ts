import type { Analysis, Capture, Finding, Inspection, Review } from '../../../core/contract/records.ts';
import type { CaptureId } from '../../../core/contract/ids.ts';
import type { SelfTest } from '../../../core/contract/runtime.ts';

/** A text of the catalogue by its key; `report.*` keys are in messages.en.ts, others in the app's catalogue. */
export type Translate = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/** Everything a report is made of. Nothing else is read: no clock, no network, no storage. */
export interface ReportInput {
  readonly inspection: Inspection;
  readonly captures: readonly Capture[];
  readonly analyses: readonly Analysis[];
  readonly findings: readonly Finding[];
  readonly reviews: readonly Review[];
  readonly selfTests: readonly SelfTest[];
  /** Original bytes; undefined when the file is gone. */
  readonly photo: (id: CaptureId) => Promise<Blob | undefined>;
  /** A small JPEG of it, where one is kept. */
  readonly thumbnail: (id: CaptureId) => Promise<Blob | undefined>;
  readonly appVersion: string;
  readonly madeAt: number;
  /** BCP 47; of the texts, numbers and dates. */
  readonly locale: string;
  readonly translate: Translate;
}

export interface ReportOptions {
  /** Score from which a finding that nobody has judged gets a page of its own. */
  readonly pageFromScore?: number;
  readonly onProgress?: (done: number, all: number) => void;
  readonly signal?: AbortSignal;
}

export type ReportFailure =
  { readonly kind: 'cancelled' } | { readonly kind: 'report-failed'; readonly detail: string };
