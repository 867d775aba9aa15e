// The whole lifecycle through a client that is typed from the published document; every answer is held to its schema.
import { describe, expect, it } from 'vitest';
import { smallSystem } from '#test/support/small-system';
import { miruVersion, speedSchema } from '../given.ts';
import { checkedClient, keyHeaders, type TypedClient, typedClient } from './client.ts';
import { operations } from './published.ts';

/** The document wants the version with every call, and so do the types made from it. */
const header = { 'Miru-Version': miruVersion };

/** What a call answered, when it was a success. */
const data = async <Data>(call: Promise<{ data?: Data; response: Response }>): Promise<Data> => {
  const { data, response } = await call;
  if (data === undefined) throw new Error(`${response.url} answered ${response.status}`);
  return data;
};

const given = async () => {
  const system = smallSystem();
  const headers = await keyHeaders(system);
  const { ask, answered } = checkedClient(system, {});
  return { system, answered, api: typedClient(ask, headers) };
};

const sha = 'a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0';

const makeSchema = async (api: TypedClient, typeId: string, filepath = '/srv/motion.json') =>
  data(
    api.POST('/config_schemas', {
      params: { header, query: { expand: ['documents', 'config_type'] } },
      body: {
        config_type_ref: { id: typeId },
        language: 'jsonschema',
        format: 'json',
        documents: [{ name: 'motion.json', data: speedSchema }],
        instance_filepath: filepath,
        git_commit: { commit_ref: { sha }, schema_filepaths: ['schemas/motion.json'] },
      },
    }),
  );

/** A catalog, a device and an instance to put on it. */
const givenFleet = async () => {
  const { system, answered, api } = await given();
  const commit = await data(
    api.POST('/git_commits', {
      params: { header },
      body: { sha, message: 'Slower', origin: 'git@github.com:acme/robots.git' },
    }),
  );
  const type = await data(
    api.POST('/config_types', { params: { header }, body: { name: 'Motion', slug: 'motion' } }),
  );
  const schema = await makeSchema(api, type.id);
  const release = async (version: string) =>
    data(
      api.POST('/releases', {
        params: { header, query: { expand: ['config_schemas'] } },
        body: { version, config_schema_ids: [schema.id], git_commit_ref: { sha } },
      }),
    );
  const instance = async (speed: number) =>
    data(
      api.POST('/config_instances', {
        params: { header, query: { expand: ['content', 'config_schema', 'config_type'] } },
        body: { config_schema_id: schema.id, content: { format: 'json', data: `{ "speed": ${speed}.0 }` } },
      }),
    );
  const device = async (name: string) => data(api.POST('/devices', { params: { header }, body: { name } }));
  const first = await release('v1.0.0');
  const robot = await device('robot-7');
  const deploy = async (
    speed: number,
    over: { target?: 'staged' | 'deployed'; release?: string; device?: string; parent?: string } = {},
  ) =>
    data(
      api.POST('/deployments', {
        params: { header, query: { expand: ['device', 'release', 'config_instances'] } },
        body: {
          target_status: over.target ?? 'deployed',
          description: `speed ${speed}`,
          release_id: over.release ?? first.id,
          device_id: over.device ?? robot.id,
          config_instance_ids: [(await instance(speed)).id],
          ...(over.parent === undefined ? {} : { parent_id: over.parent }),
        },
      }),
    );
  const settle = (deviceId = robot.id) => system.settle(deviceId.slice('dvc_'.length));
  const at = (deployment_id: string) => ({ params: { header, path: { deployment_id } } });
  const statusOf = async (id: string) => (await data(api.GET('/deployments/{deployment_id}', at(id)))).status;
  return {
    system,
    answered,
    api,
    commit,
    type,
    schema,
    release,
    first,
    instance,
    device,
    robot,
    deploy,
    settle,
    at,
    statusOf,
  };
};

