import type { Capabilities } from '../../core/contract/runtime.ts';
import type {
  AnalyseRequest,
  AnalysisResult,
  PackStatus,
  PrepareRequest,
  Prepared,
  VisionFailure,
} from '../../core/contract/vision-worker.ts';
import type { Outcome } from '../../core/domain/outcome.ts';

export type PipelineRequest = Omit<AnalyseRequest<Blob>, 'photo' | 'name' | 'jobId'>;

/** An analysis as it crosses from page to command line: bytes as base64. */
export interface PipelineResult extends Omit<AnalysisResult, 'probability' | 'features'> {
  readonly probabilityBase64?: string;
  readonly features?: { readonly dimensions: number; readonly rowsBase64: string };
  /** From the call to the answer, seen by the page: what a person waits for. */
  readonly pageMs: number;
}

/** What pipeline.html offers to the command line that drives it. */
export interface PipelineApi {
  capabilities(): Promise<Capabilities>;
  packs(): Promise<Outcome<readonly PackStatus[], VisionFailure>>;
  prepare(request: PrepareRequest): Promise<Outcome<Prepared, VisionFailure>>;
  /** Analyses the file at this place in the page's file input. */
  analyse(fileIndex: number, request: PipelineRequest): Promise<Outcome<PipelineResult, VisionFailure>>;
}

declare global {
  // `var` alone names a property of globalThis, which page and command line both know.
  var loupePipeline: PipelineApi;
}
