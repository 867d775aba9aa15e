// A life in Miru's words: a release's config instance on a device that has another one, which it supersedes.
import { contract } from '#dialects/miru/contract';
import type { MeteredCloud } from '../counts/cloud.ts';
import { granted, type Life, times, together } from './life.ts';

const schema = JSON.stringify({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: { speed: { type: 'number' }, mode: { type: 'string' } },
});

const version = '2026-03-09.tetons';

export const miruClient = async (cloud: MeteredCloud, organization: string) => {
  const headers = { 'x-api-key': await cloud.newKey(organization), 'miru-version': version };
  const ask = cloud.ask({ functionName: 'api-miru', routes: Object.keys(contract), headers });
  const made = async (request: string, body: unknown): Promise<string> =>
    (await granted(request, ask(request, body))).id;
  return { ask, made };
};

type Client = Awaited<ReturnType<typeof miruClient>>;

const makeCatalogue = async ({ made }: Client) => {
  const type = await made('POST /beta/config_types', { name: 'Motion', slug: 'motion' });
  const schemaId = await made('POST /beta/config_schemas', {
    config_type_ref: { id: type },
    language: 'jsonschema',
    format: 'json',
    documents: [{ name: 'motion.json', data: schema }],
    instance_filepath: '/srv/motion.json',
  });
  const release = await made('POST /beta/releases', { version: 'v1.0.0', config_schema_ids: [schemaId] });
  const instance = (speed: number) =>
    made('POST /beta/config_instances', {
      config_schema_id: schemaId,
      content: { format: 'json', data: `{ "speed": ${speed}.0, "mode": "careful" }` },
    });
  return { release, instances: await times(2, (index) => instance(index + 1)) };
};

const set: Life['set'] = async (cloud, organization) => {
  const client = await miruClient(cloud, organization);
  const { release, instances } = await makeCatalogue(client);
  let lived = 0;
  return {
    channel: 'release',
    make: async (index) => {
      const label = `robot-${index}`;
      const id = await client.made('POST /beta/devices', { name: label });
      return { thing: id.slice('dvc_'.length), label };
    },
    live: async (devices, fleet) => {
      const instance = instances[lived % instances.length];
      lived += 1;
      for (const { thing } of devices)
        await client.made('POST /beta/deployments', {
          target_status: 'deployed',
          description: `Life ${lived}`,
          release_id: release,
          device_id: `dvc_${thing}`,
          config_instance_ids: [instance],
        });
      const confirmed = fleet.each('confirmed');
      await cloud.drain('transitions');
      await confirmed;
      await cloud.iot.settle();
      await cloud.drain('reports');
    },
  };
};

export const miru: Life = {
  name: 'miru',
  devices: together,
  about:
    'POST /beta/deployments for a device that has another deployment confirmed; the shadow is written; the device applies it and reports; the report is taken.',
  set,
};
