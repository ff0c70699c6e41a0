import type { Operation } from '../../../core/contract/operation.ts';
import { admit, type Admission, type Admitted } from '../../../core/sync-rules/admit.ts';
import { mergeOperation, type MergedRecord } from '../../../core/sync-rules/merge.ts';

/** The smallest server that keeps the rules: admits by operation id, merges by field. */
export class HistoryServer {
  readonly records = new Map<string, MergedRecord>();
  readonly applied: string[] = [];
  readonly #admitted: Admitted[] = [];
  #version = 0;

  /** Stops at the first operation that cannot be taken, as one transaction a batch does. */
  push(batch: readonly Operation[]): { taken: Operation[]; trouble: Admission | undefined } {
    const taken: Operation[] = [];
    for (const operation of batch) {
      const admission = admit(operation, this.#admitted);
      if (admission !== 'fresh' && admission !== 'duplicate') return { taken, trouble: admission };
      taken.push(operation);
      const { opId, bodyHash, epoch, seq } = operation;
      this.#admitted.push({ opId, bodyHash, epoch, seq });
      if (admission === 'fresh') this.#apply(operation);
    }
    return { taken, trouble: undefined };
  }

  #apply(operation: Operation): void {
    const { opId, entity, id } = operation;
    this.applied.push(opId);
    this.#version++;
    const key = `${entity} ${id}`;
    this.records.set(key, mergeOperation(this.records.get(key), operation, this.#version));
  }
}
