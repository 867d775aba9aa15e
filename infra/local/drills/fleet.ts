// Things for drills: made and told through the door, and answering as their agents would, by their shadows.
import * as z from 'zod';
import { target } from '#device/shadow';
import type { Ground } from './ground.ts';

type Made = { readonly id: string };
type Shown = { readonly activity_status: string };

/** `dvc_` and the thing's name. */
const thingOf = (device: string): string => device.slice(device.indexOf('_') + 1);

const channel = 'release';
const told = z.object({ state: z.object({ desired: z.object({ target }) }) });

export type Fleet = {
  /** Something new for each of them; resolves when their shadows hold it. */
  readonly deploy: () => Promise<void>;
  /** Each of them says how it went. */
  readonly answer: (state: 'applied' | 'failed') => Promise<void>;
  /** The cloud knows that each has what it was told last. */
  readonly areConfirmed: () => Promise<boolean>;
};

const madeRelease = async ({ call }: Ground, name: string) => {
  const type = await call<Made>('POST', '/config_types', { name, slug: name });
  const schema = await call<Made>('POST', '/config_schemas', {
    config_type_ref: { id: type.id },
    language: 'jsonschema',
    format: 'json',
    documents: [{ name: 'a', data: '{}' }],
    instance_filepath: `/${name}.json`,
  });
  const release = await call<Made>('POST', '/releases', {
    version: `1.0.0-${name}`,
    config_schema_ids: [schema.id],
  });
  return { release: release.id, schema: schema.id };
};

const targetOf = async ({ shadow }: Ground, thing: string) => {
  const found = told.safeParse(await shadow(thing, channel).catch(() => undefined));
  return found.success ? found.data.state.desired.target : undefined;
};

export const madeFleet = async (ground: Ground, name: string, count: number): Promise<Fleet> => {
  const { call, report, until } = ground;
  const { release, schema } = await madeRelease(ground, name);
  const made = await Promise.all(
    Array.from({ length: count }, (_, index) => call<Made>('POST', '/devices', { name: `${name}-${index}` })),
  );
  const devices = made.map(({ id }) => id);
  let round = 0;
  let deployed: readonly string[] = [];

  const deployTo = async (device: string, instance: string): Promise<string> => {
    const deployment = await call<Made>('POST', '/deployments', {
      target_status: 'deployed',
      description: name,
      release_id: release,
      device_id: device,
      config_instance_ids: [instance],
    });
    await until(
      `${device} is told of ${deployment.id}`,
      async () => (await targetOf(ground, thingOf(device)))?.deployment === deployment.id,
    );
    return deployment.id;
  };

  const answerFor = async (thing: string, state: 'applied' | 'failed'): Promise<void> => {
    const found = await targetOf(ground, thing);
    if (found === undefined) throw new Error(`${thing} was told nothing`);
    const { v, seq, deployment, manifest } = found;
    const error =
      state === 'failed' ? { code: 'apply_failed', message: 'It does not start with this.' } : null;
    await report(thing, channel, { current: { v, seq, deployment, manifest, state, attempt: 1, error } });
  };

  return {
    deploy: async () => {
      round += 1;
      const content = { format: 'json', data: JSON.stringify({ round }) };
      const instance = await call<Made>('POST', '/config_instances', { config_schema_id: schema, content });
      deployed = await Promise.all(devices.map((device) => deployTo(device, instance.id)));
    },
    areConfirmed: async () => {
      const found = await Promise.all(deployed.map((id) => call<Shown>('GET', `/deployments/${id}`)));
      return found.every(({ activity_status }) => activity_status === 'deployed');
    },
    answer: async (state) =>
      void (await Promise.all(devices.map((device) => answerFor(thingOf(device), state)))),
  };
};
