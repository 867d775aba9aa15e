// Given, for stories told in Miru's words: an organization with a key, a type, a schema, a release and a device.
import { miru } from '#dialects/miru/dialect';
import { type Ask, type SmallSystem, smallSystem } from '#test/support/small-system';

export const miruVersion = '2026-03-09.tetons';

export const clientFor = async (
  system: SmallSystem,
  organization: string,
  ...scopes: string[]
): Promise<Ask> =>
  system.clientOf(miru, {
    'x-api-key': await system.newKey(organization, ...scopes),
    'miru-version': miruVersion,
  });

export const speedSchema = JSON.stringify({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: { speed: { type: 'number', maximum: 10 } },
  required: ['speed'],
});

/** Made one after the other; the ids of what was made. */
export const givenFleet = async (system: SmallSystem = smallSystem()) => {
  const ask = await clientFor(system, 'acme');
  const made = async (request: string, body: unknown): Promise<string> => {
    const answer = await ask(request, body);
    if (answer.status !== 200) throw new Error(`${request}: ${answer.status} ${answer.raw}`);
    return answer.body.id;
  };
  const type = await made('POST /beta/config_types', { name: 'Motion', slug: 'motion' });
  const schema = await made('POST /beta/config_schemas', {
    config_type_ref: { id: type },
    language: 'jsonschema',
    format: 'json',
    documents: [{ name: 'motion.json', data: speedSchema }],
    instance_filepath: '/srv/motion.json',
  });
  const release = await made('POST /beta/releases', { version: 'v1.0.0', config_schema_ids: [schema] });
  const device = await made('POST /beta/devices', { name: 'robot-7' });
  const thing = device.slice('dvc_'.length);

  const instance = (data: string) =>
    made('POST /beta/config_instances', { config_schema_id: schema, content: { format: 'json', data } });

  const deployment = async (speed: number, over: Readonly<Record<string, unknown>> = {}) => ({
    target_status: 'deployed',
    description: `speed ${speed}`,
    release_id: release,
    device_id: device,
    config_instance_ids: [await instance(`{ "speed": ${speed}.0 }`)],
    ...over,
  });

  const deploy = async (speed: number, over: Readonly<Record<string, unknown>> = {}): Promise<string> =>
    made('POST /beta/deployments', await deployment(speed, over));

  const statusOf = async (id: string): Promise<string> =>
    (await ask(`GET /beta/deployments/${id}`)).body.status;

  return { system, ask, made, type, schema, release, device, thing, instance, deployment, deploy, statusOf };
};
