// Webhooks: who is told what, how it is proven to be ours, how often it is tried, and what is lost when we die in between.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders that a payload has
import { Webhook } from 'standardwebhooks';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { deliver } from '#dialects/humanitec/webhooks/deliver';
import type { Letter, Notice, Posted } from '#engine/ports';
import { app, clientFor, env, givenApp, moduleOf } from './given.ts';

const hooks = `${app}/webhooks`;
const hook = { id: 'my-hook', url: 'https://hooks.example.com/deployed' };
const started = { scope: 'deployment', type: 'started' };
const finished = { scope: 'deployment', type: 'finished' };

const given = async () => {
  const shop = await givenApp();
  const { system, does } = shop;
  const { world, notices, receivers, clock } = system;
  const outcomes: string[] = [];

  const take = async ({ notice }: { readonly notice: Notice }): Promise<void> => {
    outcomes.push((await deliver(world)(notice)).outcome);
  };

  /** Brings every message when its time has come, until none is left. */
  const deliverAll = async (): Promise<void> => {
    for (let next = notices.take(); next !== undefined; next = notices.take()) {
      clock.pass(Math.max(0, next.notice.due - clock.now()));
      await take(next);
    }
  };

  const listen = (changes: object = {}) => does(`POST ${hooks}`, { ...hook, ...changes });
  const show = (id = hook.id) => does(`GET ${hooks}/${id}`);
  return { ...shop, world, clock, notices, receivers, outcomes, take, deliverAll, listen, show };
};

const answers = (...list: Posted[]) => {
  let at = 0;
  return (): Posted => {
    at += 1;
    return list[at - 1] ?? { status: 204 };
  };
};

const bodyOf = ({ body }: Letter) => JSON.parse(body);
const eventOf = ({ headers }: Letter) => headers['webhook-id'];

/** The library holds a message's time against the machine's clock. */
const atTimeOf = (clock: { readonly now: () => number }): void => {
  vi.useFakeTimers({ toFake: ['Date'], now: clock.now() });
  onTestFinished(() => void vi.useRealTimers());
};

