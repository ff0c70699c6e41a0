import { proxy } from 'comlink';
import type { PackProgress, Prepared, PrepareRequest } from '../../core/contract/vision-worker.ts';
import type { Answer, WorkerLife } from './worker-life.ts';

/** A pack that has to be fetched first shows its progress, so that a slow network is no hang. */
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
  );
  life.holds = prepared.ok ? questionOf(request) : undefined;
  return prepared;
}

/** Two requests with the same question want the same model in the same way. */
export const questionOf = ({ modelId, runtime, precision }: PrepareRequest): string =>
  [modelId, runtime, precision].join(' ');

const pick = ({ runtime, precision }: PrepareRequest): Omit<PrepareRequest, 'modelId'> => ({
  ...(runtime ? { runtime } : {}),
  ...(precision ? { precision } : {}),
});
