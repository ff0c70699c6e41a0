import type { PackProgress, VisionFailure } from '../../core/contract/vision-worker.ts';
import { fail, type Outcome } from '../../core/domain/outcome.ts';
import type { Pack } from '../models/pack-store.ts';
import type { createSerialQueue } from '../runtimes/serial-queue.ts';
import type { Tools } from './vision-api.ts';

export interface ReleaseToInstall {
  readonly id: string;
  /** Also one that failed here before. */
  readonly again: boolean;
  readonly onProgress: (progress: PackProgress) => void;
  readonly onStep: () => void;
}

/** These say that the model does not do here what it should. */
const FAULTS_OF_MODEL: readonly VisionFailure['kind'][] = [
  'self-test-failed',
  'model-mismatch',
  'runtime-failed',
];

/**
 * Fetches the office's latest release of a pack beside the one in use, has it prove itself between two jobs, and only
 * then puts it in its place. Whatever fails, what was in use stays, and the record says why.
 */
export async function installRelease(
  { store, loader }: Pick<Tools, 'store' | 'loader'>,
  queue: ReturnType<typeof createSerialQueue>,
  { id, again, onProgress, onStep }: ReleaseToInstall,
): Promise<Outcome<Pack, VisionFailure>> {
  const { records } = store.office;
  const fetched = await store.fetchLatest(id, onProgress);
  if (!fetched) return fail({ kind: 'pack-unavailable', modelId: id, detail: 'the office released none' });
  if (!fetched.ok) {
    if (fetched.kind === 'pack-corrupt') await records.refuseLatest(id, 'spoiled', fetched.detail);
    return fetched;
  }
  const pack = fetched.value;
  const proven = await queue(() => loader.prove(pack, again, onStep));
  if (!proven.ok) {
    const detail = 'detail' in proven ? proven.detail : proven.kind;
    if (FAULTS_OF_MODEL.includes(proven.kind)) await records.refuseLatest(id, 'self-test-failed', detail);
    return proven;
  }
  await records.flip(id, pack.origin.offer?.release ?? 0);
  await store.office.sweep();
  loader.forget(id);
  return store.find(id);
}
