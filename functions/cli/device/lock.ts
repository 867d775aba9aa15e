// One process per device: two agents with one certificate would throw each other out of the cloud for ever.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PlainError } from './plain-error.ts';

/** An exclusive transaction on an empty database: the operating system ends it with its holder, however that one dies. */
export const lockDevice = (dir: string, name: string): (() => void) => {
  const database = new DatabaseSync(join(dir, 'lock.db'), { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch {
    database.close();
    throw new PlainError(
      `${name} is running already: stop that one first, or choose another --name or --dir.`,
    );
  }
  return () => database.close();
};
