import * as v from 'valibot';
import { Operation } from '../../core/contract/operation.ts';
import { byClock, isIntact } from '../../core/sync-rules/apply-operation.ts';

/**
 * A second copy of every operation, outside the database: Chromium was seen to drop the whole database
 * after a kill, and operations carry all that records do. Lines of JSON, each the operations of one save.
 */
export interface Journal {
  /** Resolves when the line is durable. */
  append(line: string): Promise<void>;
  /** The lines of all tabs and runs, in no order; the last of a killed run may be torn. */
  lines(): Promise<readonly string[]>;
}

export const noJournal: Journal = {
  append: () => Promise.resolve(),
  lines: () => Promise.resolve([]),
};

export const journalLine = (operations: readonly Operation[]): string => JSON.stringify(operations);

/** In the order they were made, each once; torn lines and spoiled operations are left out. */
export async function journaled(journal: Journal): Promise<readonly Operation[]> {
  const byId = new Map<string, Operation>();
  for (const line of await journal.lines()) {
    for (const operation of parseLine(line)) if (isIntact(operation)) byId.set(operation.opId, operation);
  }
  return [...byId.values()].sort(byClock);
}

function parseLine(line: string): readonly Operation[] {
  try {
    const parsed = v.safeParse(v.array(Operation), JSON.parse(line));
    return parsed.success ? parsed.output : [];
  } catch {
    return [];
  }
}
