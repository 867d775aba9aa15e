// A new key and a new certificate for a device that keeps everything else. Until they are whole the old ones are in force.
import type { ActivationAnswer } from '../../activation.ts';
import { type ActivationOptions, ActivationRefused, activate } from './activate.ts';
import { adoptNext } from './adopt.ts';
import { forgetIdentity, openIdentity, pendingToken } from './keep.ts';
import { nextDir } from './paths.ts';

/** The token was good, for another device than this one. */
export class AnotherDevice extends Error {
  constructor(wanted: string, found: string) {
    super(`The token belongs to ${found}, and this is ${wanted}.`);
    this.name = 'AnotherDevice';
  }
}

export type RenewalOptions = Omit<ActivationOptions, 'token' | 'keepsFiles'>;

const askWith = async (options: RenewalOptions, token: string): Promise<ActivationAnswer> => {
  const { dir, name } = options;
  const { activation: old } = await openIdentity(dir, name);
  const answer = await activate({ ...options, token, dir: nextDir(dir), keepsFiles: true });
  await adoptNext(dir);
  if (old && old.thing !== answer.thing) throw new AnotherDevice(old.thing, answer.thing);
  return answer;
};

/** Each renewal has a key of its own. */
export const renew = async (options: RenewalOptions, token: string): Promise<ActivationAnswer> => {
  await forgetIdentity(nextDir(options.dir));
  return askWith(options, token);
};

/**
 * The cloud may have answered a renewal that was cut short, and then the old certificate is worth nothing any more: it is asked
 * again with the same key. Undefined if there is nothing to resume, or if the cloud has not answered it and never will.
 */
export const resumeRenewal = async (options: RenewalOptions): Promise<ActivationAnswer | undefined> => {
  const token = await pendingToken(nextDir(options.dir));
  if (token === undefined) return undefined;
  try {
    return await askWith(options, token);
  } catch (error) {
    if (!(error instanceof ActivationRefused)) throw error;
    await forgetIdentity(nextDir(options.dir));
    return undefined;
  }
};