describe('a webhook', () => {
  it('is made, read, listed, changed and deleted', async () => {
    const { does, ask, listen, show } = await given();
    const { secret, ...made } = await listen({
      triggers: [finished],
      headers: { 'x-team': 'shop' },
      payload: { text: '${deploy_id}' },
    });
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(made).toEqual({
      ...hook,
      disabled: false,
      triggers: [finished],
      headers: { 'x-team': 'shop' },
      payload: { text: '${deploy_id}' },
      created_at: expect.any(String),
      created_by: expect.stringMatching(/^api_key_/),
      last_delivery: null,
      last_given_up: null,
    });
    expect([await show(), await does(`GET ${hooks}`)]).toEqual([made, [made]]);
    const changed = await does(`PATCH ${hooks}/my-hook`, { disabled: true, url: 'other.example.com' });
    expect(changed).toEqual({ ...made, disabled: true, url: 'other.example.com' });
    await does(`DELETE ${hooks}/my-hook`);
    expect((await ask(`GET ${hooks}/my-hook`)).status).toBe(404);
    expect((await ask(`DELETE ${hooks}/my-hook`)).status).toBe(404);
    expect(await does(`GET ${hooks}`)).toEqual([]);
  });

  it('gets a name if it has none', async () => {
    const { does, show } = await given();
    const { id } = await does(`POST ${hooks}`, { url: hook.url });
    expect((await show(id)).id).toBe(id);
  });

  it('has a name of its own', async () => {
    const { ask, does, listen } = await given();
    await listen();
    expect((await ask(`POST ${hooks}`, hook)).status).toBe(409);
    await does(`DELETE ${hooks}/my-hook`);
    await listen();
  });

  it('is one, however often the request is repeated, and each repeat is told the secret', async () => {
    const { system, ask, does } = await given();
    const headers = { 'idempotency-key': 'k' };
    const make = (body: object) => ask(`POST ${hooks}`, body, headers);
    const answers = [await make(hook), await make(hook), await make(hook)];
    expect(new Set(answers.map(({ status, raw }) => `${status} ${raw}`)).size).toBe(1);
    expect(answers[0]?.body.secret).toMatch(/^whsec_/);
    expect((await make({ ...hook, disabled: true })).status).toBe(422);
    // Another key of the same organization, who knows the idempotency key and all of the body.
    const other = await clientFor(system, 'acme');
    const stolen = await other(`POST ${hooks}`, hook, headers);
    expect([stolen.status, String(stolen.raw).includes('whsec_')]).toEqual([422, false]);
    expect(await does(`GET ${hooks}`)).toHaveLength(1);
  });

  it('of twenty who want its name at once belongs to one', async () => {
    const { ask, does } = await given();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(`POST ${hooks}`, hook)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(19).fill(409)]);
    expect(await does(`GET ${hooks}`)).toHaveLength(1);
  });

  it('is one of at most twenty', async () => {
    const { ask, does, listen } = await given();
    for (let at = 0; at < 20; at += 1) await listen({ id: `hook-${at}` });
    expect((await ask(`POST ${hooks}`, hook)).status).toBe(400);
    await does(`DELETE ${hooks}/hook-7`);
    await listen();
  });

  it('goes with all others at once', async () => {
    const { does, listen } = await given();
    await does(`DELETE ${app}/jobs`);
    for (let at = 0; at < 3; at += 1) await listen({ id: `hook-${at}` });
    await does(`DELETE ${app}/jobs`);
    expect(await does(`GET ${hooks}`)).toEqual([]);
    await listen({ id: 'hook-1' });
    expect(await does(`GET ${hooks}`)).toHaveLength(1);
  });

  it('is told beforehand what it can listen to, and what it can say', async () => {
    const { does, listen } = await given();
    const events = await does('GET /orgs/acme/events');
    expect(events).toEqual([
      { scope: 'deployment', type: 'started', properties: expect.arrayContaining(['deploy_id', 'status']) },
      { scope: 'deployment', type: 'finished', properties: expect.arrayContaining(['deploy_id', 'status']) },
    ]);
    const { scope, type } = events[1];
    expect((await listen({ triggers: [{ scope, type }] })).triggers).toEqual([finished]);
  });

  it('goes with its application', async () => {
    const { world, does, listen } = await given();
    await listen();
    const removed: string[] = [];
    const { remove } = world.catalog;
    Object.assign(world.catalog, {
      remove: (entry: Parameters<typeof remove>[0]) => {
        removed.push(entry.id);
        return remove(entry);
      },
    });
    await does(`DELETE ${app}`);
    expect(removed).toContain('my-hook');
  });

  it('is for who may see it and who may change it', async () => {
    const { system, listen } = await given();
    await listen();
    const reader = await clientFor(system, 'acme', 'webhooks:read');
    expect((await reader(`GET ${hooks}/my-hook`)).status).toBe(200);
    for (const request of [`POST ${hooks}`, `PATCH ${hooks}/my-hook`])
      expect((await reader(request, hook)).status).toBe(403);
    expect((await reader(`DELETE ${hooks}/my-hook`)).status).toBe(403);
    const stranger = await clientFor(system, 'other');
    expect((await stranger(`GET ${hooks}/my-hook`)).status).toBe(404);
  });

  it.each<[string, object]>([
    ['nowhere', { url: null }],
    ['a private address', { url: 'https://10.0.0.1/' }],
    ['this machine', { url: 'https://127.0.0.1/' }],
    ['the metadata of a machine', { url: 'https://169.254.169.254/latest' }],
    ['another port', { url: 'https://hooks.example.com:8080' }],
    ['a place that everybody can listen in on', { url: 'http://hooks.example.com' }],
    ['a place with a password in its name', { url: 'https://ada:secret@hooks.example.com' }],
    ['an event that we never announce', { triggers: [{ scope: 'environment', type: 'created' }] }],
    ['a signature of its own', { headers: { 'Webhook-Signature': 'v1,x' } }],
    ['another host in its header', { headers: { Host: 'internal' } }],
    ['another length', { headers: { 'content-length': '0' } }],
    ['a second header in the first', { headers: { 'x-a': 'b\r\nx-c: d' } }],
    ['a header that is no text', { headers: { 'x-a': 1 } }],
    ['a header without a name', { headers: { '': 'x' } }],
    ['a secret that is short', { secret: 'whsec_c2hvcnQ=' }],
    ['a secret that is no base64', { secret: `whsec_${'!'.repeat(44)}` }],
    ['a name with a slash', { id: 'a/b' }],
    ['too much to say', { payload: { text: 'x'.repeat(17_000) } }],
  ])('that wants %s is refused', async (_, changes) => {
    const { ask, does } = await given();
    expect((await ask(`POST ${hooks}`, { ...hook, ...changes })).status).toBe(400);
    expect(await does(`GET ${hooks}`)).toEqual([]);
  });

  it('cannot be led astray later', async () => {
    const { ask, listen, show } = await given();
    await listen();
    expect((await ask(`PATCH ${hooks}/my-hook`, { url: 'https://[::1]/' })).status).toBe(400);
    expect((await ask(`PATCH ${hooks}/my-hook`, { id: 'other' })).status).toBe(400);
    expect((await show()).url).toBe(hook.url);
  });
});

