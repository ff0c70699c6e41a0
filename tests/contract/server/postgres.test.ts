import { afterAll, beforeAll, describe } from 'vitest';
import { PostgresDatabase } from '../../../server/repositories/postgres/postgres-database.ts';
import { postgresFolder, PostgresServer } from '../../services/postgres-server.ts';
import { apiSuite } from './api-suite.ts';
import { auditSuite } from './audit-suite.ts';
import { databaseSuite } from './database-suite.ts';
import { deskSuite } from './desk-suite.ts';
import { officeSuite } from './office-suite.ts';
import { packsSuite } from './packs-suite.ts';
import { photoSuite } from './photo-suite.ts';
import { signInSuite } from './sign-in-suite.ts';

const isThere = postgresFolder() !== undefined;
if (!isThere) console.warn('PostgreSQL is not installed: its suite is skipped (apt-get install postgresql)');

describe.skipIf(!isThere)('with a real PostgreSQL', () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await PostgresServer.start();
  });
  afterAll(() => postgres.stop());
  const open = async () => PostgresDatabase.open({ url: await postgres.newDatabase() });

  apiSuite('PostgreSQL', open);
  deskSuite('PostgreSQL', open);
  officeSuite('PostgreSQL', open);
  photoSuite('PostgreSQL and a disk', open);
  auditSuite('PostgreSQL', open);
  signInSuite('PostgreSQL', open);
  packsSuite('PostgreSQL and a disk', open);
  databaseSuite('PostgreSQL', open);
});
