// No line holds what is nobody's to read there: marked secrets go in through every door and every worker, and no line shows one.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { device } from '#dialects/device/dialect';
import { heat } from '#dialects/heat/dialect';
import { humanitec } from '#dialects/humanitec/dialect';
import { createKey } from '#engine/keys';
import { givenHeat } from '../dialects/heat/given.ts';
import { app, env, givenApp } from '../dialects/humanitec/given.ts';
import { givenFleet } from '../dialects/miru/given.ts';
import { givenHouse } from './house.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const mark = 'secret-of-somebody';

const breakEverything = (house: ReturnType<typeof givenHouse>, ports: readonly string[]): void =>
  house.setFault(({ port }, moment) => {
    if (ports.includes(port) && moment === 'before')
      throw new SyntaxError(`Unexpected token in "${mark}"`, { cause: new Error('ECONNRESET') });
  });

const expectSilence = ({ texts }: ReturnType<typeof givenHouse>, ...secrets: readonly string[]): void => {
  expect(texts.length).toBeGreaterThan(0);
  const all = texts.join('\n');
  for (const secret of [mark, ...secrets]) {
    expect(secret.length).toBeGreaterThan(8);
    expect(all).not.toContain(secret);
  }
};

describe('the lines of', () => {
  it('Miru’s door hold neither keys nor tokens, names, contents or queries', async () => {
    const house = givenHouse();
    const { ask, device: id, instance, deploy } = await givenFleet(house);
    const { body: token } = await ask(`POST /beta/devices/${id}/activation_token`, {
      allow_reactivation: true,
    });
    await instance(`{ "speed": 1.0, "note": "${mark}" }`);
    await deploy(1, { description: mark });
    await ask('POST /beta/devices', { name: mark });
    await ask(`GET /beta/devices?name=${mark}`);
    await ask('POST /beta/devices', `{"name":"${mark}"`);
    await ask(`GET /beta/devices/${mark}/${mark}`);
    await ask('GET /beta/devices', undefined, { 'x-api-key': mark });
    breakEverything(house, ['things', 'slots', 'records']);
    await ask(`GET /beta/devices/${id}`);
    expectSilence(house, token.token);
    expect(house.lines().at(-1)).toMatchObject({ code: 'request.failed', level: 'ERROR' });
  });

  it('Humanitec’s door hold no values, secrets, webhook headers or comments', async () => {
    const house = givenHouse();
    const { ask, deploy } = await givenApp(house);
    await ask(`POST ${app}/values`, { key: 'DB', value: mark, is_secret: true, description: mark });
    await ask(`POST ${app}/webhooks`, {
      id: 'hook',
      url: `https://example.com/${mark}`,
      headers: { authorization: mark },
      payload: { token: mark },
      triggers: [{ scope: 'environment', type: 'deployment_started' }],
    });
    await deploy('module-of-somebody', `registry/${mark}`);
    await ask(`POST ${env}/deploys`, { delta_id: mark, comment: mark });
    breakEverything(house, ['catalog', 'contents']);
    await ask(`GET ${app}`);
    expectSilence(house, 'module-of-somebody');
  });

  it('Heat’s door hold no scripts, inputs, tokens or signatures', async () => {
    const house = givenHouse();
    const { ask, deployment, config, signalUrl } = await givenHeat('demo', house);
    const id = (
      await deployment({
        config_id: await config({ config: `#!/bin/sh\necho ${mark}\n`, inputs: [{ name: 'password' }] }),
        input_values: { password: mark },
      })
    ).id;
    const url = await signalUrl(id);
    const secretsOfUrl = [...new URLSearchParams(url.split('?')[1]).values()].filter(
      (one) => one.length > 16,
    );
    expect(secretsOfUrl.length).toBeGreaterThan(0);
    await house.clientOf(heat, {
      'content-type': 'application/json',
      host: 'heat.example',
    })(`POST ${url}`, { deploy_stdout: mark, deploy_status_code: 0 });
    await ask('POST /software_configs', { config: mark });
    breakEverything(house, ['records', 'slots', 'catalog', 'contents']);
    await ask(`GET /software_deployments/${id}`);
    expectSilence(house, ...secretsOfUrl);
  });

  it('the device door hold neither token nor CSR, nor what was signed', async () => {
    const house = givenHouse();
    const ask = house.clientOf(device, {});
    await ask('POST /device/activation', { token: `sat_0123456789abcdef_${mark}`, csr: mark });
    await ask('POST /device/activation', `{"token":"${mark}`);
    breakEverything(house, ['things']);
    await ask('POST /device/activation', { token: `sat_0123456789abcdef_${mark}`, csr: mark });
    expectSilence(house);
  });

  it('workers hold nothing of what a device says beyond its state', async () => {
    const house = givenHouse();
    const { deploy, thing } = await givenFleet(house);
    await deploy(1);
    await house.carryOutAll();
    await house.report(thing, { state: 'failed', error: { code: 'own', message: mark } });
    await house.hear({ kind: 'report', thing, channel: 'release', current: { [mark]: mark, seq: mark } });
    await house.hear(`{"thing":"${mark}`);
    await house.hear({ kind: 'result', thing, stdout: mark, outputs: { [mark]: mark } });
    await house.carryOutMessage({ v: 1, thing, channel: mark });
    await house.fetch({ thing, digest: mark, chunk: mark });
    breakEverything(house, ['slots', 'contents', 'shadows']);
    await house.report(thing);
    await house.carryOutMessage({ v: 1, thing, channel: 'release' });
    await house.fetch({ thing, digest: `sha256:${'0'.repeat(64)}`, chunk: 0 }).catch(() => undefined);
    await house.sweepAll();
    expectSilence(house);
  });

  it('webhooks, rollouts and alarms hold neither where they go nor what they say', async () => {
    const house = givenHouse();
    const { does } = await givenApp(house);
    const hook = { id: 'my-hook', url: `https://hooks.example.com/?token=${mark}` };
    const triggers = [{ scope: 'deployment', type: 'started' }];
    const { secret } = await does(`POST ${app}/webhooks`, {
      ...hook,
      triggers,
      headers: { authorization: mark },
    });
    await does(`POST ${env}/deploys`, { comment: mark });
    house.clock.pass(1000);
    const notice = { v: 1, ...house.notices.take()?.notice };
    house.receivers.answerWith(() => ({ status: 500 }));
    await house.deliver(notice);
    await house.deliver({ v: 2, organization: mark, event: { [mark]: mark } });
    await house.rollOut({ v: 2, rollout: { [mark]: mark } });
    await house
      .hearAlarm({ detail: { alarmName: 'x', state: { value: mark, reason: mark } } })
      .catch(() => 0);
    breakEverything(house, ['receivers', 'rollouts', 'catalog']);
    await house.deliver(notice);
    await house.rollOut({ v: 1, organization: 'acme', rollout: 'rollout-1' }, 5);
    const event = { detail: { alarmName: 'x', state: { value: 'ALARM', reason: mark } } };
    await house.hearAlarm(event).catch(() => 0);
    expectSilence(house, secret);
    const codes = new Set(house.lines().map(({ code }) => code));
    for (const code of ['webhook.retrying', 'webhook.later', 'rollout.later', 'alarm.failed'])
      expect(codes).toContain(code);
  });

  it('a caller without a good key hold nothing that it claims to be', async () => {
    const house = givenHouse();
    const { key } = await createKey(house.world)({ organization: 'acme', scopes: ['*'] });
    const ask = house.clientOf(humanitec, { authorization: `Bearer ${key}` });
    await ask('GET /orgs/acme/apps', undefined, { authorization: `Bearer ${mark}` });
    await ask('GET /orgs/acme/apps');
    expectSilence(house, key, key.split('_').at(-1) ?? '');
  });
});
