import { unreachable } from '../../core/domain/outcome.ts';
import type { JobFailure } from './analysis-queue.svelte.ts';
import { bytes, number } from './format.ts';
import type { en } from './text/en.ts';
import { t } from './text/text.ts';

export interface FailureText {
  readonly what: string;
  readonly todo: string;
}

/** What happened and what to do, in the technician's words. */
export function failureText(failure: JobFailure): FailureText {
  switch (failure.kind) {
    case 'empty-file':
    case 'not-an-image':
    case 'undecodable':
    case 'pack-unavailable':
    case 'model-mismatch':
    case 'runtime-failed':
    case 'self-test-failed':
    case 'worker-lost':
    case 'photo-gone':
    case 'duplicate':
    case 'blocked':
    case 'cancelled':
    case 'unwritable':
      return texts(failure.kind);
    case 'unsupported-format':
      return texts(failure.kind, { format: failure.format.toUpperCase() });
    case 'too-many-pixels':
      return texts(failure.kind, {
        megapixels: number(failure.megapixels),
        limit: number(failure.limit),
      });
    case 'pack-corrupt':
      return texts(failure.kind, { file: failure.file });
    case 'no-space':
      return texts(failure.kind, { needed: bytes(failure.neededBytes) });
    default:
      return unreachable(failure);
  }
}

// Every kind of failure has its words; which values they name differs, so that one call cannot be typed by key.
true satisfies (typeof en)['failure'] extends Readonly<Record<JobFailure['kind'], FailureText>>
  ? true
  : never;
const say = t as unknown as (key: string, values: Readonly<Record<string, string>>) => string;

const texts = (kind: JobFailure['kind'], values: Readonly<Record<string, string>> = {}): FailureText => ({
  what: say(`failure.${kind}.what`, values),
  todo: say(`failure.${kind}.todo`, values),
});

/** The technical detail of a failure, for whoever is asked for help. */
export const failureDetail = (failure: JobFailure): string | undefined =>
  'detail' in failure ? failure.detail : undefined;
