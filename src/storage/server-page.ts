import * as v from 'valibot';
import type { Operation } from '../../core/contract/operation.ts';
import type { Conflict, ServerRow } from '../../core/contract/sync.ts';
import { applyOperation } from '../../core/sync-rules/apply-operation.ts';
import { mayPassNow, waitingAgain } from '../../core/sync-rules/outbox-state.ts';
import type { StoreChange } from './inspection-store.ts';
import { entityStores } from './entity-stores.ts';
import type { WriteTransaction } from './records.ts';
import { CURSOR, serverKey, storeSchemas, type ServerState, type StoreName } from './schema.ts';
import type { StoreParts } from './store-parts.ts';
import { takeAway } from './take-away.ts';

/** Keys of server states that have something below. */
const COVERED = 'sync/covered';
const stores = [
  ...Object.values(entityStores),
  ...(['operations', 'trash', 'serverStates', 'photoTransfers', 'settings'] as const),
] as const satisfies readonly StoreName[];

/**
 * Takes a page of a server's rows over, together with the cursor behind it. What waits in the outbox lies over
 * the server's values: a field that was changed here goes on showing what was entered here, and its version
 * stays the one that was seen when it was entered.
 */
export async function takePage(
  parts: StoreParts,
  serverRows: readonly ServerRow[],
  cursor: string | undefined,
): Promise<void> {
  const { records, rows, changes } = parts;
  const told = await records.write(stores, async (transaction) => {
    const unsettled = rows
      .many('operations', await transaction.all('operations'))
      .filter(({ state }) => state !== 'acked')
      .sort((a, b) => a.seq - b.seq);
    const waiting = groupByRecord(unsettled);
    const changed: StoreChange[] = [];
    let isWhole = true;
    changed.push(...(await uncover(parts, transaction, serverRows, waiting)));
    for (const row of serverRows) {
      const own = waiting.get(serverKey(row.entity, row.id)) ?? [];
      if (await isBackFromTheDead(transaction, row)) isWhole = false;
      changed.push(...(await takeRow(parts, transaction, row, own)));
    }
    for (const operation of unsettled) {
      const isWorthIt = serverRows.some((row) => mayPassNow(operation, row));
      if (isWorthIt) transaction.put('operations', waitingAgain(operation));
    }
    // What belonged to it is long purged here: everything is told again.
    transaction.put('settings', { key: CURSOR, value: isWhole ? cursor : undefined });
    return changed;
  });
  const distinct = new Map(told.map((change) => [`${change.entity} ${change.inspectionId}`, change]));
  changes.tell(...distinct.values());
}

/**
 * Shows what lay below changes of this device that wait no more: the server may have known them already when it told
 * the row, and then nothing tells it again. Notes which rows of this page lie below such changes.
 */
async function uncover(
  parts: StoreParts,
  transaction: WriteTransaction,
  serverRows: readonly ServerRow[],
  waiting: ReadonlyMap<string, readonly Operation[]>,
): Promise<readonly StoreChange[]> {
  const { rows } = parts;
  const setting = rows.one('settings', await transaction.get('settings', COVERED));
  const before = v.parse(v.fallback(v.array(v.string()), []), setting?.value);
  const changed: StoreChange[] = [];
  for (const key of before.filter((covered) => !waiting.has(covered))) {
    const below = rows.one('serverStates', await transaction.get('serverStates', key))?.below;
    if (below) changed.push(...(await takeRow(parts, transaction, below, [])));
  }
  const told = serverRows.map(({ entity, id }) => serverKey(entity, id));
  const covered = [...new Set([...before, ...told])].filter((key) => waiting.has(key));
  if (covered.length + before.length > 0) transaction.put('settings', { key: COVERED, value: covered });
  return changed;
}

/** An inspection that was deleted and purged here, and brought back elsewhere. */
async function isBackFromTheDead(transaction: WriteTransaction, row: ServerRow): Promise<boolean> {
  if (row.entity !== 'inspection' || row.isDeleted) return false;
  const [state, inspection, trashed] = await Promise.all([
    transaction.get('serverStates', serverKey(row.entity, row.id)),
    transaction.get('inspections', row.id),
    transaction.get('trash', row.id),
  ]);
  const wasTold = isRecord(state) && Object.keys(asRecord(state['versions']) ?? {}).length > 0;
  return wasTold && inspection === undefined && trashed === undefined;
}

