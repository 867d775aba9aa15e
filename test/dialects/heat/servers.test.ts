// A server that becomes a thing: what is IN_PROGRESS on it runs, and whoever finishes first has the last word.
import { describe, expect, it } from 'vitest';
import { givenHeat } from './given.ts';

const outputs = [{ name: 'result' }, { name: 'errmsg', error_output: true }];

describe('a server with an activation token', () => {
  it('is told of a deployment that is created IN_PROGRESS, and what it reports ends it', async () => {
    const { activate, config, deployment, told, fetched, finish, show } = await givenHeat();
    const thing = await activate();
    const inputs = [
      { name: 'foo', value: 'bar' },
      { name: 'list', type: 'Json', value: { a: [1] } },
      { name: 'given' },
      { name: 'fallback', type: 'Number', default: '3' },
      { name: 'none' },
    ];
    const config_id = await config({ name: 'c', inputs, outputs, options: { x: 1 } });
    const { id } = await deployment({ config_id, input_values: { given: 'g', foo: 'ignored' } });
    const [pointer] = await told(thing);
    expect(await fetched(pointer?.manifest ?? '')).toEqual({
      v: 1,
      name: 'c',
      group: 'script',
      config: '#!/bin/sh\necho hello\n',
      inputs: { foo: 'bar', list: '{"a":[1]}', given: 'g', fallback: '3', none: '' },
      outputs: [
        { name: 'result', error_output: false },
        { name: 'errmsg', error_output: true },
      ],
      options: { x: 1 },
      timeout_seconds: 3600,
    });
    await finish(thing, { outputs: { result: '42', stranger: 'x' } });
    expect(await show(id)).toMatchObject({
      status: 'COMPLETE',
      status_reason: 'Outputs received',
      output_values: { result: '42', deploy_stdout: 'hello\n', deploy_stderr: '', deploy_status_code: 0 },
      updated_time: expect.any(String),
    });
    expect((await show(id)).output_values).not.toHaveProperty('stranger');
  });

  it('fails a deployment by its exit status, and by an output that stands for an error', async () => {
    const { activate, config, deployment, finish, show } = await givenHeat();
    const thing = await activate();
    const { id } = await deployment({ config_id: await config({ outputs }) });
    await finish(thing, { status_code: 3, outputs: { errmsg: 'boom' } });
    expect(await show(id)).toMatchObject({
      status: 'FAILED',
      status_reason: 'deploy_status_code : Deployment exited with non-zero status code: 3, errmsg : boom',
    });
  });

  it('gets what was IN_PROGRESS before the token was issued, oldest first, and nothing else', async () => {
    const { activate, deployment, told, show, system } = await givenHeat();
    const first = await deployment();
    system.clock.pass(1000);
    await deployment({ status: 'COMPLETE' });
    await deployment({ status: undefined });
    await deployment({ server_id: 'other' });
    const second = await deployment();
    const thing = await activate();
    expect(await told(thing)).toHaveLength(2);
    await activate();
    expect(await told(thing)).toHaveLength(2);
    expect([(await show(first.id)).status, (await show(second.id)).status]).toEqual([
      'IN_PROGRESS',
      'IN_PROGRESS',
    ]);
  });

  it('is told of eight at a time, and why says that the rest wait for their turn', async () => {
    const { activate, deployment, told, ask, finish } = await givenHeat();
    const thing = await activate();
    const ids: string[] = [];
    for (let count = 0; count < 9; count += 1) ids.push((await deployment()).id);
    expect(await told(thing)).toHaveLength(8);
    const why = async () => (await ask(`GET /deployments/${ids[8]}/why`)).body;
    expect(await why()).toMatchObject({ waiting_for: 'turn', status: 'IN_PROGRESS', started: false });
    await finish(thing);
    expect(await why()).toMatchObject({ waiting_for: 'delivery' });
  });

  it('says when it has started', async () => {
    const { activate, deployment, ask, finish, reportApplying } = await givenHeat();
    const thing = await activate();
    const { id } = await deployment();
    const why = async () => (await ask(`GET /deployments/${id}/why`)).body;
    expect(await why()).toMatchObject({ started: false, started_at: null, waiting_for: 'delivery' });
    await reportApplying(thing);
    expect(await why()).toMatchObject({ started: true, waiting_for: 'thing applying' });
    await finish(thing);
    expect(await why()).toMatchObject({
      started: true,
      started_at: '2026-01-01T00:00:01.000Z',
      waiting_for: null,
      status: 'COMPLETE',
    });
  });

  it('tells what was trimmed in the history', async () => {
    const { activate, deployment, ask, finish, system } = await givenHeat();
    const thing = await activate();
    const { id } = await deployment();
    system.clock.pass(1000);
    await finish(thing, { trimmed: ['stdout'] });
    await ask(`GET /software_deployments/${id}`);
    const { body } = await ask(`GET /deployments/${id}/history`);
    expect(
      body.events.map(({ by, from, to, why }: Record<string, string>) => [by?.split(':')[0], from, to, why]),
    ).toEqual([
      ['key', null, 'IN_PROGRESS', 'created'],
      ['key', null, 'queued', 'run: deployed'],
      ['thing', 'IN_PROGRESS', 'COMPLETE', 'Outputs received; trimmed from the left: stdout'],
      ['thing', 'queued', 'deployed', 'run: confirmed'],
    ]);
  });

  it('is another thing for another tenant, and no device of another dialect can take its name', async () => {
    const { activate, clientFor, world } = await givenHeat();
    const mine = await activate();
    const other = await clientFor('other');
    const { token } = (await other('POST /servers/srv1/activation_token')).body;
    expect(token).not.toContain(mine);
    const thing = await world.things.load(mine);
    expect(thing?.label).toMatch(/^server:srv1:[0-9a-f]{40}$/);
  });

  it('that is activated already gets another token only if that is allowed', async () => {
    const { activate, ask, world } = await givenHeat();
    const thing = await world.things.load(await activate());
    if (thing === undefined) throw new Error('There is no thing.');
    const certificate = { id: 'c', arn: 'a', pem: 'p' };
    await world.things.save({ ...thing, certificate, version: thing.version + 1 });
    const refused = await ask('POST /servers/srv1/activation_token');
    expect([refused.status, refused.body.error.type]).toEqual([409, 'HTTPConflict']);
    const { status } = await ask('POST /servers/srv1/activation_token', { allow_reactivation: true });
    expect(status).toBe(200);
  });
});

