import { compacted } from '../../core/sync-rules/compact.ts';
import type { OpfsPhotoFiles } from './opfs-photo-files.ts';
import { operationsOf } from './journal.ts';
import { allOperations } from './outbox.ts';
import type { StoreParts } from './store-parts.ts';

/** Operations a line, as long as a line of a large save. */
const PER_LINE = 50;

/** Leaves out what no replay needs any more. Only after a scrub: the database must be known to be whole. */
export async function rewriteJournal(
  parts: StoreParts,
  files: Pick<OpfsPhotoFiles, 'rewriteJournal'>,
): Promise<void> {
  const waiting = new Set((await allOperations(parts)).map(({ opId }) => opId));
  const kept = await parts.records.read(['inspections', 'trash'], async (read) => {
    const inspections = parts.rows.many('inspections', await read.all('inspections'));
    const trashed = parts.rows.many('trash', await read.all('trash'));
    return new Set<string>([...inspections, ...trashed].map(({ id }) => id));
  });
  await files.rewriteJournal((lines) => {
    const operations = operationsOf(lines);
    const inspections = operations.filter(({ entity, id }) => entity === 'inspection' && !kept.has(id));
    const removed = new Set(inspections.map(({ id }) => id));
    const needed = compacted(operations, waiting, removed);
    return Array.from({ length: Math.ceil(needed.length / PER_LINE) }, (_, line) =>
      JSON.stringify(needed.slice(line * PER_LINE, (line + 1) * PER_LINE)),
    );
  });
}
