import type { VisionFailure } from '../../core/contract/vision-worker.ts';
import type { Outcome } from '../../core/domain/outcome.ts';

/** How a worker runs after one of its runtimes failed. */
export interface Fallback {
  readonly threads?: number;
  readonly withoutGpu?: boolean;
}

type Failed = Extract<Outcome<never, VisionFailure>, { ok: false }>;

export const isFaultOfWorker = ({ kind }: Failed): boolean =>
  kind === 'worker-lost' || kind === 'runtime-failed';

/** Known to be the GPU: a worker that was lost may have had other reasons. */
export const hasFailedOnGpu = (failure: Failed): boolean =>
  failure.kind === 'runtime-failed' && failure.runtime.endsWith('webgpu');

/** Safer settings for the next worker. */
export function fallbackFor(failure: Failed): Fallback {
  // A GPU's driver may take the worker with it, or hang it.
  if (failure.kind !== 'runtime-failed') return { withoutGpu: true };
  return hasFailedOnGpu(failure) ? { withoutGpu: true } : { threads: 1 };
}
