import * as v from 'valibot';
import { Operation } from '../../core/contract/operation.ts';
import { byClock, isIntact } from '../../core/sync-rules/apply-operation.ts';

/** Where a journal's lines lie, outside the database. */
export interface JournalFile {
  /** Resolves when the line outlives a kill. */
  append(line: string): Promise<void>;
  /** The lines of all tabs and runs, in no order; the last of a killed run may be torn. */
  lines(): Promise<readonly string[]>;
}

export const noJournalFile: JournalFile = {
  append: () => Promise.resolve(),
  lines: () => Promise.resolve([]),
};

/** In saves. */
const LONGEST_PAUSE = 63;

/**
 * A second copy of every operation: Chromium was seen to drop the whole database after a kill, and
 * operations carry all that records do. Each line is JSON, the operations of one save.
 */
export class Journal {
  readonly #file: JournalFile;
  #isBehind = false;
  /** Saves until the next try, doubled by each that fails: on a full disk every try would read all again. */
  #pause = 0;
  #rest = 0;

  constructor(file: JournalFile) {
    this.#file = file;
  }

  /** Resolves when they are in the journal, with any before them that were in doubt. */
  async keep(operations: readonly Operation[], outbox: () => Promise<readonly Operation[]>): Promise<void> {
    if (this.#rest-- > 0) return;
    try {
      if (this.#isBehind) await this.catchUp(await outbox());
      else if (operations.length > 0) await this.#file.append(JSON.stringify(operations));
      this.#pause = 0;
    } catch {
      // The records are durable; a second copy that does not fit must not make them look unsaved.
      this.#isBehind = true;
      this.#pause = Math.min(LONGEST_PAUSE, this.#pause * 2 + 1);
      this.#rest = this.#pause;
    }
  }

  /** A save failed that may have been committed all the same: its operations are looked for later. */
  doubt(): void {
    this.#isBehind = true;
  }

  async catchUp(outbox: readonly Operation[]): Promise<void> {
    const known = new Set((await this.#file.lines()).flatMap(idsOf));
    const missing = outbox.filter(({ opId }) => !known.has(opId));
    if (missing.length > 0) await this.#file.append(JSON.stringify(missing));
    this.#isBehind = false;
  }

  /** In the order they were made, each once; torn lines and spoiled operations are left out. */
  async operations(): Promise<readonly Operation[]> {
    return operationsOf(await this.#file.lines());
  }
}

export function operationsOf(lines: readonly string[]): readonly Operation[] {
  const byId = new Map<string, Operation>();
  for (const line of lines) {
    for (const operation of parseLine(line)) if (isIntact(operation)) byId.set(operation.opId, operation);
  }
  return [...byId.values()].sort(byClock);
}

/** Without parsing: this runs at every start. */
const idsOf = (line: string): string[] => [...line.matchAll(/"opId":"([^"]+)"/g)].map(([, id = '']) => id);

function parseLine(line: string): readonly Operation[] {
  try {
    const parsed = v.safeParse(v.array(Operation), JSON.parse(line));
    return parsed.success ? parsed.output : [];
  } catch {
    return [];
  }
}
