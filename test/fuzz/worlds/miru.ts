// Two organizations in Miru’s words, and what its fuzz and its authorization need to know of them.

import { miru } from '#dialects/miru/dialect';
import { error } from '#dialects/miru/objects';
import { type Ask, smallSystem } from '#test/support/small-system';
import type { Subject } from '../fuzz.ts';
import { givenKeys, listening, neighbours, onlyIn, ours, secretsOf } from '../given.ts';

/** Routes that only one version has. */
const versionOf = (route: string): string =>
  route === 'POST /beta/provisioning_tokens' ? '2026-05-06.rainier' : '2026-03-09.tetons';

const schema = '{"type":"object","properties":{"speed":{"type":"number"}}}';
const content = { format: 'json', data: '{"speed": 1}' };

/** One of each, and some to spare. */
const fill = async (ask: Ask, of: string) => {
  const { does, heard } = listening(ask);
  const made = async (path: string, body: unknown): Promise<string> =>
    (await does(`POST /beta/${path}`, body)).id;
  const origin = `https://github.com/${of}/robots`;
  const commit = await made('git_commits', { sha: 'abcdef0', message: `Commit of ${of}`, origin });
  const type = await made('config_types', { name: `Motion of ${of}`, slug: `motion-${of}` });
  const schemaFor = (filepath: string) =>
    made('config_schemas', {
      config_type_ref: { id: type },
      language: 'jsonschema',
      format: 'json',
      documents: [{ name: `${of}.json`, data: schema }],
      instance_filepath: filepath,
    });
  const schemaId = await schemaFor(`/srv/${of}.json`);
  const release = await made('releases', { version: '1.0.0', config_schema_ids: [schemaId] });
  const devices = [
    await made('devices', { name: `robot-1-${of}` }),
    await made('devices', { name: `robot-2-${of}` }),
  ];
  const instance = await made('config_instances', { config_schema_id: schemaId, content });
  const deploymentTo = (device: string | undefined, target: string) =>
    made('deployments', {
      target_status: target,
      description: `of ${of}`,
      release_id: release,
      device_id: device,
      config_instance_ids: [instance],
    });
  const deployed = await deploymentTo(devices[0], 'deployed');
  const other = await made('releases', { version: '2.0.0', config_schema_ids: [schemaId] });
  const staged = await made('deployments', {
    target_status: 'staged',
    description: `of ${of}`,
    release_id: other,
    device_id: devices[0],
    config_instance_ids: [instance],
  });
  return { commit, type, schemaId, release, devices, instance, deployed, staged, heard };
};

const given = async () => {
  const system = smallSystem();
  const keys = await givenKeys(system);
  const clientOf = (key: string) =>
    system.clientOf(miru, { 'x-api-key': key, 'miru-version': versionOf('') });
  const our = await fill(clientOf(keys.own), ours);
  const their = await fill(clientOf(keys.foreign), neighbours);
  const refs = (id: string) => [{ id }];
  return {
    system,
    keys,
    theirs: onlyIn(their.heard, our.heard),
    ours: onlyIn(our.heard, their.heard),
    secrets: secretsOf(keys),
    known: {
      'git_commits.id': [our.commit],
      'config_types.id': [our.type],
      'config_schemas.id': [our.schemaId],
      'config_instances.id': [our.instance],
      'releases.id': [our.release],
      'devices.id': our.devices,
      'deployments.id': [our.staged, our.staged, our.deployed],
      origin: ['https://github.com/acme/arms', 'git@gitlab.com:acme/arms.git'],
      config_type_ref: refs(our.type),
      commit_ref: refs(our.commit),
      git_commit_ref: refs(our.commit),
      language: ['jsonschema'],
      documents: [[{ name: 'more.json', data: '{}' }], [{ name: 'more.json', data: schema }]],
      instance_filepath: ['/srv/more.json', 'etc/more.json'],
      config_schema_id: [our.schemaId],
      config_schema_ids: [[our.schemaId]],
      content: [content, { format: 'yaml', data: 'speed: 2\n' }],
      release_id: [our.release],
      device_id: our.devices,
      config_instance_ids: [[our.instance]],
      target_status: ['deployed', 'deployed', 'staged'],
      parent_id: [our.deployed],
    },
  };
};

export const miruSubject: Subject = {
  dialect: miru,
  no: error.strict(),
  foreignStatus: 404,
  headersFor: (key, route): Record<string, string> => ({
    'miru-version': versionOf(route),
    ...(key === '' || key === undefined ? {} : { 'x-api-key': key }),
  }),
  given,
};
