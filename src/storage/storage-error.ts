import type { StorageFailure } from './inspection-store.ts';

/** Carries an expected storage failure through code that cannot return it, such as a read. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly failure: StorageFailure;

  constructor(failure: StorageFailure, cause?: unknown) {
    super(describe(failure), { cause });
    this.failure = failure;
  }
}

/** What is saved or deleted belongs to something that was deleted meanwhile. */
export const notKept = (): StorageError =>
  new StorageError({ kind: 'unwritable', detail: 'It is not kept here any more.' });

export function describe(failure: StorageFailure): string {
  switch (failure.kind) {
    case 'no-space':
      return `no space: ${failure.neededBytes} bytes needed, ${failure.freeBytes} free`;
    case 'duplicate':
      return `this photo is already kept as ${failure.captureId}`;
    case 'unwritable':
    case 'blocked':
      return failure.detail;
  }
}

/** What a browser threw, as a failure the screen can show. `neededBytes` is what was being written. */
export function asStorageFailure(error: unknown, neededBytes = 0): StorageFailure {
  if (error instanceof StorageError) return error.failure;
  const name = error instanceof Error ? error.name : '';
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  // freeBytes is filled in by the caller that can ask the browser.
  if (name === 'QuotaExceededError') return { kind: 'no-space', neededBytes, freeBytes: 0 };
  if (name === 'VersionError' || name === 'BlockedError') return { kind: 'blocked', detail };
  return { kind: 'unwritable', detail };
}

/**
 * Whether a save is known to have left nothing in the database. After any other error it may have been
 * committed all the same, and its file must stay for the start-up scrub to decide.
 */
export function wasRefused(error: unknown): boolean {
  const failure = asStorageFailure(error);
  if (failure.kind === 'no-space' || failure.kind === 'duplicate') return true;
  return failure.kind === 'unwritable' && error instanceof StorageError && error.cause === undefined;
}
