// Deployments: what Heat takes, what it makes of it, and what it answers, as tables.
import { describe, expect, it } from 'vitest';
import { givenHeat } from './given.ts';

describe('creating a deployment', () => {
  it.each([
    ['server_id', 'dummy_server', 'dummy_server'],
    ['server_id', '', ''],
    ['server_id', 5, 5],
    ['action', 'ACTION0', 'ACTION0'],
    ['action', undefined, null],
    ['action', null, null],
    ['action', 'x'.repeat(255), 'x'.repeat(255)],
    ['status', 'BOGUS', 'BOGUS'],
    ['status', 'in_progress', 'in_progress'],
    ['status', undefined, null],
    ['status_reason', undefined, 'None'],
    ['status_reason', null, 'None'],
    ['status_reason', 7, '7'],
    ['status_reason', true, 'True'],
    ['status_reason', ['a', 1], "['a', 1]"],
    ['status_reason', { a: null }, "{'a': None}"],
    ['status_reason', '', ''],
    ['input_values', undefined, {}],
    ['input_values', null, {}],
    ['input_values', { any: 'key' }, { any: 'key' }],
    ['input_values', ['list'], ['list']],
    ['input_values', 'text', 'text'],
    ['stack_user_project_id', 'p', undefined],
    ['output_values', { a: 1 }, null],
    ['id', 'mine', expect.not.stringMatching('mine')],
    ['updated_at', '2015-01-01T00:00:00Z', undefined],
    ['stranger', 1, undefined],
  ])('with %s %o answers %o', async (field, sent, told) => {
    const { deployment } = await givenHeat();
    const made = await deployment({ [field]: sent });
    expect(made[field]).toEqual(told);
    expect(made).not.toHaveProperty('updated_time');
  });

  it.each([
    ['config_id', undefined, 'config_id: is required'],
    ['config_id', null, 'config_id: is required'],
    ['config_id', 'nope', 'Config with id nope not found'],
    ['config_id', 5, 'Config with id 5 not found'],
    ['server_id', undefined, 'server_id: is required'],
    ['server_id', null, 'server_id: is required'],
    ['server_id', 'x'.repeat(37), 'server_id: must be at most 36 characters long'],
    ['server_id', { a: 1 }, 'server_id: must be text'],
    ['action', 'x'.repeat(256), 'action: must be at most 255 characters long'],
    ['status', 'x'.repeat(256), 'status: must be at most 255 characters long'],
    ['status_reason', 'x'.repeat(65_536), 'status_reason: must be at most 65535 bytes long'],
    ['stack_user_project_id', 'x'.repeat(65), 'stack_user_project_id: must be at most 64 characters long'],
  ])('with %s %o is refused, and says why', async (field, sent, message) => {
    const { ask, config } = await givenHeat();
    const body = { config_id: await config(), server_id: 's', [field]: sent };
    const answer = await ask('POST /software_deployments', body);
    expect([answer.status, answer.body.error]).toEqual([
      400,
      { type: 'HTTPBadRequest', traceback: null, message },
    ]);
  });

  it('of a config of another tenant is refused as if that did not exist', async () => {
    const { config, clientFor } = await givenHeat();
    const config_id = await config();
    const other = await clientFor('other');
    const { status, body } = await other('POST /software_deployments', { config_id, server_id: 's' });
    expect([status, body.error.message]).toEqual([400, `Config with id ${config_id} not found`]);
  });

  it('keeps a reason of 64 KiB, whatever it is made of', async () => {
    const { deployment, show } = await givenHeat();
    const status_reason = '\u0001'.repeat(65_535);
    const { id } = await deployment({ status_reason });
    expect((await show(id)).status_reason).toBe(status_reason);
  });

  it('with an idempotency key is done once', async () => {
    const { ask, config } = await givenHeat();
    const body = { config_id: await config(), server_id: 's', status: 'IN_PROGRESS' };
    const key = { 'idempotency-key': 'k' };
    const [one, two] = [
      await ask('POST /software_deployments', body, key),
      await ask('POST /software_deployments', body, key),
    ];
    expect(two.body).toEqual(one.body);
    const other = await ask('POST /software_deployments', { ...body, action: 'X' }, key);
    expect(other.status).toBe(422);
    const { body: all } = await ask('GET /software_deployments');
    expect(all.software_deployments).toHaveLength(1);
  });
});

