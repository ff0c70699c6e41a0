import type { IDBPDatabase, IDBPTransaction } from 'idb';

type Upgrade = IDBPTransaction<unknown, string[], 'versionchange'>;

/**
 * One step per version. All steps of an upgrade run in its one versionchange transaction: a kill at any
 * point leaves the old version whole. A step creates with literals and is never changed once released;
 * it awaits nothing but its own transaction's requests.
 * Versions: 1 first form. 2 what a server has told and taken.
 */
export const migrations: readonly ((database: IDBPDatabase, upgrade: Upgrade) => Promise<void> | void)[] = [
  (database) => {
    database.createObjectStore('inspections', { keyPath: 'id' });
    const captures = database.createObjectStore('captures', { keyPath: 'id' });
    captures.createIndex('inspection', 'inspectionId');
    captures.createIndex('photo', ['inspectionId', 'sha256']);
    captures.createIndex('time', ['inspectionId', 'createdAt']);
    const analyses = database.createObjectStore('analyses', { keyPath: 'id' });
    analyses.createIndex('inspection', 'inspectionId');
    analyses.createIndex('capture', 'captureId');
    const findings = database.createObjectStore('findings', { keyPath: 'id' });
    findings.createIndex('inspection', 'inspectionId');
    findings.createIndex('capture', 'captureId');
    findings.createIndex('state', ['inspectionId', 'state']);
    const reviews = database.createObjectStore('reviews', { keyPath: 'id' });
    reviews.createIndex('inspection', 'inspectionId');
    reviews.createIndex('finding', 'findingId');
    const operations = database.createObjectStore('operations', { keyPath: 'opId' });
    operations.createIndex('state', 'state');
    operations.createIndex('seq', 'seq');
    const thumbnails = database.createObjectStore('thumbnails', { keyPath: 'id' });
    thumbnails.createIndex('inspection', 'inspectionId');
    database.createObjectStore('blobs', { keyPath: 'id' });
    database.createObjectStore('blobBytes', { keyPath: 'id' });
    database.createObjectStore('settings', { keyPath: 'key' });
    database.createObjectStore('ledger', { keyPath: 'key' });
    database.createObjectStore('trash', { keyPath: 'id' });
    database.createObjectStore('quarantine', { keyPath: 'key' });
  },
  (database) => {
    const states = database.createObjectStore('serverStates', { keyPath: 'key' });
    states.createIndex('todo', 'todo');
    database.createObjectStore('photoTransfers', { keyPath: 'sha256' });
  },
];

export async function migrate(
  database: IDBPDatabase,
  fromVersion: number,
  upgrade: Upgrade,
  steps: typeof migrations,
): Promise<void> {
  for (const step of steps.slice(fromVersion)) await step(database, upgrade);
}