describe('an activation token', () => {
  it('is told again to a repeat with an idempotency key, and to nobody else', async () => {
    const { ask } = await givenHeat();
    const issue = async (key?: string, body?: object) =>
      ask('POST /servers/srv1/activation_token', body, { 'idempotency-key': key });
    const [one, two] = [await issue('k'), await issue('k')];
    expect(two.body).toEqual(one.body);
    expect((await issue('k', { allow_reactivation: true })).status).toBe(422);
    expect((await issue()).body.token).not.toBe(one.body.token);
  });
});

describe('whoever finishes first has the last word', () => {
  it('a PUT that ends it takes it from the server, and a late result changes nothing', async () => {
    const { activate, deployment, told, finish, ask, show } = await givenHeat();
    const thing = await activate();
    const { id } = await deployment();
    const [pointer] = await told(thing);
    await ask(`PUT /software_deployments/${id}`, { status: 'COMPLETE', status_reason: 'by hand' });
    expect(await told(thing)).toEqual([]);
    expect(await finish(thing, {}, pointer)).toBe(false);
    expect(await show(id)).toMatchObject({ status: 'COMPLETE', status_reason: 'by hand' });
  });

  it('a signal does too', async () => {
    const { activate, deployment, told, signalUrl, anybody, show } = await givenHeat();
    const thing = await activate();
    const { id } = await deployment();
    await anybody(`POST ${await signalUrl(id)}`, { deploy_status_code: 0 });
    expect(await told(thing)).toEqual([]);
    expect(await show(id)).toMatchObject({ status: 'COMPLETE' });
  });

  it('a result that nobody has read yet makes a signal late', async () => {
    const { activate, deployment, finish, signalUrl, anybody, show } = await givenHeat();
    const thing = await activate();
    const { id } = await deployment();
    const url = await signalUrl(id);
    await finish(thing);
    const { status } = await anybody(`POST ${url}`, { deploy_status_code: 7 });
    expect(status).toBe(200);
    expect(await show(id)).toMatchObject({ status: 'COMPLETE' });
  });

  it('a PUT back to IN_PROGRESS runs it anew, and the new run has the last word', async () => {
    const { activate, deployment, told, finish, ask, show } = await givenHeat();
    const thing = await activate();
    const { id } = await deployment();
    const [first] = await told(thing);
    await finish(thing, { status_code: 1 });
    expect((await show(id)).status).toBe('FAILED');
    await ask(`PUT /software_deployments/${id}`, { status: 'IN_PROGRESS', action: 'UPDATE' });
    const [second] = await told(thing);
    expect(second?.deployment).not.toBe(first?.deployment);
    await finish(thing);
    expect(await show(id)).toMatchObject({ status: 'COMPLETE', action: 'UPDATE' });
  });

  it('a PUT of a new config replaces the run, and one of nothing leaves it', async () => {
    const { activate, deployment, config, told, fetched, ask } = await givenHeat();
    const thing = await activate();
    const { id } = await deployment();
    const [first] = await told(thing);
    await ask(`PUT /software_deployments/${id}`, {});
    await ask(`PUT /software_deployments/${id}`, { status: 'IN_PROGRESS' });
    expect((await told(thing)).map((run) => run.deployment)).toEqual([first?.deployment]);
    await ask(`PUT /software_deployments/${id}`, { config_id: await config({ name: 'next' }) });
    const after = await told(thing);
    expect(after).toHaveLength(1);
    expect(await fetched(after[0]?.manifest ?? '')).toMatchObject({ name: 'next' });
  });

  it('DELETE takes it from the server', async () => {
    const { activate, deployment, told, ask } = await givenHeat();
    const thing = await activate();
    const { id } = await deployment();
    expect(await told(thing)).toHaveLength(1);
    await ask(`DELETE /software_deployments/${id}`);
    expect(await told(thing)).toEqual([]);
  });
});

