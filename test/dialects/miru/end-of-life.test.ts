// The end of a device: renewed, revoked, decommissioned; and what becomes of its deployments.
import { describe, expect, it } from 'vitest';
import { isRefusal } from '#domain/refusal';
import { activateThing } from '#engine/activate-thing';
import { givenFleet } from './given.ts';

const givenActivated = async () => {
  const fleet = await givenFleet();
  const { system, ask, device } = fleet;
  const activate = async (csr: string, keepsFiles = false) => {
    const { body } = await ask(`POST /beta/devices/${device}/activation_token`, { allow_reactivation: true });
    const activated = await activateThing(system.world)({ token: body.token, csr, keepsFiles });
    if (isRefusal(activated)) throw new Error(activated.message);
  };
  await activate('first key');
  const active = () =>
    system.certificates.issued().flatMap(({ csr, active: isActive }) => (isActive ? [csr] : []));
  return { ...fleet, activate, active };
};

describe('a device that is activated again', () => {
  it('has one certificate that works: the new one', async () => {
    const { activate, active } = await givenActivated();
    await activate('second key');
    expect(active()).toEqual(['second key']);
  });

  it('starts from nothing, and gets everything again', async () => {
    const { system, activate, deploy, statusOf, thing } = await givenActivated();
    const id = await deploy(1);
    await system.settle(thing);
    const before = system.targetOf(thing).seq;
    await activate('second key');
    expect(await statusOf(id)).toBe('queued');
    await system.settle(thing);
    expect(await statusOf(id)).toBe('deployed');
    expect(system.targetOf(thing).seq).toBeGreaterThan(before);
  });

  it('keeps what it has when it only renews its certificate', async () => {
    const { system, activate, active, deploy, statusOf, thing } = await givenActivated();
    const id = await deploy(1);
    await system.settle(thing);
    await activate('second key', true);
    expect([await statusOf(id), active()]).toEqual(['deployed', ['second key']]);
  });
});

describe('a device that was stolen', () => {
  it('is cut off; what is outstanding waits until it is activated again, and is sent again then', async () => {
    const { system, activate, active, ask, deploy, device, statusOf, thing } = await givenActivated();
    const id = await deploy(1);
    await system.settle(thing);
    const { status } = await ask(`POST /beta/devices/${device}/revoke`);
    expect([status, active()]).toEqual([200, []]);
    expect((await ask(`GET /beta/devices/${device}`)).body.status).toBe('inactive');
    const next = await deploy(2);
    expect([await statusOf(id), await statusOf(next)]).toEqual(['deployed', 'queued']);
    await activate('a new machine');
    await system.settle(thing);
    expect([await statusOf(id), await statusOf(next)]).toEqual(['archived', 'deployed']);
  });
});

describe('a device that is decommissioned', () => {
  it('is not there any more, its certificate is off, its deployments are archived, and its name is free', async () => {
    const { ask, active, deploy, device, made, statusOf, system, thing } = await givenActivated();
    const confirmed = await deploy(1);
    await system.settle(thing);
    const outstanding = await deploy(2);
    expect((await ask(`DELETE /beta/devices/${device}`)).status).toBe(200);
    expect(active()).toEqual([]);
    expect((await ask(`GET /beta/devices/${device}`)).status).toBe(404);
    expect((await ask('GET /beta/devices')).body.data).toEqual([]);
    expect([await statusOf(confirmed), await statusOf(outstanding)]).toEqual(['archived', 'archived']);
    expect(await made('POST /beta/devices', { name: 'robot-7' })).not.toBe(device);
    expect((await ask(`DELETE /beta/devices/${device}`)).status).toBe(200);
  });

  it('gets nothing more, whatever was on its way when it went', async () => {
    const { system, ask, deploy, deployment, device, statusOf, thing } = await givenActivated();
    await deploy(1);
    // A request that looked at the device before it was gone, and saves its slot after.
    const body = await deployment(2);
    system.setFault(async (call, moment) => {
      if (call.port !== 'slots' || call.method !== 'save' || moment !== 'before') return;
      system.setFault(undefined);
      await ask(`DELETE /beta/devices/${device}`);
    });
    const late = await ask('POST /beta/deployments', body);
    expect(late.status).toBe(200);
    for (let minutes = 0; minutes < 3; minutes += 1) {
      await system.carryOutAll();
      system.clock.pass(2 * 60_000);
      await system.sweep();
    }
    await system.carryOutAll();
    expect(await statusOf(late.body.id)).toBe('archived');
    expect(await system.world.slots.load({ thing, channel: 'release' })).toMatchObject({
      live: [],
      target: null,
    });
  });
});

describe('a ping', () => {
  it('is answered with its round trip, or times out', async () => {
    const { system, ask, device, thing } = await givenActivated();
    const asked = `POST /beta/devices/${device}/ping`;
    expect((await ask(asked, { timeout_nanos: 1_000_000_000 })).body).toEqual({ code: 'timeout' });
    const stop = system.publisher.onPublish(({ topic, payload }) => {
      const { ping } = JSON.parse(Buffer.from(payload).toString());
      expect(topic).toBe(`shadowcast/${thing}/ping`);
      void system.world.pongs.add(thing, ping, system.clock.now() + 20);
    });
    expect((await ask(asked, '')).body).toEqual({ code: 'success', round_trip_nanos: 20_000_000 });
    stop();
  });

  it('of more than ten seconds is refused', async () => {
    const { ask, device } = await givenActivated();
    expect((await ask(`POST /beta/devices/${device}/ping`, { timeout_nanos: 10_000_000_001 })).status).toBe(
      400,
    );
  });
});
