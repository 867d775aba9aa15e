// A renewed identity takes the place of the old one. Several files cannot change at once, so whoever opens an identity finishes this first.
import { activationAnswer } from '../../activation.ts';
import { realDisk as disk } from '../files/disk.ts';
import { removeTree, writeWhole } from '../files/disk-helpers.ts';
import { identityFiles, nextDir, secret } from './paths.ts';

const thingIn = async (path: string): Promise<string | undefined> => {
  const content = await disk.read(path);
  return content && activationAnswer.parse(JSON.parse(content.toString())).thing;
};

const copy = async (from: string, to: string): Promise<void> => {
  const content = await disk.read(from);
  if (content) await writeWhole(disk, to, content, secret);
};

/** Does nothing unless there is an answer. As long as there is one, all of this may be repeated: it goes last. */
export const adoptNext = async (dir: string): Promise<void> => {
  const [old, next] = [identityFiles(dir), identityFiles(nextDir(dir))];
  const thing = await thingIn(next.activation);
  if (thing === undefined) return;
  // A token of another device has renewed nothing of this one.
  if (thing === (await thingIn(old.activation)))
    for (const file of ['key', 'csr', 'activation'] as const) await copy(next[file], old[file]);
  for (const file of ['key', 'csr', 'token', 'activation'] as const) await disk.remove(next[file]);
  await removeTree(disk, nextDir(dir));
};
