// The tour's chapter about environments: a delta deployed to a device, and to a fleet in waves of which some devices are broken.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { counter, faultyEvery, forEach } from './fleet.ts';
import { type Platform, until } from './platform.ts';
import { step, type Told } from './story.ts';

export type ToldOfEnvironments = Told & { environments: Platform };

type Progress = { total: number; applied: number; failed: number; waiting: number; offline: number };
type Deployment = {
  id: string;
  status: string;
  progress?: Progress;
  rollout?: { phase: string; exposed: number };
};

/** A value in the open, and one that nobody sees before the device asks for it. */
const values = [
  { key: 'SPEED', value: '4', description: 'metres per second', is_secret: false },
  { key: 'TOKEN', value: 'a secret "with quotes"', description: 'for the yard', is_secret: true },
];

const placeholders = Object.fromEntries(values.map(({ key }) => [key, `\${values.${key}}`]));

const motion = {
  profile: 'humanitec/default-module',
  spec: { containers: { main: { variables: placeholders } } },
};

const makeApplication = async ({ environments, run }: ToldOfEnvironments, name: string): Promise<string> => {
  const id = `${name}-${run}`;
  await environments.call('POST', '/apps', { id, name: id });
  for (const value of values) await environments.call('POST', `/apps/${id}/values`, value);
  return `/apps/${id}`;
};

const start = async (
  { environments }: ToldOfEnvironments,
  app: string,
  more: object,
): Promise<Deployment> => {
  const { id } = await environments.call<{ id: string }>('POST', `${app}/deltas`, {
    modules: { add: { motion } },
  });
  return environments.call<Deployment>('POST', `${app}/envs/development/deploys`, { delta_id: id, ...more });
};

const isOver = ({ status }: Deployment): boolean => status !== 'in progress';

const settle = (
  { environments }: ToldOfEnvironments,
  app: string,
  { id }: Deployment,
  see: (seen: Deployment) => void = () => {},
): Promise<Deployment> =>
  until(
    'over',
    async () => {
      const seen = await environments.call<Deployment>('GET', `${app}/envs/development/deploys/${id}`);
      see(seen);
      return seen;
    },
    isOver,
  );

const variablesOn = async ({ directory }: Told, device: string): Promise<unknown> => {
  const file = join(directory, device, 'environment', 'modules', 'motion.json');
  return JSON.parse(await readFile(file, 'utf8')).spec.containers.main.variables;
};

const verify = async (told: Told, device: string): Promise<void> => {
  const found = JSON.stringify(await variablesOn(told, device));
  const expected = JSON.stringify(Object.fromEntries(values.map(({ key, value }) => [key, value])));
  if (found !== expected) throw new Error(`${device} has ${found}, not ${expected}`);
  told.say(`on ${device}'s disk: its module with both values in it, the secret one too`);
};

export const environmentStory = async (told: ToldOfEnvironments, device: string): Promise<void> => {
  const app = await step(
    told,
    () => makeApplication(told, 'yard'),
    (path) => `application ${path} with an environment, a value and a secret`,
  );
  await step(
    told,
    () => told.environments.call('PUT', `${app}/envs/development/devices/${device}`),
    () => `${device} belongs to the environment development`,
  );
  const started = await step(
    told,
    () => start(told, app, { comment: 'First drive' }),
    ({ id, status }) => `deployment ${id} of a delta: ${status}`,
  );
  const ended = await step(
    told,
    () => settle(told, app, started),
    ({ id, status }) => `deployment ${id}: ${status}`,
  );
  if (ended.status !== 'succeeded') throw new Error(`the deployment of the environment has ${ended.status}`);
  await verify(told, device);
};

/** A fifth, then half, then all; more than 15 in 100 failures stop it. */
const rollout = {
  waves: [{ percent: 20 }, { percent: 50 }],
  bake_seconds: 1,
  failure_threshold: { percent: 15 },
};

/** Says each wave once. */
const waves = (say: (line: string) => void) => {
  let exposed = 0;
  return ({ rollout: seen, progress }: Deployment): void => {
    if (seen === undefined || progress === undefined || seen.exposed === exposed) return;
    exposed = seen.exposed;
    say(`wave open: ${exposed} of ${progress.total} devices may have it`);
  };
};

export const environmentOfFleet = async (
  told: ToldOfEnvironments,
  names: readonly string[],
): Promise<void> => {
  const app = await makeApplication(told, 'fleet');
  const joined = counter(told.say, 'devices in the environment', names.length);
  let count = 0;
  await step(
    told,
    () =>
      forEach(names, async (device) => {
        await told.environments.call('PUT', `${app}/envs/development/devices/${device}`);
        count += 1;
        joined(count);
      }),
    () => `${names.length} devices belong to an environment`,
  );
  const started = await start(told, app, { comment: 'To the fleet, in waves', rollout });
  const { status, progress } = await step(
    told,
    () => settle(told, app, started, waves(told.say)),
    (ended) => `the rollout has ${ended.status}`,
  );
  const broken = Math.floor(names.length / faultyEvery);
  told.say(
    `${progress?.applied} devices have it, ${progress?.failed} were broken: ${JSON.stringify(progress)}`,
  );
  if (status !== 'succeeded' || progress?.applied !== names.length - broken || progress.failed !== broken)
    throw new Error(`expected ${names.length - broken} to have it and ${broken} to fail`);
  const well = names.filter((_, index) => (index + 1) % faultyEvery !== 0);
  await verify(told, well.at(-1) ?? '');
};
