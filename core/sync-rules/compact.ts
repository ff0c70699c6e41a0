import type { Operation } from '../contract/operation.ts';

/**
 * What of a journal a replay still needs, in the same order. An operation that waits for a server is never
 * left out. Of the others go those whose every field was written again later, and all of an inspection
 * that was removed for good, once nothing of it waits; but its deletion stays, for a database that falls
 * back to when it was there.
 */
export function compacted(
  operations: readonly Operation[],
  waiting: ReadonlySet<string>,
  removed: ReadonlySet<string>,
): Operation[] {
  const owners = ownersOf(operations);
  const ownerOf = ({ entity, id }: Operation): string =>
    entity === 'inspection' ? id : (owners.get(`${entity} ${id}`) ?? '');
  const busy = new Set(operations.filter(({ opId }) => waiting.has(opId)).map(ownerOf));
  const isOver = (operation: Operation): boolean =>
    !(operation.entity === 'inspection' && operation.kind === 'delete') &&
    removed.has(ownerOf(operation)) &&
    !busy.has(ownerOf(operation));
  const later = new Map<string, Set<string>>();
  const needed = operations.toReversed().filter((operation) => {
    const key = `${operation.entity} ${operation.id}`;
    const written = later.get(key) ?? new Set();
    if (operation.kind === 'delete') written.clear();
    const isCovered =
      operation.kind === 'put' && Object.keys(operation.fields).every((field) => written.has(field));
    if (operation.kind === 'put') for (const field of Object.keys(operation.fields)) written.add(field);
    later.set(key, written);
    return waiting.has(operation.opId) || !(isCovered || isOver(operation));
  });
  return needed.reverse();
}

/** A record's first operation names its inspection; later ones carry only what changed. */
function ownersOf(operations: readonly Operation[]): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const { entity, id, fields } of operations) {
    const owner = fields['inspectionId'];
    if (typeof owner === 'string') owners.set(`${entity} ${id}`, owner);
  }
  return owners;
}
