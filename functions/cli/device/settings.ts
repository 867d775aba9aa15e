// What `npm run device` was told: its own options, or what the local cloud on this machine wrote down about itself.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';

/** An expected trouble, worded for the person at the terminal: one sentence, no stack trace. */
export class PlainError extends Error {
  override readonly name = 'PlainError';
}

export interface Settings {
  /** One per device. */
  readonly names: readonly string[];
  readonly url: string;
  readonly access: { readonly apiKey: string } | { readonly token: string };
  /** Set for the local cloud only: its ports may change, while a certificate's endpoint was written down once. */
  readonly mqtt: { readonly host: string; readonly port: number } | undefined;
  /** PEM of the authority that the MQTT server's certificate comes from; absent: the system's own. */
  readonly ca: string | undefined;
  /** Each device has a folder of its own in here. */
  readonly directory: string;
  readonly json: boolean;
}

export const usage = `npm run device -- --name robot-7        a device of the local cloud on this machine
  --count N       N devices in one process, named robot-7-1 to robot-7-N
  --dir DIR       where the devices keep their state (default: .shadowcast/devices)
  --json          one JSON object per event
of another cloud:
  --url URL       base URL of its API
  --api-key KEY   finds or creates the device; or
  --token TOKEN   an activation token that somebody else issued
  --ca FILE       authority of its MQTT server, where it is not a public one`;

const options = {
  name: { type: 'string' },
  count: { type: 'string' },
  dir: { type: 'string' },
  url: { type: 'string' },
  'api-key': { type: 'string' },
  token: { type: 'string' },
  ca: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const localCloud = z.object({
  url: z.string(),
  apiKey: z.string(),
  mqtt: z.object({ host: z.string(), port: z.number(), caFile: z.string() }),
});

const read = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new PlainError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
};

const readLocalCloud = (directory: string) => {
  const file = join(directory, 'local.json');
  if (!existsSync(file))
    throw new PlainError(
      `No local cloud is running here (there is no ${file}): start one with "npm start" and wait until it is ready, or name another cloud with --url and --api-key.`,
    );
  const { data } = localCloud.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (data) return data;
  throw new PlainError(
    `${file} does not describe a local cloud: stop the local cloud and start it again with "npm start".`,
  );
};

const readPem = (file: string): string => {
  if (existsSync(file)) return readFileSync(file, 'utf8');
  throw new PlainError(`There is no file ${file}: give the authority's certificate in PEM with --ca.`);
};

const countMax = 10_000;
/** As the activation takes it, with room for the number of a fleet's device. */
const nameMax = 42;

/** A name is a folder too. */
const namesOf = (name: string | undefined, count: string | undefined): string[] => {
  if (!name) throw new PlainError(`A device needs a name.\n\n${usage}`);
  if (!/^\w[\w.:-]*$/.test(name) || name.length > nameMax)
    throw new PlainError(
      `"${name}" is no name for a device: use letters, digits, ".", "_", ":" and "-", at most ${nameMax} of them.`,
    );
  if (count === undefined) return [name];
  const number = Number(count);
  if (!Number.isInteger(number) || number < 1 || number > countMax)
    throw new PlainError(`--count takes a whole number from 1 to ${countMax}, not "${count}".`);
  return Array.from({ length: number }, (_, index) => `${name}-${index + 1}`);
};

type Given = ReturnType<typeof read>;

/** Named by hand: nothing is taken from the local cloud, so that a wrong mixture cannot come about. */
const elsewhere = (url: string, given: Given): Pick<Settings, 'url' | 'access' | 'mqtt' | 'ca'> => {
  const { token, ca, 'api-key': apiKey } = given;
  const access = token ? { token } : apiKey ? { apiKey } : undefined;
  if (!access) throw new PlainError('With --url comes --api-key, or --token with an activation token.');
  return { url, access, mqtt: undefined, ca: ca && readPem(resolve(ca)) };
};

const onThisMachine = (
  stateDirectory: string,
  given: Given,
): Pick<Settings, 'url' | 'access' | 'mqtt' | 'ca'> => {
  const { url, apiKey, mqtt } = readLocalCloud(stateDirectory);
  const { host, port } = mqtt;
  const access = given.token ? { token: given.token } : { apiKey: given['api-key'] ?? apiKey };
  return { url, access, mqtt: { host, port }, ca: readPem(resolve(given.ca ?? mqtt.caFile)) };
};

export const readSettings = (args: readonly string[], env: NodeJS.ProcessEnv): Settings | 'help' => {
  const given = read(args);
  if (given.help) return 'help';
  const names = namesOf(given.name, given.count);
  if (given.token && names.length > 1)
    throw new PlainError('An activation token is for one device: leave --count out, or use --api-key.');
  const stateDirectory = resolve(env.SHADOWCAST_DIR ?? '.shadowcast');
  const cloud = given.url ? elsewhere(given.url, given) : onThisMachine(stateDirectory, given);
  return {
    ...cloud,
    names,
    directory: resolve(given.dir ?? join(stateDirectory, 'devices')),
    json: given.json,
  };
};
