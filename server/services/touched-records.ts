import type { SentOperation } from '../../core/contract/sync.ts';
import { isDeleted, type MergedRecord } from '../../core/sync-rules/merge.ts';
import { conflictOf } from '../../core/sync-rules/server-row.ts';
import type { Sql } from '../repositories/database.ts';
import { keepRecords, recordsOf, type KeptRecord } from '../repositories/records.ts';

type Entity = SentOperation['entity'];
export type RecordName = Pick<SentOperation, 'entity' | 'id'>;

const keyOf = ({ entity, id }: RecordName): string => `${entity} ${id}`;

/**
 * Records of one tenant in one transaction, which must hold the tenant's lock: each is read once and written once,
 * however often it changes. What was kept is in the database only after `write`.
 */
export class TouchedRecords {
  readonly #sql: Sql;
  readonly #tenant: string;
  readonly #now: number;
  readonly #known = new Map<string, MergedRecord | undefined>();
  readonly #changed = new Map<string, KeptRecord>();

  constructor(sql: Sql, tenant: string, now: number) {
    this.#sql = sql;
    this.#tenant = tenant;
    this.#now = now;
  }

  /** Reads what will be asked for, one query an entity. */
  async foresee(names: readonly RecordName[]): Promise<void> {
    const entities = [...new Set(names.map(({ entity }) => entity))];
    await Promise.all(
      entities.map((entity) =>
        this.#read(
          entity,
          names.filter((name) => name.entity === entity).map(({ id }) => id),
        ),
      ),
    );
  }

  async get(entity: Entity, id: string): Promise<MergedRecord | undefined> {
    if (!this.#known.has(keyOf({ entity, id }))) await this.#read(entity, [id]);
    return this.#known.get(keyOf({ entity, id }));
  }

  /** A record as it is after a change; says whether a person has to look at it. */
  keep(merged: MergedRecord, changeNumber: number): boolean {
    const hasConflict = conflictOf(merged) !== undefined;
    const deletedAt = isDeleted(merged) ? this.#now : undefined;
    this.#known.set(keyOf(merged), merged);
    this.#changed.set(keyOf(merged), { merged, changeNumber, hasConflict, deletedAt });
    return hasConflict;
  }

  async write(): Promise<void> {
    await keepRecords(this.#sql, this.#tenant, [...this.#changed.values()]);
    this.#changed.clear();
  }

  async #read(entity: Entity, ids: readonly string[]): Promise<void> {
    const found = await recordsOf(this.#sql, this.#tenant, entity, ids);
    for (const id of ids) this.#known.set(keyOf({ entity, id }), undefined);
    for (const merged of found) this.#known.set(keyOf(merged), merged);
  }
}
