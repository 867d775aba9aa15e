// Brings a device in: afterwards it has a certificate. What it has already is kept, unless it belongs to another device.
import { join } from 'node:path';
import type { ActivationAnswer } from '#device/activation';
import { systemClock } from '#device/agent/clock';
import { realDisk } from '#device/agent/files/disk';
import { writeWhole } from '#device/agent/files/disk-helpers';
import { ActivationRefused, activate } from '#device/agent/identity/activate';
import { forgetIdentity, openIdentity, pendingToken } from '#device/agent/identity/keep';
import { type Platform, platformAt } from './platform.ts';
import { PlainError, type Settings } from './settings.ts';

export interface Enrolled {
  readonly key: string;
  readonly activation: ActivationAnswer;
  /** False if it had its certificate already. */
  readonly isNew: boolean;
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

const activateWith =
  ({ url }: Settings, dir: string, name: string, signal: AbortSignal) =>
  (token: string): Promise<ActivationAnswer> =>
    activate({ dir, name, url, token, agentVersion, clock: systemClock, signal });

const isRefusal = (error: unknown): undefined => {
  if (error instanceof ActivationRefused) return undefined;
  throw error;
};

/** The token of an activation that was cut short comes first: the cloud may have answered it already. */
const activateAsOwner = async (
  platform: Platform,
  id: string,
  dir: string,
  activation: ReturnType<typeof activateWith>,
) => {
  const pending = await pendingToken(dir);
  const answer = pending === undefined ? undefined : await activation(pending).catch(isRefusal);
  return answer ?? activation(await platform.activationToken(id));
};

const wordedAs = (name: string) => (error: unknown) => {
  if (!(error instanceof ActivationRefused)) throw error;
  throw new PlainError(
    `${name} was not activated. ${error.message} Ask for a new activation token and try again.`,
  );
};

export const enrol = async (
  settings: Settings,
  dir: string,
  name: string,
  signal: AbortSignal,
): Promise<Enrolled> => {
  const { access, url } = settings;
  const activation = activateWith(settings, dir, name, signal);
  const platform = 'apiKey' in access ? platformAt(url, access.apiKey, signal) : undefined;
  await openIdentity(dir, name);
  const id = await platform?.deviceNamed(name);
  if (id !== undefined) await keepOnlyIfSameDevice(dir, id);
  const { key, activation: kept } = await openIdentity(dir, name);
  if (kept) return { key, activation: kept, isNew: false };
  const answer = await (platform && id !== undefined
    ? activateAsOwner(platform, id, dir, activation)
    : activation('token' in access ? access.token : '')
  ).catch(wordedAs(name));
  return { key, activation: answer, isNew: true };
};
