// The tour for one device, from a config type to files on its disk; one line per step, with its time.
import { join } from 'node:path';
import { bad, careful, digestOf, faster, filePath, schema, sha256 } from './content.ts';
import { startDevices } from './devices.ts';
import { type Platform, until } from './platform.ts';

export type Told = {
  platform: Platform;
  /** New in every run, so that the tour can be played again on yesterday's data. */
  run: string;
  directory: string;
  stateDirectory: string;
  say: (line: string) => void;
  log: (line: string) => void;
  onEnd: (act: () => Promise<void>) => void;
};

type Made = { id: string };
export type Deployment = Made & { activity_status: string; error_status: string; target_status: string };

/** Does a step and says what came of it, and how long it took. */
export const step = async <Result>(
  { say }: Told,
  act: () => Promise<Result>,
  word: (result: Result) => string,
): Promise<Result> => {
  const started = performance.now();
  const result = await act();
  say(`${word(result)} (${Math.round(performance.now() - started)} ms)`);
  return result;
};

export type Catalogue = { releaseId: string; schemaId: string };

export const makeCatalogue = async (told: Told, name: string): Promise<Catalogue> => {
  const { platform, run } = told;
  const type = await step(
    told,
    () => platform.call<Made>('POST', '/config_types', { name: `${name} ${run}`, slug: `${name}-${run}` }),
    ({ id }) => `config type ${id}`,
  );
  const made = await step(
    told,
    () =>
      platform.call<Made>('POST', '/config_schemas', {
        config_type_ref: { id: type.id },
        language: 'jsonschema',
        format: 'json',
        documents: [{ name: 'control.schema.json', data: schema }],
        instance_filepath: filePath,
      }),
    ({ id }) => `config schema ${id}: a speed from 0 to 5, one of three modes`,
  );
  const release = await step(
    told,
    () =>
      platform.call<Made>('POST', '/releases', {
        version: `1.0.${run}-${name}`,
        config_schema_ids: [made.id],
      }),
    ({ id }) => `release ${id}`,
  );
  return { releaseId: release.id, schemaId: made.id };
};

const instanceOf = (schemaId: string, data: string) => ({
  config_schema_id: schemaId,
  content: { format: 'json', data },
});

export const makeInstance = (told: Told, { schemaId }: Catalogue, data: string): Promise<Made> =>
  step(
    told,
    () => told.platform.call<Made>('POST', '/config_instances', instanceOf(schemaId, data)),
    ({ id }) => `config instance ${id}: ${sha256(data).slice(0, 19)}…`,
  );

export type Wish = {
  description: string;
  releaseId: string;
  deviceId: string;
  instanceId: string;
  parentId?: string;
};

export const createDeployment = (platform: Platform, wish: Wish): Promise<Deployment> =>
  platform.call<Deployment>('POST', '/deployments', {
    target_status: 'deployed',
    description: wish.description,
    release_id: wish.releaseId,
    device_id: wish.deviceId,
    config_instance_ids: [wish.instanceId],
    ...(wish.parentId === undefined ? {} : { parent_id: wish.parentId }),
  });

/** A deployment that failed will not become anything else. */
const becomes = (activity: string) => (deployment: Deployment) => {
  if (deployment.error_status === 'failed') throw new Error(`the deployment ${deployment.id} failed`);
  return deployment.activity_status === activity;
};

export const untilItIs = (platform: Platform, id: string, activity: string): Promise<Deployment> =>
  until(activity, () => platform.call<Deployment>('GET', `/deployments/${id}`), becomes(activity));

const describes = ({ id, target_status, activity_status }: Deployment): string =>
  `deployment ${id}: wanted ${target_status}, seen ${activity_status}`;

/** Says so only if what lies on the device's disk is, to the byte, what was posted. */
const verify = async (told: Told, device: string, posted: string): Promise<void> => {
  const file = join(told.directory, device, 'release', filePath);
  const found = await digestOf(file);
  if (found !== sha256(posted)) throw new Error(`${file} is ${found ?? 'missing'}, not ${sha256(posted)}`);
  told.say(`on the device's disk: ${file}, ${found.slice(0, 19)}… as posted`);
};

const deploy = async (told: Told, device: string, wish: Wish, posted: string): Promise<Deployment> => {
  const { platform } = told;
  const created = await step(told, () => createDeployment(platform, wish), describes);
  const deployed = await step(told, () => untilItIs(platform, created.id, 'deployed'), describes);
  await verify(told, device, posted);
  return deployed;
};

const errorMessage = (body: unknown): string => {
  const { error } = (body ?? {}) as { error?: { message?: string } };
  return error?.message ?? JSON.stringify(body);
};

const refuse = async (told: Told, { schemaId }: Catalogue): Promise<void> => {
  const reply = await told.platform.ask('POST', '/config_instances', instanceOf(schemaId, bad));
  if (reply.status !== 400) throw new Error(`a bad instance was answered with ${reply.status}, not 400`);
  told.say(`a bad instance is refused with 400: ${errorMessage(reply.body)}`);
};

const activate = async (told: Told): Promise<{ device: string; deviceId: string }> => {
  const device = `robot-${told.run}`;
  const { id } = await step(
    told,
    () => told.platform.call<Made>('POST', '/devices', { name: device }),
    (made) => `device ${made.id} (${device})`,
  );
  const devices = startDevices({ ...told, name: device });
  told.onEnd(devices.stop);
  await step(
    told,
    () => devices.connected(1),
    () =>
      `activation: ${device} sent a token and a CSR, got its certificate, and is connected over MQTT and TLS`,
  );
  return { device, deviceId: id };
};

/** Answers the device's name: it goes on into the next chapter. */
export const story = async (told: Told): Promise<string> => {
  const { platform } = told;
  const catalogue = await makeCatalogue(told, 'motion');
  const { device, deviceId } = await activate(told);
  const wishOf = (description: string, instanceId: string): Wish => ({
    description,
    releaseId: catalogue.releaseId,
    deviceId,
    instanceId,
  });

  const first = await makeInstance(told, catalogue, careful);
  const before = await deploy(told, device, wishOf('Slow at first', first.id), careful);
  await refuse(told, catalogue);

  const second = await makeInstance(told, catalogue, faster);
  const patch = { ...wishOf('A little faster', second.id), parentId: before.id };
  const after = await deploy(told, device, patch, faster);
  await step(
    told,
    () => untilItIs(platform, before.id, 'archived'),
    (seen) => `superseded: ${describes(seen)}`,
  );

  await step(
    told,
    async () => {
      await platform.call('POST', `/deployments/${after.id}/archive`);
      return untilItIs(platform, after.id, 'archived');
    },
    (seen) => `archived, and gone from the device: ${describes(seen)}`,
  );
  await deploy(told, device, wishOf('And back again', second.id), faster);
  return device;
};
