// The options of `npm run device`: what they are called, what they mean, and which of them contradict each other.
import { parseArgs } from 'node:util';
import { sentenceOfParsing } from '../parsing.ts';
import { PlainError } from './plain-error.ts';

export const usage = `npm run device -- --name robot-7        a device of the local cloud on this machine
  --count N       N devices in one process, named robot-7-1 to robot-7-N
  --dir DIR       where the devices keep their state (default: .shadowcast/devices)
  --json          one JSON object per event
  --software      also run the scripts that are deployed to it, on this machine and as this user
  --faulty N      every N-th device fails whatever its environment brings: for rehearsing a bad rollout
  --rotate        first get a new key and a new certificate, and keep everything else
of another cloud:
  --url URL       base URL of its API
  --api-key KEY   finds or creates the device; or
  --token TOKEN   an activation token that somebody else issued; or
  --provisioning-token TOKEN   a token that makes a device of this name
  --ca FILE       authority of its MQTT server, where it is not a public one`;

const options = {
  name: { type: 'string' },
  count: { type: 'string' },
  dir: { type: 'string' },
  url: { type: 'string' },
  'api-key': { type: 'string' },
  token: { type: 'string' },
  'provisioning-token': { type: 'string' },
  ca: { type: 'string' },
  json: { type: 'boolean', default: false },
  software: { type: 'boolean', default: false },
  faulty: { type: 'string' },
  rotate: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

export const readOptions = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new PlainError(`${sentenceOfParsing(error)}\n\n${usage}`);
  }
};

export type Given = ReturnType<typeof readOptions>;

/** The door knows one from the other. */
export const tokenIn = ({ token, 'provisioning-token': provisioning }: Given): string | undefined =>
  token ?? provisioning;

export const refuseContradictions = (given: Given, names: readonly string[]): void => {
  const { token, rotate, 'provisioning-token': provisioning } = given;
  if (tokenIn(given) && names.length > 1)
    throw new PlainError('A token is for one device: leave --count out, or use --api-key.');
  if (token && provisioning)
    throw new PlainError(
      'Either --token, for a device that exists, or --provisioning-token, which makes one.',
    );
  if (provisioning && rotate)
    throw new PlainError(
      'A provisioning token makes a new device: to renew this one, use --api-key or --token.',
    );
};
