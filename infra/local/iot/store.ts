// The one database of the local IoT Core: SQLite with a write-ahead log, so a killed process loses nothing that was answered.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const schema = `
CREATE TABLE IF NOT EXISTS shadows (
  thing TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, document TEXT, deleted_at INTEGER,
  PRIMARY KEY (thing, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS things (name TEXT PRIMARY KEY, id TEXT NOT NULL, attributes TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS certificates (
  id TEXT PRIMARY KEY, pem TEXT NOT NULL, status TEXT NOT NULL, created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL,
  not_before INTEGER NOT NULL, not_after INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS policies (name TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS thing_principals (
  thing TEXT NOT NULL, certificate TEXT NOT NULL, PRIMARY KEY (thing, certificate)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS policy_targets (
  policy TEXT NOT NULL, certificate TEXT NOT NULL, PRIMARY KEY (policy, certificate)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS presence (client TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;
`;

export type Store = DatabaseSync;

export const openStore = (dataDir: string): Store => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(dataDir, 'iot.sqlite'));
  // NORMAL with a write-ahead log survives the death of the process; only a power cut may take the last commits.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000;');
  database.exec(schema);
  return database;
};