describe('updating a deployment', () => {
  const before = { action: 'A', status: 'S', status_reason: 'R', input_values: { i: 1 } };

  it.each([
    [{}, {}],
    [{ status: null, action: '', status_reason: '', input_values: {}, output_values: [] }, {}],
    [{ status: 0, action: false, status_reason: null, config_id: '', input_values: null }, {}],
    [{ status: 'COMPLETE' }, { status: 'COMPLETE' }],
    [{ status: 'anything' }, { status: 'anything' }],
    [{ status_reason: 7 }, { status_reason: '7' }],
    [{ input_values: { j: 2 } }, { input_values: { j: 2 } }],
    [{ output_values: { o: 1, undeclared: 2 } }, { output_values: { o: 1, undeclared: 2 } }],
    [{ output_values: ['list'] }, { output_values: ['list'] }],
    [{ output_values: 'text' }, { output_values: 'text' }],
    [{ output_values: { deploy_status_code: 1 } }, { output_values: { deploy_status_code: 1 } }],
    [{ server_id: 'other', stack_user_project_id: 'p', stranger: 1 }, {}],
  ])('with %o changes %o, and the time', async (sent, changed) => {
    const { ask, deployment, system } = await givenHeat();
    const made = await deployment(before);
    system.clock.pass(5000);
    const { status, body } = await ask(`PUT /software_deployments/${made.id}`, sent);
    expect([status, body.software_deployment]).toEqual([
      200,
      { output_values: null, ...made, ...changed, updated_time: '2026-01-01T00:00:05Z' },
    ]);
  });

  it('goes from any status to any other', async () => {
    const { ask, deployment } = await givenHeat();
    const { id } = await deployment();
    for (const status of ['COMPLETE', 'IN_PROGRESS', 'FAILED', 'IN_PROGRESS', 'WAITING']) {
      const { body } = await ask(`PUT /software_deployments/${id}`, { status });
      expect(body.software_deployment.status).toBe(status);
    }
  });

  it.each([
    [{ config_id: 'nope' }, 'Config with id nope not found'],
    [{ status: 'x'.repeat(256) }, 'status: must be text of at most 255 characters'],
    [{ action: { a: 1 } }, 'action: must be text of at most 255 characters'],
  ])('with %o is refused', async (sent, message) => {
    const { ask, deployment } = await givenHeat();
    const { id } = await deployment();
    const { status, body } = await ask(`PUT /software_deployments/${id}`, sent);
    expect([status, body.error.message]).toEqual([400, message]);
  });

  it('that is not there is not found, whatever is sent', async () => {
    const { ask } = await givenHeat();
    for (const request of ['GET', 'DELETE', 'PUT']) {
      const { status, body } = await ask(`${request} /software_deployments/nope`, {});
      expect([request, status, body.error]).toEqual([
        request,
        404,
        { type: 'NotFound', traceback: null, message: 'Deployment with id nope not found' },
      ]);
    }
  });
});

describe('the list of deployments', () => {
  const given = async () => {
    const story = await givenHeat();
    const made: { id: string; server_id: unknown }[] = [];
    for (const over of [
      { server_id: 'b', status: 'COMPLETE' },
      { server_id: 'a', action: 'DELETE' },
      { server_id: 5 },
      { server_id: 'b' },
    ]) {
      made.push(await story.deployment(over));
      story.system.clock.pass(1000);
    }
    return { ...story, made };
  };

  it.each([
    ['', [0, 1, 2, 3]],
    ['server_id=b', [0, 3]],
    ['server_id=5', [2]],
    ['server_id=', [0, 1, 2, 3]],
    ['server_id=a&server_id=b', [0, 3]],
    ['server_id=nobody', []],
    ['stranger=1', [0, 1, 2, 3]],
    ['limit=2', [0, 1]],
    ['limit=abc', [0, 1, 2, 3]],
    ['limit=-1', [0, 1, 2, 3]],
    ['limit=0', []],
    ['marker=nope', [0, 1, 2, 3]],
    ['status=COMPLETE', [0]],
    ['status=COMPLETE&server_id=a', []],
    ['action=DELETE', [1]],
  ])('?%s tells %o, oldest first', async (query, places) => {
    const { ask, made } = await given();
    const { body } = await ask(`GET /software_deployments?${query}`);
    expect(body.software_deployments).toEqual(places.map((place) => made[place]));
  });

  it('says where the rest is, only when there is a rest', async () => {
    const { ask, made, pathOf, tenant } = await given();
    const first = await ask('GET /software_deployments?limit=3');
    const [{ href }] = first.body.software_deployments_links;
    const second = await ask(`GET ${pathOf(href).slice(`/v1/${tenant}`.length)}`);
    expect(second.body).toEqual({ software_deployments: [made[3]] });
  });

  it('is cut before an answer becomes larger than a Lambda may give', async () => {
    const { ask, deployment, pathOf, tenant } = await givenHeat();
    const input_values = { text: 'x'.repeat(900_000) };
    for (let count = 0; count < 8; count += 1) await deployment({ input_values });
    const told: string[] = [];
    for (let path = '/software_deployments'; path !== ''; ) {
      const { body, raw } = await ask(`GET ${path}`);
      expect(raw.length).toBeLessThan(6_000_000);
      told.push(...body.software_deployments.map(({ id }: { id: string }) => id));
      const [link] = body.software_deployments_links ?? [];
      path = link === undefined ? '' : pathOf(link.href).slice(`/v1/${tenant}`.length);
    }
    expect(new Set(told).size).toBe(8);
  });
});

