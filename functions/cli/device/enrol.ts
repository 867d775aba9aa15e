// Brings a device in: afterwards it has a certificate. What it has already is kept, unless it belongs to another device, or is renewed.
import { join } from 'node:path';
import type { ActivationAnswer } from '#device/activation';
import { systemClock } from '#device/agent/clock';
import { realDisk } from '#device/agent/files/disk';
import { writeWhole } from '#device/agent/files/disk-helpers';
import { ActivationRefused, activate } from '#device/agent/identity/activate';
import { forgetIdentity, openIdentity, pendingToken } from '#device/agent/identity/keep';
import { AnotherDevice, type RenewalOptions, renew, resumeRenewal } from '#device/agent/identity/renew';
import type { Waiting } from './lines.ts';
import { PlainError } from './plain-error.ts';
import { type Platform, platformAt } from './platform.ts';
import type { Settings } from './settings.ts';

export interface Enrolled {
  readonly key: string;
  readonly activation: ActivationAnswer;
  /** Undefined if it had its certificate already. */
  readonly news: 'activated' | 'renewed' | undefined;
}

export const agentVersion = 'shadowcast-reference/1';

const idFile = (dir: string) => join(dir, 'device-id');

/** A cloud that was started afresh has another device of the same name: the old certificate is worth nothing there. */
const keepOnlyIfSameDevice = async (dir: string, id: string): Promise<void> => {
  const kept = (await realDisk.read(idFile(dir)))?.toString();
  if (kept === id) return;
  if (kept !== undefined) await forgetIdentity(dir);
  await writeWhole(realDisk, idFile(dir), id);
};

/** The device's owner, or a token that the owner has issued. */
type Access = { readonly platform: Platform; readonly id: string } | { readonly token: string };

const accessOf = async (
  settings: Settings,
  dir: string,
  name: string,
  signal: AbortSignal,
): Promise<Access> => {
  const { access, url } = settings;
  if ('token' in access) return access;
  const platform = platformAt(url, access.apiKey, signal);
  const id = await platform.deviceNamed(name);
  await keepOnlyIfSameDevice(dir, id);
  return { platform, id };
};

const tokenFrom = async (access: Access): Promise<string> =>
  'token' in access ? access.token : access.platform.activationToken(access.id);

const isRefusal = (error: unknown): undefined => {
  if (error instanceof ActivationRefused) return undefined;
  throw error;
};

/** The token of an activation that was cut short comes first: the cloud may have answered it already. */
const activateNow = async (options: RenewalOptions, access: Access): Promise<ActivationAnswer> => {
  const pending = 'token' in access ? undefined : await pendingToken(options.dir);
  const resumed = pending && (await activate({ ...options, token: pending }).catch(isRefusal));
  return resumed || activate({ ...options, token: await tokenFrom(access) });
};

/** A renewal that was cut short is finished whether or not somebody asks for one. */
const renewIfAsked = async (
  { rotates }: Settings,
  options: RenewalOptions,
  access: Access,
): Promise<ActivationAnswer | undefined> => {
  const resumed = await resumeRenewal(options);
  return resumed || !rotates ? resumed : renew(options, await tokenFrom(access));
};

const wordedAs = (name: string) => (error: unknown) => {
  if (error instanceof AnotherDevice)
    throw new PlainError(`${name} was not renewed. ${error.message} Ask for a token of this device.`);
  if (!(error instanceof ActivationRefused)) throw error;
  throw new PlainError(`${name} was not activated. ${error.message} Ask for a new token and try again.`);
};

export const enrol = async (
  settings: Settings,
  dir: string,
  name: string,
  signal: AbortSignal,
  onEvent: (event: Waiting) => void,
): Promise<Enrolled> => {
  const { url } = settings;
  const onWaiting = (retryInMs: number, reason: string) =>
    onEvent({ event: 'waiting', url, reason, retryInMs });
  const options = { dir, name, url, agentVersion, clock: systemClock, signal, onWaiting };
  await openIdentity(dir, name);
  const access = await accessOf(settings, dir, name, signal);
  const { activation: kept } = await openIdentity(dir, name);
  const asked = kept ? renewIfAsked(settings, options, access) : activateNow(options, access);
  const answer = await asked.catch(wordedAs(name));
  const { key, activation = answer } = await openIdentity(dir, name);
  if (activation === undefined) throw new PlainError(`${name} was not activated.`);
  const news = answer && (kept ? 'renewed' : 'activated');
  return { key, activation, news };
};
