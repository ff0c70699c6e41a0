import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const DEBIAN = '/usr/lib/postgresql';

/** PostgreSQL's own pg_dump or pg_restore: of LOUPE_PG_BIN, the newest of Debian's packages, or the PATH. */
function toolPath(name: string): string {
  const own = process.env['LOUPE_PG_BIN'];
  if (own !== undefined) return join(own, name);
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(DEBIAN, version, 'bin', name)).find(existsSync) ?? name;
}

/** The database's address goes by the environment: arguments are seen by everybody on the machine. */
export function runPostgresTool(
  name: 'pg_dump' | 'pg_restore',
  url: string,
  args: readonly string[],
): Promise<void> {
  const { username, password, hostname, port, pathname, searchParams } = new URL(url);
  const sslmode = searchParams.get('sslmode');
  return new Promise((resolve, reject) => {
    const child = spawn(toolPath(name), args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...process.env,
        PGUSER: decodeURIComponent(username),
        PGPASSWORD: decodeURIComponent(password),
        PGHOST: hostname,
        PGPORT: port || '5432',
        PGDATABASE: decodeURIComponent(pathname.slice(1)),
        ...(sslmode !== null && { PGSSLMODE: sslmode }),
      },
    });
    child.on('error', () => reject(new Error(`${name} is not installed (Debian: postgresql-client)`)));
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${name} ended with ${String(code)}`)),
    );
  });
}
