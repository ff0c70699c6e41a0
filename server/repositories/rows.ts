import * as v from 'valibot';
import type { Sql, SqlRow, SqlValue } from './database.ts';

/** Rows are parsed as they are read. A row that does not fit means a broken database: it throws. */
export function parseRows<Schema extends v.GenericSchema>(
  schema: Schema,
  rows: readonly SqlRow[],
): v.InferOutput<Schema>[] {
  return rows.map((row) => v.parse(schema, row));
}

/** `?, ?, ?` for so many values. */
export const places = (values: readonly unknown[]): string => values.map(() => '?').join(', ');

/**
 * The values with the last of them repeated up to a power of two, for `IN`: lists of every length would each be a
 * statement of its own to keep prepared.
 */
export function padded<Value>(values: readonly Value[]): readonly Value[] {
  const length = 2 ** Math.ceil(Math.log2(Math.max(1, values.length)));
  return [...values, ...values.slice(-1).flatMap((last) => Array<Value>(length - values.length).fill(last))];
}

/** Rows of one statement: the largest power of four that fits, so that few statements are kept prepared. */
const MOST_ROWS = 64;

/**
 * Inserts many rows by few statements. `onConflict` must not let a statement touch one row twice: no two rows with one
 * key where it updates.
 */
export async function insertRows(
  sql: Sql,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly SqlValue[])[],
  onConflict: string,
): Promise<void> {
  const row = `(${places(columns)})`;
  let rest = rows;
  for (let count = MOST_ROWS; count >= 1; count /= 4) {
    while (rest.length >= count) {
      const values = Array<string>(count).fill(row).join(', ');
      const statement = `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${values} ON CONFLICT ${onConflict}`;
      await sql.run(statement, ...rest.slice(0, count).flat());
      rest = rest.slice(count);
    }
  }
}
