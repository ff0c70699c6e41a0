import { SqliteDatabase } from '../../../server/repositories/sqlite/sqlite-database.ts';
import { apiSuite } from './api-suite.ts';
import { auditSuite } from './audit-suite.ts';
import { databaseSuite } from './database-suite.ts';
import { deskSuite } from './desk-suite.ts';
import { officeSuite } from './office-suite.ts';
import { packsSuite } from './packs-suite.ts';
import { photoSuite } from './photo-suite.ts';
import { signInSuite } from './sign-in-suite.ts';

apiSuite('SQLite', () => SqliteDatabase.open(':memory:'));
photoSuite('SQLite and a disk', () => SqliteDatabase.open(':memory:'));
auditSuite('SQLite', () => SqliteDatabase.open(':memory:'));
signInSuite('SQLite', () => SqliteDatabase.open(':memory:'));
deskSuite('SQLite', () => SqliteDatabase.open(':memory:'));
officeSuite('SQLite', () => SqliteDatabase.open(':memory:'));
packsSuite('SQLite and a disk', () => SqliteDatabase.open(':memory:'));
databaseSuite('SQLite', () => SqliteDatabase.open(':memory:'));
