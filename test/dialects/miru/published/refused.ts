// What a refusal must be, whatever was asked: a clear no that names the field, and a world that is as it was.
import { expect } from 'vitest';
import { windowMs } from '#engine/limits';
import type { Answer, Ask } from '#test/support/small-system';
import { smallSystem } from '#test/support/small-system';
import { speedSchema } from '../given.ts';
import { checkedClient, keyHeaders } from './client.ts';

/** One thing of each kind, in the order in which they need each other. */
const fill = async (ask: Ask) => {
  const made = async (path: string, body: unknown): Promise<string> => {
    const answer = await ask(`POST /beta/${path}`, body);
    expect(answer.status, `${path}: ${answer.raw}`).toBe(200);
    return answer.body.id;
  };
  const commit = await made('git_commits', {
    sha: 'abcdef0',
    message: 'One',
    origin: 'https://github.com/acme/robots',
  });
  const type = await made('config_types', { name: 'Motion', slug: 'motion' });
  const schema = await made('config_schemas', {
    config_type_ref: { id: type },
    language: 'jsonschema',
    format: 'json',
    documents: [{ name: 'motion.json', data: speedSchema }],
  });
  const release = await made('releases', { version: '1.0.0', config_schema_ids: [schema] });
  const device = await made('devices', { name: 'robot-7' });
  const content = { format: 'json', data: '{"speed": 1}' };
  const instance = await made('config_instances', { config_schema_id: schema, content });
  const deployment = await made('deployments', {
    target_status: 'deployed',
    description: 'first',
    release_id: release,
    device_id: device,
    config_instance_ids: [instance],
  });
  return { commit, type, schema, release, device, instance, deployment };
};

export type Ids = Awaited<ReturnType<typeof fill>>;

/** Two organizations with one of each, in one system. */
export const givenNeighbours = async () => {
  const system = smallSystem();
  const clientOf = async (organization: string) =>
    checkedClient(system, await keyHeaders(system, organization)).ask;
  const [ask, neighbour] = [await clientOf('acme'), await clientOf('globex')];
  return { system, ask, ids: await fill(ask), theirs: await fill(neighbour) };
};

/** One world for many refusals: none of them leaves a trace, and each looks that the one before has left none. */
export const sharedNeighbours = () => {
  let world: ReturnType<typeof givenNeighbours> | undefined;
  return async () => {
    world ??= givenNeighbours();
    const shared = await world;
    // Many thousand requests would be too many for a clock that stands still.
    shared.system.clock.pass(windowMs);
    return shared;
  };
};

export const lists = [
  'git_commits',
  'config_types',
  'config_schemas',
  'config_instances',
  'releases',
  'devices',
  'deployments',
] as const;

/** Everything that an organization can see. */
export const everything = async (ask: Ask): Promise<unknown> =>
  Promise.all(lists.map(async (list) => (await ask(`GET /beta/${list}?limit=100`)).body.data));

/** The fields that a refusal names, wherever it names them. */
export const fieldsOf = ({ body }: Answer): string[] => {
  const { field, issues = [] } = body.error.params;
  return [field, ...issues.map((issue: { field: string }) => issue.field)].filter(
    (name) => name !== undefined,
  );
};

/** `documents` is named by `documents.0.data` too. */
export const names = (answer: Answer, field: string): boolean =>
  fieldsOf(answer).some((name) => name === field || name.startsWith(`${field}.`));

/** Asks, and looks that nothing has come of it. */
export const refusedWithoutTrace = async (
  ask: Ask,
  request: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
): Promise<Answer> => {
  const before = await everything(ask);
  const answer = await ask(request, body, headers);
  expect(answer.status, `${request} was not refused`).toBeGreaterThanOrEqual(400);
  expect(await everything(ask)).toEqual(before);
  return answer;
};
