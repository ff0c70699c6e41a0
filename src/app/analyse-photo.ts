import type { Analysis, Capture } from '../../core/contract/records.ts';
import type { AnalysisEvent, PackProgress, VisionFailure } from '../../core/contract/vision-worker.ts';
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

/** A kept photo through the model and into storage. Packs that are not kept yet are fetched first. */
export const analysePhotoWith =
  (
    store: Pick<InspectionStore, 'photo' | 'saveAnalysis'>,
    vision: Pick<Vision, 'installPack' | 'analyse'>,
  ): AnalysePhoto =>
  async (capture, modelId, { signal, onDownload, onEvent }) => {
    const photo = await store.photo(capture.id);
    if (!photo) return { ok: false, kind: 'photo-gone', name: capture.fileName };
    const installed = await vision.installPack(modelId, onDownload);
    if (!installed.ok) return installed;
    if (signal.aborted) return { ok: false, kind: 'cancelled' };
    const result = await vision.analyse({ modelId, photo, name: capture.fileName }, { signal, onEvent });
    if (!result.ok) return result;
    const { value } = result;
    const analysis: Analysis = {
      schemaV: 1,
      id: newId('AnalysisId'),
      inspectionId: capture.inspectionId,
      captureId: capture.id,
      model: { id: value.prepared.modelId, version: value.prepared.version, sha256: value.prepared.sha256 },
      runtime: value.prepared.runtime,
      precision: value.prepared.precision,
      threads: value.prepared.threads,
      selfTest: value.prepared.selfTest.verdict,
      threshold: value.threshold,
      tiles: value.tiles,
      photo: value.photo,
      timingsMs: { ...value.times },
      createdAt: Date.now(),
    };
    const findings = value.findings.map((raw) =>
      findingFromRaw(raw, { analysis, capture, id: newId('FindingId'), now: analysis.createdAt }),
    );
    const saved = await store.saveAnalysis(analysis, findings);
    return saved.ok ? succeed(saved.value) : saved;
  };