describe('a deployment', () => {
  it('is announced when it starts and when it has finished, to whoever listens', async () => {
    const { deploy, deliverAll, listen, receivers } = await given();
    await listen();
    await listen({ id: 'second', triggers: [finished] });
    await listen({ id: 'third', disabled: true });
    const { id, created_at, created_by } = await deploy('web');
    await deliverAll();
    const common = {
      triggered_at: created_at,
      triggered_by: created_by,
      org_id: 'acme',
      app_id: 'shop',
      env_id: 'development',
      deploy_id: id,
    };
    const bodies = receivers.received().map(bodyOf);
    const byEvent = (event: string) => bodies.filter((body) => body.event === event);
    expect(byEvent('deployment.started')).toEqual([
      { event: 'deployment.started', status: 'in progress', ...common },
    ]);
    expect(byEvent('deployment.finished')).toEqual(
      Array(2).fill({ event: 'deployment.finished', status: 'succeeded', ...common }),
    );
  });

  it('costs no call where nobody has ever listened', async () => {
    const { system, ask } = await given();
    await ask(`POST ${env}/deploys`, {});
    expect([system.count('notices'), system.count('catalog', 'loadMany')]).toEqual([0, 0]);
  });

  it('costs no message where nobody listens any more', async () => {
    const { does, deploy, listen, notices } = await given();
    await listen({ disabled: true });
    await deploy('web');
    await does(`PATCH ${hooks}/my-hook`, { disabled: false });
    await does(`DELETE ${hooks}/my-hook`);
    await deploy('api');
    expect(notices.waiting()).toEqual([]);
  });

  it('is told of in the owner’s words', async () => {
    const { deploy, deliverAll, listen, receivers, does } = await given();
    await listen({
      url: 'hooks.example.com/a',
      triggers: [started],
      headers: { 'X-Team': '${app_id}' },
      payload: {
        text: '${event}: ${deploy_id} by ${triggered_by}',
        nested: [{ env: '${env_id}', known: true, count: 3, nothing: null }],
        unknown: '${nonsense} ${toString} $${status} ${status',
        '${app_id}': 'keys stay',
      },
    });
    const { id, created_by, set_id, delta_id } = await deploy('web');
    await deliverAll();
    const [letter] = receivers.received();
    expect(letter?.url).toBe('hooks.example.com/a');
    expect(letter?.headers).toMatchObject({ 'X-Team': '${app_id}', 'content-type': 'application/json' });
    expect(letter && bodyOf(letter)).toEqual({
      text: `deployment.started: ${id} by ${created_by}`,
      nested: [{ env: 'development', known: true, count: 3, nothing: null }],
      unknown: '${nonsense} ${toString} $in progress ${status',
      '${app_id}': 'keys stay',
    });
    await does(`PATCH ${hooks}/my-hook`, { payload: { d: '${delta_id}', s: '${set_id}', c: '${comment}' } });
    const again = await does(`POST ${env}/deploys`, { set_id, comment: 'a "quoted" ${env_id}' });
    await deliverAll();
    expect(delta_id).toBeDefined();
    expect(receivers.received().map(bodyOf).at(-1)).toEqual({
      d: '',
      s: again.set_id,
      c: 'a "quoted" ${env_id}',
    });
  });
});

