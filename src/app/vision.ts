import type {
  AnalyseRequest,
  AnalysisEvent,
  AnalysisResult,
  PackProgress,
  PackStatus,
  Prepared,
  PrepareRequest,
  Thumbnail,
  VisionFailure,
} from '../../core/contract/vision-worker.ts';
import type { Capabilities } from '../../core/contract/runtime.ts';
import type { Outcome } from '../../core/domain/outcome.ts';

/** What the page asks of the vision worker; src/vision's bridge is it. */
export interface Vision {
  capabilities(): Promise<Capabilities>;
  packs(): Promise<Outcome<readonly PackStatus[], VisionFailure>>;
  installPack(
    id: string,
    onProgress: (progress: PackProgress) => void,
  ): Promise<Outcome<PackStatus, VisionFailure>>;
  verifyPack(id: string): Promise<Outcome<PackStatus, VisionFailure>>;
  removePack(id: string): Promise<void>;
  prepare(request: PrepareRequest): Promise<Outcome<Prepared, VisionFailure>>;
  analyse(
    request: Omit<AnalyseRequest<Blob>, 'jobId'>,
    options: { readonly signal?: AbortSignal; readonly onEvent?: (event: AnalysisEvent) => void },
  ): Promise<Outcome<AnalysisResult, VisionFailure>>;
  thumbnail(photo: Blob, longestSide: number): Promise<Outcome<Thumbnail<Blob>, VisionFailure>>;
}