describe('another project', () => {
  it('that a deployment names sees it, changes it, polls it and deletes it; nobody else does', async () => {
    const { deployment, clientFor, show } = await givenHeat();
    const made = await deployment({ stack_user_project_id: 'guest' });
    const [guest, stranger] = [await clientFor('guest'), await clientFor('stranger')];
    const path = `/software_deployments/${made.id}`;
    expect((await guest(`GET ${path}`)).body.software_deployment).toEqual(made);
    expect((await stranger(`GET ${path}`)).status).toBe(404);
    for (const list of ['/software_deployments', '/software_deployments?server_id=srv1']) {
      expect((await guest(`GET ${list}`)).body.software_deployments).toEqual([made]);
      expect((await stranger(`GET ${list}`)).body.software_deployments).toEqual([]);
    }
    const metadata = async (client: typeof guest) =>
      (await client('GET /software_deployments/metadata/srv1')).body.metadata.length;
    expect([await metadata(guest), await metadata(stranger)]).toEqual([1, 0]);
    expect((await stranger(`PUT ${path}`, { status: 'X' })).status).toBe(404);
    expect((await stranger(`DELETE ${path}`)).status).toBe(404);
    await guest(`PUT ${path}`, { status: 'DONE' });
    expect((await show(made.id)).status).toBe('DONE');
    expect((await guest(`DELETE ${path}`)).status).toBe(204);
    await expect(show(made.id)).rejects.toThrow('404');
    expect((await guest('GET /software_deployments')).body.software_deployments).toEqual([]);
  });

  it('has its own and the shared ones in one list, by age', async () => {
    const { deployment, clientFor, system } = await givenHeat();
    const guest = await clientFor('guest');
    const cfg = (await guest('POST /software_configs', {})).body.software_config.id;
    const ids: string[] = [];
    for (const mine of [true, false, true, false]) {
      const body = { config_id: cfg, server_id: 's' };
      const made = mine
        ? (await guest('POST /software_deployments', body)).body.software_deployment
        : await deployment({ stack_user_project_id: 'guest' });
      ids.push(made.id);
      system.clock.pass(1000);
    }
    const { body } = await guest('GET /software_deployments');
    expect(body.software_deployments.map(({ id }: { id: string }) => id)).toEqual(ids);
    const { body: rest } = await guest(`GET /software_deployments?marker=${ids[1]}`);
    expect(rest.software_deployments.map(({ id }: { id: string }) => id)).toEqual(ids.slice(2));
  });
});

describe('a deployment that died while it was made', () => {
  it('is not seen by anybody', async () => {
    const { ask, config, world } = await givenHeat();
    const config_id = await config();
    const { save } = world.catalog;
    const dying = {
      ...world.catalog,
      save: async (entry: Parameters<typeof save>[0]) => {
        if (entry.kind === 'heat_deployment') throw new Error('died');
        return save(entry);
      },
    };
    Object.assign(world, { catalog: dying });
    await expect(ask('POST /software_deployments', { config_id, server_id: 's' })).rejects.toThrow('died');
    Object.assign(world, { catalog: { ...dying, save } });
    for (const path of ['/software_deployments', '/software_deployments?server_id=s'])
      expect((await ask(`GET ${path}`)).body.software_deployments).toEqual([]);
    expect((await ask('GET /software_deployments/metadata/s')).body.metadata).toEqual([]);
    expect((await ask(`DELETE /software_configs/${config_id}`)).status).toBe(204);
  });
});