describe('a request that died half way', () => {
  /** It came as far as its record: nothing was given to its server. */
  const givenDead = async () => {
    const heat = await givenHeat();
    const thing = await heat.activate();
    await heat.deployment();
    await heat.finish(thing);
    heat.system.clock.pass(1000);
    const { slots } = heat.world;
    Object.assign(heat.world, { slots: { ...slots, save: async () => Promise.reject(new Error('died')) } });
    await expect(heat.deployment()).rejects.toThrow('died');
    Object.assign(heat.world, { slots });
    const [id = ''] = await Array.fromAsync(
      heat.world.catalog.idsOf('demo', 'heat_deployment', 'newest first'),
    );
    return { ...heat, thing, id };
  };

  it('after its record was made is made up for by the next who looks', async () => {
    const { told, show, thing, id } = await givenDead();
    expect(await told(thing)).toEqual([]);
    await show(id);
    await show(id);
    expect(await told(thing)).toHaveLength(1);
  });

  it.each(['PUT', 'GET why'])('is made up for by %s', async (look) => {
    const { told, ask, thing, id } = await givenDead();
    await (look === 'PUT' ? ask(`PUT /software_deployments/${id}`, {}) : ask(`GET /deployments/${id}/why`));
    expect(await told(thing)).toHaveLength(1);
  });

  it('is not begun by whoever ends it', async () => {
    const { told, show, ask, anybody, signalUrl, thing, id } = await givenDead();
    await anybody(`POST ${await signalUrl(id)}`, {});
    expect(await told(thing)).toEqual([]);
    expect((await show(id)).status).toBe('COMPLETE');
    await ask(`DELETE /software_deployments/${id}`);
    expect(await told(thing)).toEqual([]);
  });

  it('before its server was a thing begins when it has become one, however late', async () => {
    const { activate, deployment, system, told } = await givenHeat();
    await deployment();
    system.clock.pass(72 * 60 * 60 * 1000);
    expect(await told(await activate())).toHaveLength(1);
  });

  it('is not started twice, however late somebody looks', async () => {
    const { activate, deployment, world, system, told, show } = await givenHeat();
    const thing = await activate();
    const { id } = await deployment();
    const entry = await world.catalog.load('demo', 'heat_deployment', id);
    if (entry === undefined) throw new Error('There is no entry.');
    await world.catalog.save({
      ...entry,
      version: entry.version + 1,
      body: { ...entry.body, run: { id: null, count: 1 } },
    });
    system.clock.pass(72 * 60 * 60 * 1000);
    await show(id);
    expect(await told(thing)).toHaveLength(1);
  });
});

