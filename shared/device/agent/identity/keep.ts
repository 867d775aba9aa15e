// What a device keeps about itself: its key, its certificate request, and what the cloud answered to it.
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { type ActivationAnswer, activationAnswer } from '../../activation.ts';
import { realDisk as disk } from '../files/disk.ts';
import { removeTree, writeWhole } from '../files/disk-helpers.ts';
import { adoptNext } from './adopt.ts';
import { makeCsr } from './csr.ts';
import { identityFiles, nextDir, secret } from './paths.ts';

export interface Identity {
  /** PEM. The key is made here and never leaves this directory. */
  readonly key: string;
  /** Made once: an activation that is repeated after a crash must send the very same request. */
  readonly csr: string;
  readonly activation: ActivationAnswer | undefined;
}

const makeKey = (): string =>
  generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey;

/** What is in the file, or what `make` makes, after it was written: nothing is used that a crash could take away. */
const keptOrMade = async (path: string, make: () => string): Promise<string> => {
  const kept = await disk.read(path);
  if (kept) return kept.toString();
  const made = make();
  await writeWhole(disk, path, made, secret);
  return made;
};

const readActivation = async (path: string): Promise<ActivationAnswer | undefined> => {
  const content = await disk.read(path);
  return content && activationAnswer.parse(JSON.parse(content.toString()));
};

export const openIdentity = async (dir: string, name: string): Promise<Identity> => {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await adoptNext(dir);
  const at = identityFiles(dir);
  const key = await keptOrMade(at.key, makeKey);
  const csr = await keptOrMade(at.csr, () => makeCsr(createPrivateKey(key), name));
  return { key, csr, activation: await readActivation(at.activation) };
};

/** A token that was tried but whose answer was never kept: the first to try again, since the cloud may have used it up. */
export const pendingToken = async (dir: string): Promise<string | undefined> =>
  (await disk.read(identityFiles(dir).token))?.toString();

export const keepToken = (dir: string, token: string): Promise<void> =>
  writeWhole(disk, identityFiles(dir).token, token, secret);

export const dropToken = (dir: string): Promise<void> => disk.remove(identityFiles(dir).token);

export const keepActivation = async (
  dir: string,
  { key }: Identity,
  answer: ActivationAnswer,
): Promise<void> => {
  if (!new X509Certificate(answer.certificate).checkPrivateKey(createPrivateKey(key)))
    throw new Error('The cloud answered with a certificate that belongs to another key.');
  await writeWhole(disk, identityFiles(dir).activation, JSON.stringify(answer), secret);
  await dropToken(dir);
};

/** Key and all: whoever is activated anew for another thing starts with a new key. */
export const forgetIdentity = async (dir: string): Promise<void> => {
  const at = identityFiles(dir);
  await removeTree(disk, nextDir(dir));
  for (const path of [at.activation, at.token, at.csr, at.key]) await disk.remove(path);
};
