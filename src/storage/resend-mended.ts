import type { Operation } from '../../core/contract/operation.ts';
import type { Change } from '../../core/domain/operation.ts';
import { commit } from './commit.ts';
import { entityStores } from './entity-stores.ts';
import type { StoreParts } from './store-parts.ts';

/**
 * Sends what a server rejected once more, as the record is now: a person may have mended it, and what was
 * accepted of it since must not be set back. A new operation takes the rejected one's place.
 */
export async function resendMended(parts: StoreParts, opId: Operation['opId']): Promise<void> {
  const { rows } = parts;
  await commit(parts, Object.values(entityStores), [], async ({ transaction, append }) => {
    const rejected = rows.one('operations', await transaction.get('operations', opId));
    if (rejected?.state !== 'rejected') return;
    const record: unknown = await transaction.get(entityStores[rejected.entity], rejected.id);
    transaction.delete('operations', opId);
    await append({ demo: false }, [asItIsNow(rejected, record)]);
  });
}

function asItIsNow({ entity, id, kind, fields, blobDeps }: Operation, record: unknown): Change {
  if (typeof record !== 'object' || record === null || kind === 'delete') {
    return { entity, id, kind, fields, blobDeps };
  }
  const now = Object.keys(fields).map((name) => [name, (Reflect.get(record, name) as unknown) ?? null]);
  return { entity, id, kind, fields: Object.fromEntries(now) as Operation['fields'], blobDeps };
}
