import type { CaptureId } from '../../core/contract/ids.ts';
import type { Analysis, Capture, Finding } from '../../core/contract/records.ts';
import type {
  AnalysisEvent,
  AnalysisResult,
  PackProgress,
  VisionFailure,
} from '../../core/contract/vision-worker.ts';
import { findingFromRaw } from '../../core/domain/finding-from-raw.ts';
import { succeed, type Outcome } from '../../core/domain/outcome.ts';
import type { InspectionStore, StorageFailure } from '../storage/inspection-store.ts';
import { newId } from './new-id.ts';
import type { Vision } from './vision.ts';

export interface AnalyseOptions {
  /** What is analysed after this one: its pixels are decoded meanwhile. */
  readonly next?: Capture | undefined;
  readonly signal: AbortSignal;
  readonly onDownload: (progress: PackProgress) => void;
  readonly onEvent: (event: AnalysisEvent) => void;
}

export type AnalysePhoto = (
  capture: Capture,
  modelId: string,
  options: AnalyseOptions,
) => Promise<
  Outcome<Analysis, VisionFailure | StorageFailure | { readonly kind: 'photo-gone'; readonly name: string }>
>;

/** A kept photo through the model and into storage. A pack that is not kept yet is fetched first. */
export function analysePhotoWith(
  store: Pick<InspectionStore, 'photo' | 'capture' | 'saveAnalysis'>,
  vision: Pick<Vision, 'installPack' | 'analyse'>,
  isThorough: () => boolean = () => false,
): AnalysePhoto {
  /** Asked for once: installing again makes the worker load the model anew. */
  const installed = new Set<string>();
  let ahead: { readonly id: CaptureId; readonly photo: Blob } | undefined;
  return async (capture, modelId, { signal, next, onDownload, onEvent }) => {
    const photo = ahead?.id === capture.id ? ahead.photo : await store.photo(capture.id);
    ahead = undefined;
    if (!photo) return { ok: false, kind: 'photo-gone', name: capture.fileName };
    if (!installed.has(modelId)) {
      const pack = await vision.installPack(modelId, onDownload);
      if (!pack.ok) return pack;
      installed.add(modelId);
    }
    if (signal.aborted) return { ok: false, kind: 'cancelled' };
    const request = { modelId, photo, name: capture.fileName, thorough: isThorough() };
    const following = next && (await store.photo(next.id));
    if (next && following) ahead = { id: next.id, photo: following };
    const result = await vision.analyse(request, {
      signal,
      onEvent,
      ...(next && following && { next: { photo: following, name: next.fileName } }),
    });
    if (!result.ok) return result;
    const analysis = analysisOf(capture, result.value);
    // Its place or scale may have been set since it was queued.
    const now = (await store.capture(capture.id)) ?? capture;
    const findings = result.value.findings.map((raw) =>
      findingFromRaw(raw, { analysis, capture: now, id: newId('FindingId'), now: analysis.createdAt }),
    );
    const saved = await store.saveAnalysis(analysis, await measured(findings, now));
    return saved.ok ? succeed(saved.value) : saved;
  };
}

/** Only photos with a scale need what measures; it is not part of the first screen. */
async function measured(findings: readonly Finding[], { scale }: Capture): Promise<readonly Finding[]> {
  if (!scale) return findings;
  const { withSize } = await import('../../core/measure/measure-findings.ts');
  return findings.map((finding) => withSize(finding, scale));
}

function analysisOf(
  capture: Capture,
  { prepared, threshold, tiles, photo, times }: AnalysisResult,
): Analysis {
  const { modelId, version, sha256, runtime, precision, threads, selfTest } = prepared;
  return {
    schemaV: 1,
    id: newId('AnalysisId'),
    inspectionId: capture.inspectionId,
    captureId: capture.id,
    model: { id: modelId, version, sha256 },
    runtime,
    precision,
    threads,
    selfTest: selfTest.verdict,
    threshold,
    tiles,
    photo,
    timingsMs: { ...times },
    createdAt: Date.now(),
  };
}