describe('a client typed from the published document', () => {
  it('gets a success of every documented operation, each as the document has it', async () => {
    const {
      system,
      answered,
      api,
      commit,
      type,
      schema,
      release,
      first,
      instance,
      robot,
      deploy,
      settle,
      at,
    } = await givenFleet();
    await data(api.GET('/principal', { params: { header } }));
    await data(api.GET('/git_commits', { params: { header } }));
    await data(
      api.GET('/git_commits/{git_commit_id}', { params: { header, path: { git_commit_id: commit.id } } }),
    );
    await data(api.GET('/config_types', { params: { header } }));
    const typePath = { params: { header, path: { config_type_id: type.id } } };
    await data(api.GET('/config_types/{config_type_id}', typePath));
    await data(
      api.PATCH('/config_types/{config_type_id}', { ...typePath, body: { name: 'Motion Control' } }),
    );
    await data(api.GET('/config_schemas', { params: { header } }));
    await data(
      api.GET('/config_schemas/{config_schema_id}', {
        params: { header, path: { config_schema_id: schema.id } },
      }),
    );
    await data(api.GET('/config_instances', { params: { header } }));
    const { id: config_instance_id } = await instance(1);
    const instancePath = { params: { header, path: { config_instance_id } } };
    await data(api.GET('/config_instances/{config_instance_id}', instancePath));
    await data(
      api.GET('/config_instances/{config_instance_id}/content', { ...instancePath, parseAs: 'text' }),
    );
    await data(api.GET('/releases', { params: { header } }));
    await data(api.GET('/releases/{release_id}', { params: { header, path: { release_id: first.id } } }));
    await data(api.GET('/devices', { params: { header } }));
    const devicePath = { params: { header, path: { device_id: robot.id } } };
    await data(api.GET('/devices/{device_id}', devicePath));
    await data(api.PATCH('/devices/{device_id}', { ...devicePath, body: { name: 'robot-8' } }));
    await data(
      api.POST('/devices/{device_id}/activation_token', {
        ...devicePath,
        body: { allow_reactivation: false },
      }),
    );
    await data(
      api.POST('/devices/{device_id}/ping', { ...devicePath, body: { timeout_nanos: 1_000_000_000 } }),
    );
    const old = await deploy(1);
    system.clock.pass(1000);
    await deploy(2);
    await settle();
    const next = await release('v2.0.0');
    const staged = await deploy(3, { target: 'staged', release: next.id });
    await data(api.GET('/deployments', { params: { header } }));
    await data(api.GET('/deployments/{deployment_id}', at(staged.id)));
    await data(api.GET('/deployments/{deployment_id}/drifts', at(old.id)));
    await data(api.POST('/deployments/{deployment_id}/deploy', at(staged.id)));
    await data(api.POST('/deployments/{deployment_id}/archive', at(staged.id)));
    const missing = operations.filter(({ route }) => !answered.has(route)).map(({ id }) => id);
    expect(missing).toEqual([]);
  });

  it('makes a git commit known, and reads from its origin whose it is', async () => {
    const { commit } = await givenFleet();
    expect(commit).toMatchObject({
      sha,
      repository_owner: 'acme',
      repository_name: 'robots',
      repository_type: 'github',
      repository_url: 'https://github.com/acme/robots',
      commit_url: `https://github.com/acme/robots/commit/${sha}`,
    });
  });

  it('makes a schema for a type, and is shown its document and its type', async () => {
    const { schema, type } = await givenFleet();
    expect(schema.documents?.map(({ name, data: text }) => [name, text])).toEqual([
      ['motion.json', speedSchema],
    ]);
    expect(schema.config_type).toEqual(type);
    expect([schema.instance_filepath, schema.digest.slice(0, 7)]).toEqual(['/srv/motion.json', 'sha256:']);
  });

  it('makes an instance, and is shown its content, its schema and its type', async () => {
    const { instance, schema, type } = await givenFleet();
    const made = await instance(3);
    expect(made.content).toEqual({ format: 'json', data: '{ "speed": 3.0 }' });
    expect([made.config_schema?.id, made.config_type?.id]).toEqual([schema.id, type.id]);
  });

  it('downloads an instance as it was written, inline or as a file', async () => {
    const { api, instance } = await givenFleet();
    const { id: config_instance_id } = await instance(3);
    const { data: text, response } = await api.GET('/config_instances/{config_instance_id}/content', {
      params: { header, path: { config_instance_id }, query: { disposition: 'attachment' } },
      parseAs: 'text',
    });
    expect(text).toBe('{ "speed": 3.0 }');
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="motion.json"');
  });

  it('makes a release, and is shown its schemas', async () => {
    const { first, schema, commit } = await givenFleet();
    expect([first.git_commit_id, first.config_schemas?.map(({ id }) => id)]).toEqual([
      commit.id,
      [schema.id],
    ]);
  });

  it('renames a type and a device', async () => {
    const { api, type, robot } = await givenFleet();
    const renamed = await data(
      api.PATCH('/config_types/{config_type_id}', {
        params: { header, path: { config_type_id: type.id } },
        body: { name: 'Motion Control', slug: 'motion-control' },
      }),
    );
    expect([renamed.name, renamed.slug]).toEqual(['Motion Control', 'motion-control']);
    const device = await data(
      api.PATCH('/devices/{device_id}', {
        params: { header, path: { device_id: robot.id } },
        body: { name: 'robot-8' },
      }),
    );
    expect(device.name).toBe('robot-8');
  });

  it('gets a token for a device that ends within the hour', async () => {
    const { api, robot, system } = await givenFleet();
    const { token, expires_at } = await data(
      api.POST('/devices/{device_id}/activation_token', {
        params: { header, path: { device_id: robot.id } },
        body: { allow_reactivation: true },
      }),
    );
    expect(token).not.toBe('');
    expect(Date.parse(expires_at) - system.clock.now()).toBe(60 * 60 * 1000);
  });

  it('pings a device, and is told that it does not answer', async () => {
    const { api, robot } = await givenFleet();
    const ping = api.POST('/devices/{device_id}/ping', {
      params: { header, path: { device_id: robot.id } },
      body: { timeout_nanos: 1_000_000_000 },
    });
    expect(await data(ping)).toEqual({ code: 'timeout' });
  });

  it('deploys, and sees what was deployed with all that it refers to', async () => {
    const { deploy, settle, statusOf, robot, first } = await givenFleet();
    const made = await deploy(1);
    expect(made).toMatchObject({
      status: 'queued',
      activity_status: 'queued',
      error_status: 'none',
      target_status: 'deployed',
    });
    expect([made.device?.id, made.release?.id, made.config_instances?.length]).toEqual([
      robot.id,
      first.id,
      1,
    ]);
    await settle();
    expect(await statusOf(made.id)).toBe('deployed');
  });

  it('stages, deploys what it staged, and archives it', async () => {
    const { api, deploy, settle, statusOf, release, at } = await givenFleet();
    await deploy(1);
    await settle();
    const next = await release('v2.0.0');
    const staged = await deploy(2, { target: 'staged', release: next.id });
    expect(staged.status).toBe('staged');
    const deployed = await data(api.POST('/deployments/{deployment_id}/deploy', at(staged.id)));
    expect([deployed.status, deployed.target_status]).toEqual(['queued', 'deployed']);
    await settle();
    const archived = await data(api.POST('/deployments/{deployment_id}/archive', at(staged.id)));
    expect([archived.target_status, archived.activity_status]).toEqual(['archived', 'deployed']);
    await settle();
    expect(await statusOf(staged.id)).toBe('archived');
  });

  it('sees what a staged deployment drifted from, and is refused to deploy it', async () => {
    const { system, api, deploy, settle, statusOf, release, at } = await givenFleet();
    const current = await deploy(1);
    await settle();
    const next = await release('v2.0.0');
    const staged = await deploy(2, { target: 'staged', release: next.id });
    system.clock.pass(1000);
    const patch = await deploy(3, { parent: current.id });
    expect(await statusOf(staged.id)).toBe('drifted');
    const { data: drifts } = await data(api.GET('/deployments/{deployment_id}/drifts', at(staged.id)));
    expect(drifts.map(({ id }) => id)).toEqual([patch.id]);
    const { response } = await api.POST('/deployments/{deployment_id}/deploy', at(staged.id));
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([409, 'false']);
  });

  it('is told that nothing drifted in a list that the document knows', async () => {
    const { api, deploy, at } = await givenFleet();
    const { id } = await deploy(1);
    const drifts = await data(api.GET('/deployments/{deployment_id}/drifts', at(id)));
    expect(drifts).toEqual({ object: 'list', limit: drifts.limit, offset: 0, has_more: false, data: [] });
  });

  it('is told who it is', async () => {
    const { api } = await given();
    const { id, name } = await data(api.GET('/principal', { params: { header } }));
    expect([id.startsWith('api_key_'), name]).toEqual([true, id]);
  });
});

