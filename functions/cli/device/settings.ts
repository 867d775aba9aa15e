// What `npm run device` was told: its own options, or what the local cloud on this machine wrote down about itself.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { type Given, readOptions, refuseContradictions, tokenIn, usage } from './options.ts';
import { PlainError } from './plain-error.ts';

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
  /** It runs scripts that are deployed to it. */
  readonly software: boolean;
  /** Every so many-th device fails whatever its environment brings; 0: none. */
  readonly faultyEvery: number;
  /** It gets a new key and a new certificate before it connects. */
  readonly rotates: boolean;
}

const localCloud = z.object({
  url: z.string(),
  apiKey: z.string(),
  mqtt: z.object({ host: z.string(), port: z.number(), caFile: z.string() }),
});

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

const isWeb = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

const refuseNonsense = (url: string): void => {
  if (!isWeb(url))
    throw new PlainError(
      `--url is the base URL of a cloud's API, such as https://api.example.com; "${url}" is none.`,
    );
};

/** Named by hand: nothing is taken from the local cloud, so that a wrong mixture cannot come about. */
const elsewhere = (url: string, given: Given): Pick<Settings, 'url' | 'access' | 'mqtt' | 'ca'> => {
  refuseNonsense(url);
  const { ca, 'api-key': apiKey } = given;
  const token = tokenIn(given);
  const access = token ? { token } : apiKey ? { apiKey } : undefined;
  if (!access)
    throw new PlainError(
      'With --url comes --api-key, or --token with an activation token, or --provisioning-token.',
    );
  return { url, access, mqtt: undefined, ca: ca && readPem(resolve(ca)) };
};

const onThisMachine = (
  stateDirectory: string,
  given: Given,
): Pick<Settings, 'url' | 'access' | 'mqtt' | 'ca'> => {
  const { url, apiKey, mqtt } = readLocalCloud(stateDirectory);
  const { host, port } = mqtt;
  const token = tokenIn(given);
  const access = token ? { token } : { apiKey: given['api-key'] ?? apiKey };
  return { url, access, mqtt: { host, port }, ca: readPem(resolve(given.ca ?? mqtt.caFile)) };
};

const everyOf = (text: string | undefined): number => {
  if (text === undefined) return 0;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new PlainError(
    `--faulty is a whole number, such as 20 for every twentieth device; "${text}" is none.`,
  );
};

export const readSettings = (args: readonly string[], env: NodeJS.ProcessEnv): Settings | 'help' => {
  const given = readOptions(args);
  if (given.help) return 'help';
  const names = namesOf(given.name, given.count);
  refuseContradictions(given, names);
  const stateDirectory = resolve(env.SHADOWCAST_DIR ?? '.shadowcast');
  const cloud = given.url !== undefined ? elsewhere(given.url, given) : onThisMachine(stateDirectory, given);
  return {
    ...cloud,
    names,
    directory: resolve(given.dir ?? join(stateDirectory, 'devices')),
    json: given.json,
    software: given.software,
    faultyEvery: everyOf(given.faulty),
    rotates: given.rotate,
  };
};
