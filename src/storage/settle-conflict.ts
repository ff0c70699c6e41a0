import * as v from 'valibot';
import type { Inspection, Review } from '../../core/contract/records.ts';
import type { Change } from '../../core/domain/operation.ts';
import { applyOperation } from '../../core/sync-rules/apply-operation.ts';
import { commit } from './commit.ts';
import { entityStores } from './entity-stores.ts';
import type { StoreChange } from './inspection-store.ts';
import { putOf, removalOf } from './outbox.ts';
import type { WriteTransaction } from './records.ts';
import { serverKey, storeSchemas, type ServerState, type StoreName } from './schema.ts';
import { StorageError } from './storage-error.ts';
import type { StoreParts } from './store-parts.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a person chose where devices disagreed. */
export type Settlement =
  /** Values of the disputed fields, null for none, and who decided where it is a finding. */
  | { readonly kind: 'choose'; readonly fields: Fields; readonly review?: Review }
  /** Deleted on one device, edited on another. */
  | { readonly kind: 'delete' }
  | { readonly kind: 'bring-back' };

const stores = [
  ...Object.values(entityStores),
  'trash',
  'serverStates',
] as const satisfies readonly StoreName[];

/** Writes a choice as somebody's who has seen all that stood. Nothing happens where it was settled meanwhile. */
export async function settleConflict(
  parts: StoreParts,
  { entity, id }: Pick<ServerState, 'entity' | 'id'>,
  settlement: Settlement,
): Promise<void> {
  const { rows } = parts;
  const key = serverKey(entity, id);
  const told = await ownersTold(parts, entity, id, settlement);
  await commit(parts, stores, told, async ({ transaction, append }) => {
    const state = rows.one('serverStates', await transaction.get('serverStates', key));
    if (!state?.conflict) return;
    const { conflict, record, ...rest } = state;
    transaction.put('serverStates', { ...rest, versions: { ...rest.versions, ...conflict.seen } });
    const raw: unknown = await transaction.get(entityStores[entity], id);
    const change = changeOf(state, settlement, isRecord(raw) ? raw : record);
    show(transaction, change, isRecord(raw) ? raw : { ...record, id, schemaV: 1 });
    const { review } = { review: undefined, ...settlement };
    if (review) transaction.put('reviews', review);
    // No demo has a conflict: it is never sent.
    await append({ demo: false }, [...(review ? [putOf('review', review)] : []), change]);
  });
}

function changeOf({ entity, id }: ServerState, settlement: Settlement, record: Fields = {}): Change {
  switch (settlement.kind) {
    case 'choose':
      return { entity, id, kind: 'put', fields: settlement.fields };
    case 'delete':
      return removalOf(entity, id);
    case 'bring-back': {
      const { id: _id, schemaV: _schemaV, ...fields } = record;
      return { entity, id, kind: 'put', fields };
    }
  }
}

/** The record as the change makes it. */
function show(transaction: WriteTransaction, change: Change, before: Fields): void {
  const store = entityStores[change.entity];
  if (change.kind === 'delete') {
    transaction.delete(store, change.id);
    return;
  }
  const after = applyOperation(before, { ...change, schemaV: 1 });
  const parsed = v.safeParse(storeSchemas[store], after);
  if (!parsed.success) throw new StorageError({ kind: 'unwritable', detail: v.summarize(parsed.issues) });
  transaction.putUnparsed(store, after);
  transaction.delete('trash', change.id);
}

/** Read before, since a transaction tells only of what it is known to change. */
async function ownersTold(
  { records, rows }: StoreParts,
  entity: ServerState['entity'],
  id: string,
  settlement: Settlement,
): Promise<readonly StoreChange[]> {
  const [raw, state] = await records.read([entityStores[entity], 'serverStates'], (read) =>
    Promise.all([read.get(entityStores[entity], id), read.get('serverStates', serverKey(entity, id))]),
  );
  const record = isRecord(raw) ? raw : rows.one('serverStates', state)?.record;
  const owner = entity === 'inspection' ? id : record?.['inspectionId'];
  if (typeof owner !== 'string') return [];
  const inspectionId = owner as Inspection['id'];
  const shown = entity === 'review' ? 'finding' : entity;
  return [
    { entity: shown, inspectionId },
    ...(settlement.kind === 'choose' ? [] : [{ entity: 'inspection' as const, inspectionId }]),
  ];
}

const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
