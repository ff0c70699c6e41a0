import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../../server/app.ts';
import { listen, type RunningServer } from '../../../server/listen.ts';
import { openParts, type OpenParts } from '../../../server/open-parts.ts';
import { keepRecords, recordsAfter } from '../../../server/repositories/records.ts';
import { takeChangeNumbers } from '../../../server/repositories/tenants.ts';
import { makeEnrolmentCode, onlyTenant, type CodeFor } from '../../../server/services/enrol-device.ts';
import { photosHere } from '../../../server/services/receive-photo.ts';
import { formatClock } from '../../../core/domain/hybrid-clock.ts';
import type { Sha256 } from '../../../core/contract/ids.ts';
import { isDeleted, mergeOperation, shown, type MergedRecord } from '../../../core/sync-rules/merge.ts';

/** The real server with the built app, on SQLite in a folder of its own. */
export class SyncServer implements AsyncDisposable {
  readonly parts: OpenParts;
  readonly #folder: string;
  readonly #server: RunningServer;

  private constructor(folder: string, parts: OpenParts, server: RunningServer) {
    this.#folder = folder;
    this.parts = parts;
    this.#server = server;
  }

  static async start(dist: string): Promise<SyncServer> {
    const folder = await mkdtemp(join(tmpdir(), 'loupe-server-'));
    const parts = await openParts(folder);
    const app = createApp({ dist, version: '0', parts, log: () => undefined });
    return new SyncServer(folder, parts, await listen(app, 0));
  }

  get url(): string {
    return this.#server.url;
  }

  tenant(): Promise<string> {
    return onlyTenant(this.parts.database, Date.now());
  }

  /** A technician's where nothing else is said. */
  async code(codeFor: CodeFor = {}): Promise<string> {
    return makeEnrolmentCode(this.parts.database, await this.tenant(), Date.now(), codeFor);
  }

  /** Every record that is not deleted. */
  async records(): Promise<readonly MergedRecord[]> {
    const tenant = await this.tenant();
    const all = await this.parts.database.read((sql) => recordsAfter(sql, tenant, 0, 10_000));
    return all.map(({ merged }) => merged).filter((merged) => !isDeleted(merged));
  }

  /** Titles of the inspections, and the names of their photos, each as often as it is there. */
  async whole(): Promise<{ readonly titles: string[]; readonly photos: number; readonly bytesHere: number }> {
    const records = await this.records();
    const of = (entity: string) => records.filter((record) => record.entity === entity);
    const hashes = of('capture').map((record) => shown(record, 'sha256') as Sha256);
    const here = await photosHere(this.parts, await this.tenant(), [...new Set(hashes)]);
    return {
      titles: of('inspection')
        .map((record) => String(shown(record, 'title')))
        .sort(),
      photos: hashes.length,
      bytesHere: here.length,
    };
  }

  /** What the office says of an inspection, as its desk writes it. */
  async office(title: string, status: 'approved' | 'has-issues', note: string): Promise<void> {
    const record = (await this.records()).find((one) => shown(one, 'title') === title);
    if (!record) throw new Error(`there is no ${title}`);
    const tenant = await this.tenant();
    const now = Date.now();
    await this.parts.database.write(async (sql) => {
      const changeNumber = (await takeChangeNumbers(sql, tenant, 1)) + 1;
      const merged = mergeOperation(
        record,
        {
          ...{ entity: record.entity, id: record.id, kind: 'put', base: { status: changeNumber } },
          fields: { status, office: { status, note, by: 'Inge at the office', at: now } },
          hlc: formatClock({ wall: now, counter: 0, device: 'office' }),
          // What only its sender needs of an operation is left out.
        } as unknown as Parameters<typeof mergeOperation>[1],
        changeNumber,
      );
      await keepRecords(sql, tenant, [{ merged, changeNumber, hasConflict: false, deletedAt: undefined }]);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(0);
    await this.parts.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