/** Five deployments to three devices: `a` failed, `b` archived for `c`, which retries, `d` deployed, `e` staged. */
const givenDeployments = async () => {
  const fleet = await givenFleet();
  const { system, deploy, settle, device, robot, release } = fleet;
  const tick = () => system.clock.pass(1000);
  const two = await device('robot-2');
  const three = await device('robot-3');
  const thing = (id: string) => id.slice('dvc_'.length);
  const a = await deploy(1, { device: two.id });
  await system.carryOutAll();
  await system.report(thing(two.id), { state: 'failed', error: { code: 'refused', message: 'no' } });
  tick();
  const b = await deploy(2);
  tick();
  const c = await deploy(3);
  await system.carryOutAll();
  await system.report(thing(robot.id), {
    state: 'retrying',
    error: { code: 'disk_full', message: 'no space' },
  });
  tick();
  const d = await deploy(4, { device: three.id });
  await settle(three.id);
  tick();
  const next = await release('v2.0.0');
  const e = await deploy(5, { device: three.id, target: 'staged', release: next.id });
  const letters = new Map([a, b, c, d, e].map(({ id }, at) => [id, 'abcde'[at]]));
  return {
    ...fleet,
    two,
    three,
    next,
    ids: { a, b, c, d, e },
    letter: (id: string) => letters.get(id) ?? '?',
  };
};

