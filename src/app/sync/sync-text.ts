import type { Operation } from '../../../core/contract/operation.ts';
import { time } from '../format.ts';
import { t } from '../text/text.ts';
import type { Sync } from './sync.svelte.ts';

/** What waits, with numbers: "12 changes and 3 photos". */
export function waitingText(sync: Sync): string {
  const changes = t('sync.changes', { count: sync.operations.length });
  const photos = t('sync.photosWait', { count: sync.waitingPhotos.length });
  if (sync.waitingPhotos.length === 0) return changes;
  return sync.operations.length === 0 ? photos : t('sync.both', { changes, photos });
}

/** Why it waits, and until when; `isOnline` is a hint that only explains silence. */
export function reasonText(sync: Sync, isOnline: boolean): string {
  const { status } = sync;
  if (sync.isPaused) return t('sync.reason.paused');
  switch (status.state) {
    case 'signed-out':
      return t('sync.reason.signed-out');
    case 'too-old':
      return t('sync.reason.too-old');
    case 'sending':
      return t('sync.reason.sending');
    case 'unreached': {
      const reason = status.reason ?? 'no-answer';
      const isOffline = reason === 'no-answer' && !isOnline;
      const next = status.nextAt === undefined ? '' : ` ${t('sync.next', { time: time(status.nextAt) })}`;
      return t(`sync.reason.${isOffline ? 'offline' : reason}`) + next;
    }
    default: {
      const isRefused = sync.rejected.length + sync.troubledPhotos.length > 0;
      return t(isRefused ? 'sync.reason.rejected' : 'sync.reason.soon');
    }
  }
}

const WHYS = [
  [/^there is no (inspection|capture|analysis|finding)|never changes|belongs to another/, 'parent'],
  [/outside of its photo/, 'place'],
  [/may not set/, 'status'],
  [/half a character|holds NUL/, 'text'],
  [/too large/i, 'size'],
  [/has no field|^[\w.]+: |Invalid/, 'field'],
  [/no photo|too many pixels/i, 'picture'],
  [/not what was saved/, 'spoiled'],
] as const;

/** A server's reason in the technician's words; its own words stay beside it as the detail. */
export function refusalText(detail: string | undefined): string {
  const known = WHYS.find(([pattern]) => pattern.test(detail ?? ''));
  return t(`refused.why.${known?.[1] ?? 'other'}`);
}

const ROLES = ['technician', 'reviewer', 'admin', 'publisher'] as const;

/** A role that this app does not know is named as the server names it. */
export function roleText(role: string): string {
  const known = ROLES.find((one) => one === role);
  return known ? t(`sync.role.${known}`) : role;
}

export function operationText({ entity, kind }: Operation): string {
  const what = t(`refused.what.${entity}`);
  return kind === 'delete' ? t('refused.delete', { what }) : what;
}
