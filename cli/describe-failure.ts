import { unreachable } from '../core/domain/outcome.ts';
import type { PhotoFailure } from './analyse-photos.ts';

/** One line for a terminal: what happened and what to do. */
export function describeFailure(failure: PhotoFailure): string {
  switch (failure.kind) {
    case 'unreadable':
      return `the file cannot be read: ${failure.detail}`;
    case 'empty-file':
      return 'the file is empty; copy it again from the camera';
    case 'not-an-image':
      return 'this is no image; give a JPEG, PNG, WebP or AVIF photo';
    case 'unsupported-format':
      return `${failure.format} is not supported; save it as JPEG, PNG, WebP or AVIF`;
    case 'too-many-pixels':
      return `${failure.megapixels} megapixels are above the limit of ${failure.limit}; make it smaller`;
    case 'undecodable':
      return `the photo is damaged (${failure.detail}); copy it again from the camera`;
    case 'pack-unavailable':
      return `model ${failure.modelId} is not there: ${failure.detail}`;
    case 'pack-corrupt':
      return `${failure.file} of model ${failure.modelId} is damaged: ${failure.detail}`;
    case 'model-mismatch':
      return `model ${failure.modelId} does not fit: ${failure.detail}`;
    case 'runtime-failed':
      return `${failure.runtime} failed: ${failure.detail}`;
    case 'self-test-failed':
      return `${failure.runtime} does not reproduce the golden outputs of ${failure.modelId}: ${failure.detail}`;
    case 'worker-lost':
      return `the vision worker ended: ${failure.detail}`;
    case 'no-space':
      return `no room for ${failure.neededBytes} bytes`;
    case 'cancelled':
      return 'cancelled';
    default:
      return unreachable(failure);
  }
}
