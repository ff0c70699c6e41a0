import * as v from 'valibot';
import type { Sql } from './database.ts';
import { parseRows } from './rows.ts';

/** As it was enrolled; its id where there is no such device any more. */
export async function deviceName(sql: Sql, tenant: string, id: string): Promise<string> {
  const rows = await sql.all('SELECT name FROM devices WHERE tenant = ? AND id = ?', tenant, id);
  return parseRows(v.object({ name: v.string() }), rows)[0]?.name ?? id;
}
