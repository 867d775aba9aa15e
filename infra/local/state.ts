// The folder in which the local cloud lives: what lies where, who may use it, and its lasting identity.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { takeLock } from './lock.ts';
import { PlainError } from './plain-error.ts';

export const localRegion = 'us-east-1';
/** The queue service knows this one account only. */
export const localAccount = '000000000000';

export type Identity = { accessKeyId: string; secretAccessKey: string };

export type State = {
  directory: string;
  path: (...names: string[]) => string;
  identity: Identity;
  release: () => void;
};

/** Exists while a cloud is ready on this folder: where everything is. */
export const localFile = 'local.json';

export const stateDirectory = (): string => resolve(process.env.SHADOWCAST_DIR ?? '.shadowcast');

const lock = (directory: string): (() => void) => {
  const release = takeLock(join(directory, 'lock.db'));
  if (release !== undefined) return release;
  throw new PlainError(
    `Another local cloud is already running on ${directory}: stop it, or set SHADOWCAST_DIR to another folder.`,
  );
};

/** Beside it first: whoever waits for the file to be there finds all of it. */
export const writeSecret = (file: string, content: string): void => {
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  renameSync(`${file}.new`, file);
};

/** DynamoDB Local takes letters and digits only; and it keeps one database per access key, so the key must last. */
const makeIdentity = (): Identity => ({
  accessKeyId: `LOCAL${randomBytes(10).toString('hex').toUpperCase()}`,
  secretAccessKey: randomBytes(20).toString('hex'),
});

const lastingIdentity = (file: string): Identity => {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Identity;
  const identity = makeIdentity();
  writeSecret(file, JSON.stringify(identity));
  return identity;
};

const keptWhenFresh = new Set(['lock.db', 'lock.db-journal']);

const clear = (directory: string): void => {
  for (const name of readdirSync(directory).filter((each) => !keptWhenFresh.has(each))) {
    rmSync(join(directory, name), { recursive: true, force: true });
  }
};

export const openState = (folder: string, fresh: boolean): State => {
  const directory = resolve(folder);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const release = lock(directory);
  if (fresh) clear(directory);
  // Left behind by one that was killed.
  rmSync(join(directory, localFile), { force: true });
  mkdirSync(join(directory, 'logs'), { recursive: true });
  return {
    directory,
    path: (...names) => join(directory, ...names),
    identity: lastingIdentity(join(directory, 'identity.json')),
    release,
  };
};
