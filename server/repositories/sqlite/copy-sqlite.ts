import Libsql from 'libsql';

/** One state of a database that others may be writing to, as a file of its own. */
export function copySqlite(from: string, to: string): void {
  const database = new Libsql(from, { timeout: 5000 });
  try {
    database.prepare('VACUUM INTO ?').run(to);
  } finally {
    database.close();
  }
}