type Given = Awaited<ReturnType<typeof givenDeployments>>;

describe('a list of deployments', () => {
  it.each<[string, (given: Given) => Record<string, string[]>, string]>([
    ['nothing', () => ({}), 'edcba'],
    ['an id', ({ ids }) => ({ id: [ids.b.id] }), 'b'],
    ['two ids', ({ ids }) => ({ id: [ids.a.id, ids.d.id] }), 'da'],
    ['an id that nobody has', () => ({ id: ['dpl_0'] }), ''],
    ['a device', ({ three }) => ({ device_id: [three.id] }), 'ed'],
    ['two devices', ({ two, robot }) => ({ device_id: [two.id, robot.id] }), 'cba'],
    ['a device that nobody has', () => ({ device_id: ['dvc_0'] }), ''],
    ['a release', ({ next }) => ({ release_id: [next.id] }), 'e'],
    ['two releases', ({ next, first }) => ({ release_id: [next.id, first.id] }), 'edcba'],
    ['a target', () => ({ target_status: ['deployed'] }), 'dc'],
    ['two targets', () => ({ target_status: ['staged', 'archived'] }), 'eba'],
    ['an activity', () => ({ activity_status: ['archived'] }), 'ba'],
    ['two activities', () => ({ activity_status: ['queued', 'staged'] }), 'ec'],
    ['an error', () => ({ error_status: ['failed'] }), 'a'],
    ['two errors', () => ({ error_status: ['retrying', 'none'] }), 'edcb'],
    [
      'what is on one device and deployed',
      ({ three }) => ({ device_id: [three.id], target_status: ['deployed'] }),
      'd',
    ],
    ['what contradicts itself', () => ({ target_status: ['staged'], activity_status: ['deployed'] }), ''],
  ])('filtered by %s has what it should, newest first', async (_, queryOf, letters) => {
    const given = await givenDeployments();
    const list = await data(given.api.GET('/deployments', { params: { header, query: queryOf(given) } }));
    expect(list.data.map(({ id }) => given.letter(id)).join('')).toBe(letters);
  });
});