describe('a message', () => {
  it('is proven to be ours, by the library that receivers use', async () => {
    const { clock, deploy, deliverAll, listen, receivers } = await given();
    const { secret } = await listen({ triggers: [started] });
    await deploy('web');
    await deliverAll();
    const [letter] = receivers.received();
    if (letter === undefined) throw new Error('nothing was sent');
    atTimeOf(clock);
    const verify = (by: string, body = letter.body) => new Webhook(by).verify(body, { ...letter.headers });
    expect(verify(secret)).toMatchObject({ event: 'deployment.started' });
    expect(() => verify(secret, letter.body.replace('shop', 'stop'))).toThrow('No matching signature');
    expect(() => verify(`whsec_${Buffer.alloc(32).toString('base64')}`)).toThrow('No matching signature');
  });

  it('is signed with the secret that the owner brings, which nobody is told', async () => {
    const { clock, ask, deploy, deliverAll, does, listen, receivers } = await given();
    const first = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
    const second = `whsec_${Buffer.alloc(64, 2).toString('base64')}`;
    expect(await listen({ secret: first })).not.toHaveProperty('secret');
    await does(`PATCH ${hooks}/my-hook`, { secret: second });
    await deploy('web');
    await deliverAll();
    const [letter] = receivers.received();
    atTimeOf(clock);
    expect(new Webhook(second).verify(letter?.body ?? '', { ...letter?.headers })).toBeDefined();
    const told = [
      await ask(`GET ${hooks}`),
      await ask(`GET ${hooks}/my-hook`),
      await ask(`PATCH ${hooks}/my-hook`, {}),
      await ask(`GET ${app}`),
    ];
    expect(told.map(({ raw }) => String(raw)).join('')).not.toContain('whsec_');
    expect(
      receivers
        .received()
        .map((each) => JSON.stringify(each))
        .join(''),
    ).not.toContain('whsec_');
  });

  it('that is sent again is the same event, and no other is', async () => {
    const { deploy, deliverAll, listen, receivers } = await given();
    await listen();
    await listen({ id: 'second' });
    receivers.answerWith(answers({ status: 500 }, { status: 500 }));
    await deploy('web');
    await deploy('api');
    await deliverAll();
    const letters = receivers.received();
    expect(letters).toHaveLength(2 * 2 * 2 + 2);
    expect(new Set(letters.map(eventOf)).size).toBe(2 * 2 * 2);
    expect(letters.map(eventOf).every((id) => /^evt_[0-9a-z]{16}$/.test(id ?? ''))).toBe(true);
  });

  it('that comes twice from the queue is the same event twice', async () => {
    const { clock, deploy, listen, notices, receivers, take } = await given();
    await listen({ triggers: [started] });
    await deploy('web');
    clock.pass(1000);
    const [message] = notices.waiting();
    if (message === undefined) throw new Error('nothing was announced');
    await take(message);
    await take(message);
    const [one, two] = receivers.received();
    expect([one && eventOf(one), one?.body]).toEqual([two && eventOf(two), two?.body]);
  });

  it('holds ids, and nothing that would be worth reading', async () => {
    const { deploy, listen, notices } = await given();
    await listen({ triggers: [started], headers: { authorization: 'Bearer token' }, payload: { a: 'b' } });
    const { id } = await deploy('web');
    expect(notices.waiting()).toEqual([
      {
        delayMs: 1000,
        notice: {
          organization: 'acme',
          app: expect.stringMatching(/^[0-9a-z]{16}$/),
          webhook: 'my-hook',
          event: expect.stringMatching(/^evt_/),
          deployment: id,
          type: 'deployment_started',
          attempt: 1,
          announcedAt: expect.any(Number),
          due: expect.any(Number),
        },
      },
    ]);
  });
});