async function takeRow(
  parts: StoreParts,
  transaction: WriteTransaction,
  row: ServerRow,
  own: readonly Operation[],
): Promise<readonly StoreChange[]> {
  const { entity, id } = row;
  const key = serverKey(entity, id);
  const former = parts.rows.one('serverStates', await transaction.get('serverStates', key));
  const store = entityStores[entity];
  const before: unknown = await transaction.get(store, id);
  const isHidden = row.isDeleted && own.length === 0;
  const base = row.isDeleted ? asRecord(before) : { ...row.fields, id, schemaV: 1 };
  const after = isHidden ? undefined : own.reduce<Fields | undefined>(applyOperation, base);
  // A newer app's record is left as it is here, until this app is as new.
  const isShown = after !== undefined && v.safeParse(storeSchemas[store], after).success;
  const isSettledHere = row.conflict !== undefined && isSettled(row.conflict, own);
  const isOpen = row.conflict !== undefined && !isSettledHere;
  const isElsewhere = former?.isElsewhere ?? (await isNewHere(transaction, row, before, own));
  const state: ServerState = {
    ...{ key, entity, id },
    versions: seenVersions(row, former, own, isShown),
    ...(former?.written && { written: former.written }),
    ...(isOpen && { conflict: row.conflict }),
    ...(isOpen && row.isDeleted && { record: row.fields }),
    ...(isElsewhere && { isElsewhere }),
    ...(own.length > 0 && { below: row }),
  };
  const isGone = !isHidden || (await takeAway(parts, transaction, entity, id));
  transaction.put('serverStates', isGone ? state : { ...state, todo: 'remove' });
  if (!isShown) return isHidden ? told(entity, before) : [];
  transaction.putUnparsed(store, after);
  if (entity === 'inspection' || entity === 'capture') transaction.delete('trash', id);
  return told(entity, after);
}

/** A photo of which nothing was known here: it was taken elsewhere. */
async function isNewHere(
  transaction: WriteTransaction,
  { entity, id }: ServerRow,
  before: unknown,
  own: readonly Operation[],
): Promise<true | undefined> {
  const isNew = entity === 'capture' && before === undefined && own.length === 0;
  return isNew && (await transaction.get('trash', id)) === undefined ? true : undefined;
}

/** A person here has chosen, and the choice is on its way. */
const isSettled = ({ fields, seen }: Conflict, own: readonly Operation[]): boolean =>
  own.some(({ base }) =>
    ['*', ...Object.keys(fields)].every((name) => (base[name] ?? 0) >= (seen[name] ?? 0)),
  );

/**
 * Only what is shown has been seen: not what another device made of a deleted record, nor the server's value of
 * a field that waits and shows what was entered here.
 */
function seenVersions(
  { versions }: ServerRow,
  former: ServerState | undefined,
  own: readonly Operation[],
  isShown: boolean,
): ServerState['versions'] {
  const waiting = new Set(own.flatMap(({ fields }) => Object.keys(fields)));
  const isSeen = (name: string): boolean => (name === '*' ? own.length === 0 : isShown && !waiting.has(name));
  const seen = Object.entries(versions).filter(([name]) => isSeen(name));
  return { ...former?.versions, ...Object.fromEntries(seen) };
}

function groupByRecord(operations: readonly Operation[]): ReadonlyMap<string, readonly Operation[]> {
  const groups = new Map<string, Operation[]>();
  for (const operation of operations) {
    const key = serverKey(operation.entity, operation.id);
    groups.set(key, [...(groups.get(key) ?? []), operation]);
  }
  return groups;
}

/** Reviews are shown with their findings. */
function told(entity: Operation['entity'], record: unknown): readonly StoreChange[] {
  if (!isRecord(record)) return [];
  const inspectionId = entity === 'inspection' ? record['id'] : record['inspectionId'];
  if (typeof inspectionId !== 'string') return [];
  const shown = entity === 'review' ? 'finding' : entity;
  return [{ entity: shown, inspectionId: inspectionId as StoreChange['inspectionId'] }];
}

type Fields = Readonly<Record<string, unknown>>;
const asRecord = (value: unknown): Fields | undefined => (isRecord(value) ? value : undefined);
const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