describe('a list', () => {
  const lists = [
    'deployments',
    'devices',
    'releases',
    'config_instances',
    'config_schemas',
    'config_types',
    'git_commits',
  ] as const;

  /** Three of each kind, made one after the other; their ids, oldest first. */
  const givenThreeOfEach = async () => {
    const { system, api, schema, device, release, deploy, instance, first, robot } = await givenFleet();
    for (const at of [2, 3]) {
      system.clock.pass(1000);
      await device(`robot-2${at}`);
      await release(`v1.0.${at}`);
      await instance(at);
      await deploy(at);
      const slug = `motion-${at}`;
      const type = await data(api.POST('/config_types', { params: { header }, body: { name: slug, slug } }));
      await makeSchema(api, type.id);
      const body = {
        sha: sha.replaceAll('a', `${at}`),
        message: 'More',
        origin: 'https://gitlab.com/acme/robots',
      };
      await data(api.POST('/git_commits', { params: { header }, body }));
    }
    system.clock.pass(1000);
    await deploy(4);
    return { api, schema, first, robot };
  };

  type List = (typeof lists)[number];
  const listed = async (api: TypedClient, kind: List, query: Record<string, unknown>) =>
    data(api.GET(`/${kind}`, { params: { header, query } }));
  const idsOf = async (api: TypedClient, kind: List, query: Record<string, unknown>): Promise<string[]> =>
    (await listed(api, kind, query)).data.map(({ id }) => id);

  it.each(lists)('of %s comes in every documented order', async (kind) => {
    const { api } = await givenThreeOfEach();
    const newest = await idsOf(api, kind, {});
    expect(newest.length).toBeGreaterThanOrEqual(3);
    expect(await idsOf(api, kind, { order_by: ['created_at:desc'] })).toEqual(newest);
    expect(await idsOf(api, kind, { order_by: ['created_at:asc'] })).toEqual([...newest].reverse());
    expect(await idsOf(api, kind, { order_by: ['id:asc'] })).toEqual([...newest].sort());
    expect(await idsOf(api, kind, { order_by: ['id:desc'] })).toEqual([...newest].sort().reverse());
  });

  it.each(lists)('of %s says when it was created, newest first', async (kind) => {
    const { api } = await givenThreeOfEach();
    const times = (await listed(api, kind, {})).data.map(({ created_at }) => created_at);
    expect(new Set(times).size).toBeGreaterThan(1);
    expect(times).toEqual([...times].sort().reverse());
  });

  it.each(lists)(
    'of %s comes in pages that together are the whole, and counts only when asked',
    async (kind) => {
      const { api } = await givenThreeOfEach();
      const whole = await listed(api, kind, { limit: 100, expand: ['total_count'] });
      expect([whole.total_count, whole.has_more]).toEqual([whole.data.length, false]);
      const paged: string[] = [];
      for (let offset = 0, more = true; more; offset += 2) {
        const page = await listed(api, kind, { limit: 2, offset });
        expect([page.limit, page.offset, page.total_count]).toEqual([2, offset, undefined]);
        paged.push(...page.data.map(({ id }) => id));
        more = page.has_more;
      }
      expect(paged).toEqual(whole.data.map(({ id }) => id));
    },
  );

  it.each(lists)('of %s beyond its end is empty, and still counts', async (kind) => {
    const { api } = await givenThreeOfEach();
    const { total_count } = await listed(api, kind, { expand: ['total_count'] });
    const beyond = await listed(api, kind, { offset: 1000, expand: ['total_count'] });
    expect(beyond).toEqual({
      object: 'list',
      limit: 10,
      offset: 1000,
      has_more: false,
      total_count,
      data: [],
    });
  });

  it('is ordered by the first order and then by the next, as the document lets it be asked', async () => {
    const { api } = await givenThreeOfEach();
    const oldest = await idsOf(api, 'devices', { order_by: ['created_at:asc'] });
    expect(await idsOf(api, 'devices', { order_by: ['created_at:asc', 'id:desc'] })).toEqual(oldest);
  });

  it.each<[List, Record<string, string[]>, number]>([
    ['devices', { name: ['robot-22'] }, 1],
    ['devices', { name: ['robot-22', 'robot-7'] }, 2],
    ['devices', { name: ['robot-0'] }, 0],
    ['devices', { agent_version: ['v1.0.0'] }, 0],
    ['releases', { version: ['v1.0.2', 'v1.0.3'] }, 2],
    ['config_types', { name: ['Motion'] }, 1],
    ['config_types', { slug: ['motion-2', 'motion-3'] }, 2],
    ['config_types', { slug: ['motion-2'], name: ['Motion'] }, 0],
    ['git_commits', { sha: [sha] }, 1],
  ])('of %s filtered by %j has %i', async (kind, query, count) => {
    const { api } = await givenThreeOfEach();
    const { data: found, total_count } = await listed(api, kind, { ...query, expand: ['total_count'] });
    expect([found.length, total_count]).toEqual([count, count]);
  });

  it('of schemas and instances is filtered by what they belong to', async () => {
    const { api, schema } = await givenThreeOfEach();
    const ofType = { config_type_id: [schema.config_type_id] };
    expect(await idsOf(api, 'config_schemas', ofType)).toEqual([schema.id]);
    const instances = await idsOf(api, 'config_instances', {});
    expect(await idsOf(api, 'config_instances', ofType)).toEqual(instances);
    expect(await idsOf(api, 'config_instances', { config_schema_id: [schema.id] })).toEqual(instances);
    expect(await idsOf(api, 'config_instances', { config_schema_id: ['cfg_sch_0'] })).toEqual([]);
  });

  it.each(lists)('of %s is filtered by id', async (kind) => {
    const { api } = await givenThreeOfEach();
    const [newest = '', second = ''] = await idsOf(api, kind, {});
    expect(await idsOf(api, kind, { id: [second, newest] })).toEqual([newest, second]);
  });

  it('shows with each what is expanded', async () => {
    const { api, schema, first, robot } = await givenThreeOfEach();
    const deployments = await data(
      api.GET('/deployments', {
        params: { header, query: { expand: ['device', 'release', 'config_instances'], limit: 1 } },
      }),
    );
    expect(
      deployments.data.map(({ device, release, config_instances }) => [
        device?.id,
        release?.id,
        config_instances?.length,
      ]),
    ).toEqual([[robot.id, first.id, 1]]);
    const releases = await data(
      api.GET('/releases', { params: { header, query: { expand: ['config_schemas'] } } }),
    );
    expect(releases.data.map(({ config_schemas }) => config_schemas?.map(({ id }) => id))).toEqual([
      [schema.id],
      [schema.id],
      [schema.id],
    ]);
    const instances = await data(
      api.GET('/config_instances', {
        params: { header, query: { expand: ['content', 'config_schema', 'config_type'], limit: 1 } },
      }),
    );
    expect(
      instances.data.map(({ content, config_schema, config_type }) => [
        content?.data,
        config_schema?.id,
        config_type?.slug,
      ]),
    ).toEqual([['{ "speed": 4.0 }', schema.id, 'motion']]);
    const schemas = await data(
      api.GET('/config_schemas', {
        params: {
          header,
          query: { expand: ['documents', 'config_type'], order_by: ['created_at:asc'], limit: 1 },
        },
      }),
    );
    expect(schemas.data.map(({ documents, config_type }) => [documents?.length, config_type?.slug])).toEqual([
      [1, 'motion'],
    ]);
  });
});