describe('a receiver', () => {
  const minutes = (times: readonly number[]) =>
    times.slice(1).map((at, index) => (at - (times[index] ?? 0)) / 60_000);

  it('that never takes it is tried eleven times in seventeen hours, and then the webhook says so', async () => {
    const { clock, deploy, deliverAll, listen, outcomes, receivers, show } = await given();
    const times: number[] = [];
    receivers.answerWith(() => {
      times.push(clock.now());
      return { status: 503 };
    });
    await listen({ triggers: [finished] });
    const { id } = await deploy('web');
    await deliverAll();
    expect(minutes(times)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
    expect(outcomes).toEqual([...Array(10).fill('retrying'), 'given_up']);
    const given_up = {
      event_id: receivers.received().map(eventOf)[0],
      event: 'deployment.finished',
      deploy_id: id,
      attempt: 11,
      at: expect.any(String),
      outcome: 'given_up',
      reason: 'status 503',
      next_attempt_at: null,
    };
    expect(await show()).toMatchObject({ last_delivery: given_up, last_given_up: given_up });
  });

  it('that takes it later is told once, and a failure of long ago stays visible', async () => {
    const { deploy, deliverAll, listen, outcomes, receivers, show } = await given();
    await listen({ triggers: [started] });
    receivers.answerWith(answers({ status: 410 }, { failure: 'timed out' }, { status: 301 }));
    await deploy('web');
    await deliverAll();
    await deploy('api');
    await deliverAll();
    expect(outcomes).toEqual(['given_up', 'retrying', 'retrying', 'delivered']);
    expect(await show()).toMatchObject({
      last_delivery: { outcome: 'delivered', attempt: 3, reason: null, next_attempt_at: null },
      last_given_up: { outcome: 'given_up', attempt: 1, reason: 'status 410' },
    });
  });

  it('that has not taken it yet is shown with the time of the next attempt', async () => {
    const { clock, deploy, listen, notices, receivers, show, take } = await given();
    await listen({ triggers: [started] });
    receivers.answerWith(() => ({ failure: 'name not found' }));
    await deploy('web');
    clock.pass(1000);
    const [message] = notices.waiting();
    if (message !== undefined) await take(message);
    const next = new Date(clock.now() + 60_000).toISOString();
    expect((await show()).last_delivery).toMatchObject({
      outcome: 'retrying',
      reason: 'name not found',
      next_attempt_at: next,
    });
  });

  it.each<[string, Posted, string]>([
    ['lies where nobody may be', { failure: 'address not allowed' }, 'address not allowed'],
    ['is gone', { status: 410 }, 'status 410'],
  ])('that %s is not tried again', async (_, posted, reason) => {
    const { deploy, deliverAll, listen, outcomes, receivers, show } = await given();
    await listen({ triggers: [started] });
    receivers.answerWith(() => posted);
    await deploy('web');
    await deliverAll();
    expect(outcomes).toEqual(['given_up']);
    expect((await show()).last_given_up.reason).toBe(reason);
  });

  it('is not told what would be longer than it can be asked to read', async () => {
    const { deliverAll, does, listen, receivers, show } = await given();
    await listen({ triggers: [started], payload: { text: '${comment}'.repeat(100) } });
    await does(`POST ${env}/deploys`, { comment: 'x'.repeat(9_000) });
    await deliverAll();
    expect(receivers.received()).toEqual([]);
    expect((await show()).last_given_up.reason).toContain('longer than');
  });

  it('of a webhook that was disabled, deleted or made anew meanwhile is not told what the old one was to be', async () => {
    const { deploy, deliverAll, does, listen, outcomes, receivers } = await given();
    await listen({ triggers: [started] });
    await deploy('web');
    await does(`PATCH ${hooks}/my-hook`, { disabled: true });
    await deliverAll();
    await does(`PATCH ${hooks}/my-hook`, { disabled: false });
    await deploy('api');
    await does(`DELETE ${hooks}/my-hook`);
    await deliverAll();
    await listen({ triggers: [started] });
    await deploy('shop');
    await does(`DELETE ${hooks}/my-hook`);
    await listen({ triggers: [started] });
    await deliverAll();
    expect([outcomes, receivers.received()]).toEqual([['dropped', 'dropped', 'dropped'], []]);
  });
});

describe('we, dying', () => {
  it('before the save announce what is never true, and nobody is told', async () => {
    const { system, ask, delta, deliverAll, listen, outcomes, receivers, does } = await given();
    await listen();
    const delta_id = await delta({ add: { web: moduleOf('image:1') } });
    system.setFault(({ port, method, args }, moment) => {
      const [entry] = args as [{ readonly kind?: string }];
      if (port === 'catalog' && method === 'save' && moment === 'before' && entry.kind?.includes('_env@'))
        throw new Error('out of power');
    });
    await expect(ask(`POST ${env}/deploys`, { delta_id })).rejects.toThrow('out of power');
    system.setFault(undefined);
    expect(await does(`GET ${env}/deploys`)).toEqual([]);
    await deliverAll();
    expect(receivers.received()).toEqual([]);
    expect(outcomes.slice(-2)).toEqual(['dropped', 'dropped']);
    expect(outcomes.slice(0, -2).every((outcome) => outcome === 'unseen')).toBe(true);
  });

  it('right after the save have announced it already', async () => {
    const { system, ask, deliverAll, listen, receivers, does } = await given();
    await listen();
    system.setFault(({ port, method, args }, moment) => {
      const [entry] = args as [{ readonly kind?: string }];
      if (port === 'catalog' && method === 'save' && moment === 'after' && entry.kind?.includes('_env@'))
        throw new Error('out of power');
    });
    await expect(ask(`POST ${env}/deploys`, {})).rejects.toThrow('out of power');
    system.setFault(undefined);
    const [{ id }] = await does(`GET ${env}/deploys`);
    await deliverAll();
    expect(receivers.received().map((letter) => bodyOf(letter).deploy_id)).toEqual([id, id]);
  });

  it('at any call of a delivery repeat it at worst', async () => {
    for (let death = 1; ; death += 1) {
      const { system, clock, deploy, listen, notices, receivers, show, take, deliverAll } = await given();
      await listen({ triggers: [started] });
      await deploy('web');
      receivers.answerWith(answers({ status: 500 }));
      clock.pass(1000);
      const [message] = notices.waiting();
      if (message === undefined) throw new Error('nothing was announced');
      notices.take();
      let calls = 0;
      let died = false;
      system.setFault((_, moment) => {
        if (moment === 'before') calls += 1;
        if (calls !== death || died) return;
        died = true;
        throw new Error('out of power');
      });
      await take(message).catch(() => undefined);
      system.setFault(undefined);
      if (!died) return;
      // SQS brings it again.
      await take(message);
      await deliverAll();
      expect((await show()).last_delivery.outcome, `death ${death}`).toBe('delivered');
      expect(new Set(receivers.received().map(eventOf)).size).toBe(1);
    }
  });
});
