import type { ImportFailure } from '../storage/inspection-store.ts';
import type { BundleFailure } from './bundle/bundle-format.ts';
import { failureText } from './failure-text.ts';
import { t } from './text/text.ts';

/** Why a bundle was not taken in, and what to do. Nothing was changed in any of these cases. */
export function bundleText(failure: BundleFailure | ImportFailure): string {
  switch (failure.kind) {
    case 'already-here':
    case 'not-a-bundle':
    case 'newer-bundle':
    case 'cancelled':
      return t(`bundleFailure.${failure.kind}`);
    case 'no-space':
    case 'duplicate':
    case 'unwritable':
    case 'blocked': {
      const { what, todo } = failureText(failure);
      return `${what} ${todo}`;
    }
    case 'too-many-files':
      return t('bundleFailure.too-large');
    default:
      return t(failure.kind === 'too-large' ? 'bundleFailure.too-large' : 'bundleFailure.damaged', {
        path: failure.path,
      });
  }
}
