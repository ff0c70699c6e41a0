import type { Inspection } from '../../core/contract/records.ts';

/**
 * What only the server writes stays as it told it last, whatever a screen saves that has not heard of it yet: sent
 * back as a change of this device it would be refused, and with it what the person did.
 */
export function withOfficeWord(saved: Inspection, before: Inspection | undefined): Inspection {
  if (!before) return saved;
  const { office: _office, revision: _revision, ...own } = saved;
  const isOwnStatus = saved.status === 'draft' || saved.status === 'finalised';
  return {
    ...own,
    status: isOwnStatus ? saved.status : before.status,
    ...(before.office && { office: before.office }),
    ...(before.revision !== undefined && { revision: before.revision }),
  };
}