describe('somebody else is faster than the request that starts a run', () => {
  const ways = {
    'and deletes the deployment': 'DELETE /software_deployments/ID',
    'and ends the deployment': 'PUT /software_deployments/ID',
  };

  it.each(Object.entries(ways))('%s: nothing runs', async (_, request) => {
    const { activate, config, deployment, world, ask, told } = await givenHeat();
    const thing = await activate();
    const config_id = await config();
    const { slots } = world;
    let isFirst = true;
    const save: typeof slots.save = async (...args) => {
      const [id = ''] = isFirst
        ? await Array.fromAsync(world.catalog.idsOf('demo', 'heat_deployment', 'oldest first'))
        : [];
      isFirst = false;
      if (id !== '') await ask(request.replace('ID', id), { status: 'COMPLETE' });
      return slots.save(...args);
    };
    Object.assign(world, { slots: { ...slots, save } });
    await deployment({ config_id });
    expect(isFirst).toBe(false);
    expect(await told(thing)).toEqual([]);
  });
});

describe('a run that nobody asked about', () => {
  const day = 24 * 60 * 60 * 1000;

  it('is told for as long as it is kept', async () => {
    const { activate, deployment, system, finish, show } = await givenHeat();
    const thing = await activate();
    const { id } = await deployment();
    await finish(thing);
    system.clock.pass(300 * day);
    expect(await show(id)).toMatchObject({ status: 'COMPLETE', status_reason: 'Outputs received' });
  });

  it('until it was removed for its age is not run again, and waits for nobody', async () => {
    const { activate, deployment, system, finish, show, told, ask } = await givenHeat();
    const thing = await activate();
    const { id } = await deployment();
    await finish(thing);
    system.clock.pass(500 * day);
    expect(await show(id)).toMatchObject({
      status: 'FAILED',
      status_reason: expect.stringContaining('no longer known'),
    });
    expect(await told(thing)).toEqual([]);
    const { body } = await ask(`GET /deployments/${id}/history`);
    expect(body.events.at(-1)).toMatchObject({ by: 'engine', from: 'IN_PROGRESS', to: 'FAILED' });
  });
});

describe('a deadline', () => {
  it('fails what only polls, with a reason, and a later signal is ignored', async () => {
    const { deployment, system, show, signalUrl, anybody, ask } = await givenHeat();
    const { id } = await deployment({ deadline_seconds: 60 });
    const url = await signalUrl(id);
    expect((await ask(`GET /deployments/${id}/why`)).body).toMatchObject({
      waiting_for: 'server',
      until: '2026-01-01T00:01:00.000Z',
      started: null,
    });
    system.clock.pass(59_000);
    expect((await show(id)).status).toBe('IN_PROGRESS');
    system.clock.pass(1000);
    const failed = {
      status: 'FAILED',
      status_reason: 'Deadline passed: no result came within 60 seconds.',
      updated_time: '2026-01-01T00:01:00Z',
    };
    expect(await show(id)).toMatchObject(failed);
    await anybody(`POST ${url}`, {});
    expect(await show(id)).toMatchObject(failed);
  });

  it('fails a run, and takes it from the server', async () => {
    const { activate, deployment, system, show, told, fetched } = await givenHeat();
    const thing = await activate();
    const { id } = await deployment({ deadline_seconds: 60 });
    const [pointer] = await told(thing);
    expect(await fetched(pointer?.manifest ?? '')).toMatchObject({ timeout_seconds: 60 });
    system.clock.pass(61_000);
    await system.sweep();
    expect(await told(thing)).toEqual([]);
    expect(await show(id)).toMatchObject({
      status: 'FAILED',
      status_reason: 'Deadline passed: no result came within 60 seconds.',
    });
  });

  it('is nothing that a server without one has to fear', async () => {
    const { deployment, system, show, ask } = await givenHeat();
    const { id } = await deployment();
    system.clock.pass(365 * 24 * 60 * 60 * 1000);
    expect((await show(id)).status).toBe('IN_PROGRESS');
    expect((await ask(`GET /deployments/${id}/why`)).body).toMatchObject({
      waiting_for: 'server',
      until: null,
    });
  });
});
