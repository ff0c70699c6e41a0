import { proxy } from 'comlink';
import type { PackProgress, Prepared, PrepareRequest } from '../../core/contract/vision-worker.ts';
import type { Answer, WorkerLife } from './worker-life.ts';

/** Downloads and self-tests tell how they go on, so that a slow network or GPU is no hang. */
export async function prepareModel(
  life: WorkerLife,
  request: PrepareRequest,
  alive: () => void,
  onProgress?: (progress: PackProgress) => void,
): Answer<Prepared> {
  const prepared = await life.api.prepare(
    { modelId: request.modelId, ...pick(request) },
    proxy((progress: PackProgress) => {
      alive();
      onProgress?.(progress);
    }),
    proxy(alive),
  );
  life.holds = prepared.ok ? questionOf(request) : undefined;
  return prepared;
}

/** Two requests with the same question want the same model in the same way. */
export const questionOf = ({ modelId, runtime, precision }: PrepareRequest): string =>
  [modelId, runtime, precision].join(' ');

const pick = ({ runtime, precision, again }: PrepareRequest): Omit<PrepareRequest, 'modelId'> => ({
  ...(runtime ? { runtime } : {}),
  ...(precision ? { precision } : {}),
  ...(again ? { again } : {}),
});
