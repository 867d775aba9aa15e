// A lock between processes that the operating system takes back when its holder dies, however it dies.
import { DatabaseSync } from 'node:sqlite';

/** An exclusive transaction on a database that holds nothing. Undefined if somebody else has it; else what lets it go. */
export const takeLock = (file: string): (() => void) | undefined => {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch {
    database.close();
    return undefined;
  }
  return () => database.close();
};
