// Two versions of one API, chosen by a header: what differs, and nothing else.
import { describe, expect, it } from 'vitest';
import { activateThing } from '#engine/activate-thing';
import { givenFleet } from './given.ts';

const rainier = { 'miru-version': '2026-05-06.rainier' };

describe('a deployment that is being taken off its device', () => {
  it('is deployed in tetons, which has no word for it, and removing in rainier', async () => {
    const { system, deploy, thing, ask } = await givenFleet();
    const id = await deploy(1);
    await system.settle(thing);
    await ask(`POST /beta/deployments/${id}/archive`);
    const statusIn = async (headers = {}) =>
      (await ask(`GET /beta/deployments/${id}`, undefined, headers)).body;
    expect(await statusIn()).toMatchObject({ status: 'deployed', activity_status: 'deployed' });
    expect(await statusIn(rainier)).toMatchObject({ status: 'removing', activity_status: 'removing' });
  });
});

describe('bringing in devices', () => {
  it('tetons has activation tokens, rainier has provisioning tokens, and neither has the other', async () => {
    const { ask, device } = await givenFleet();
    const activation = `POST /beta/devices/${device}/activation_token`;
    expect((await ask(activation, {})).status).toBe(200);
    expect((await ask(activation, {}, rainier)).status).toBe(404);
    expect((await ask('POST /beta/provisioning_tokens', undefined, rainier)).status).toBe(200);
    expect((await ask('POST /beta/provisioning_tokens')).status).toBe(404);
  });

  it('a provisioning token makes a device of whoever comes first with a key of its own', async () => {
    const { system, ask } = await givenFleet();
    const { body } = await ask('POST /beta/provisioning_tokens', undefined, rainier);
    const come = (csr: string) =>
      activateThing(system.world)({ token: body.token, csr, name: 'robot-8', keepsFiles: false });
    const first = await come('csr of the first');
    expect(first).toMatchObject({ thing: expect.any(String) });
    expect(await come('csr of the first')).toEqual(first);
    expect(await come('csr of another')).toMatchObject({ refused: 'activation_refused' });
    const { body: list } = await ask('GET /beta/devices?name=robot-8');
    expect(list.data).toEqual([expect.objectContaining({ name: 'robot-8', status: 'offline' })]);
  });

  it('a provisioning token is good for five minutes', async () => {
    const { system, ask } = await givenFleet();
    const { body } = await ask('POST /beta/provisioning_tokens', undefined, rainier);
    system.clock.pass(5 * 60_000 + 1);
    const late = await activateThing(system.world)({ token: body.token, csr: 'csr', keepsFiles: false });
    expect(late).toMatchObject({ refused: 'activation_refused' });
  });
});

describe('a device with what it has now', () => {
  const expand = 'expand=current_release&expand=current_deployment';

  it('is told in rainier: null before there is anything, then release and deployment', async () => {
    const { deploy, device, release, ask } = await givenFleet();
    const path = `GET /beta/devices/${device}?${expand}`;
    const before = await ask(path, undefined, rainier);
    expect(before.body).toMatchObject({ current_release: null, current_deployment: null });
    const id = await deploy(1);
    const after = await ask(path, undefined, rainier);
    expect(after.body).toMatchObject({ current_release: { id: release }, current_deployment: { id } });
  });

  it('is found by its current release in rainier', async () => {
    const { deploy, made, device, release, ask } = await givenFleet();
    await made('POST /beta/devices', { name: 'robot-8' });
    await deploy(1);
    const { body } = await ask(`GET /beta/devices?current_release_id=${release}`, undefined, rainier);
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual([device]);
  });

  it.each([expand, 'current_release_id=rls_1'])(
    'is refused in tetons, not silently left out: %s',
    async (query) => {
      const { ask } = await givenFleet();
      expect((await ask(`GET /beta/devices?${query}`)).status).toBe(400);
    },
  );
});

describe('an unknown version', () => {
  it('is 400 and names those that are known', async () => {
    const { ask } = await givenFleet();
    const { status, body } = await ask('GET /beta/devices', undefined, { 'miru-version': '2027-01-01.zion' });
    expect([status, body.error.params.known]).toEqual([400, ['2026-03-09.tetons', '2026-05-06.rainier']]);
  });
});
