import type { Analysis, Capture } from '../../core/contract/records.ts';
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
  store: Pick<InspectionStore, 'photo' | 'saveAnalysis'>,
  vision: Pick<Vision, 'installPack' | 'analyse'>,
): AnalysePhoto {
  /** Asked for once: installing again makes the worker load the model anew. */
  const installed = new Set<string>();
  return async (capture, modelId, { signal, onDownload, onEvent }) => {
    const photo = await store.photo(capture.id);
    if (!photo) return { ok: false, kind: 'photo-gone', name: capture.fileName };
    if (!installed.has(modelId)) {
      const pack = await vision.installPack(modelId, onDownload);
      if (!pack.ok) return pack;
      installed.add(modelId);
    }
    if (signal.aborted) return { ok: false, kind: 'cancelled' };
    const result = await vision.analyse({ modelId, photo, name: capture.fileName }, { signal, onEvent });
    if (!result.ok) return result;
    const analysis = analysisOf(capture, result.value);
    const findings = result.value.findings.map((raw) =>
      findingFromRaw(raw, { analysis, capture, id: newId('FindingId'), now: analysis.createdAt }),
    );
    const saved = await store.saveAnalysis(analysis, findings);
    return saved.ok ? succeed(saved.value) : saved;
  };
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
