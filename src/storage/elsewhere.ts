import type { CaptureId } from '../../core/contract/ids.ts';
import type { ReadTransaction } from './records.ts';
import { serverKey } from './schema.ts';
import type { TypedRows } from './typed-rows.ts';

/** Which of these photos were taken on another device: no file of theirs is missing here. Reads `serverStates`. */
export async function takenElsewhere(
  read: ReadTransaction,
  rows: TypedRows,
  ids: readonly CaptureId[],
): Promise<ReadonlySet<CaptureId>> {
  const states = await Promise.all(ids.map((id) => read.get('serverStates', serverKey('capture', id))));
  return new Set(ids.filter((_, place) => rows.one('serverStates', states[place])?.isElsewhere));
}
