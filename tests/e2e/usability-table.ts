import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Taps by job as docs/USABILITY.md tells them, so that the page cannot fall behind the app. */
export function promisedTaps(): ReadonlyMap<string, number> {
  const page = readFileSync(resolve(import.meta.dirname, '../../docs/USABILITY.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (?<job>[^|]+?) +\| +(?<taps>\d+) +\|/gm)];
  return new Map(rows.map(({ groups }) => [groups?.['job'] ?? '', Number(groups?.['taps'])]));
}
