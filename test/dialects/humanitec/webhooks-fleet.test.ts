// Webhooks of an environment with devices: its deployment has finished when the devices have it, and not before.
import { expect, it } from 'vitest';
import { ownerOf } from '#dialects/humanitec/fleet/owner';
import { deliver } from '#dialects/humanitec/webhooks/deliver';
import type { SlotId } from '#domain/slot';
import { carryShard } from '#engine/fleet/carry-shard';
import { lookAtRollout } from '#engine/fleet/look-at-rollout';
import { app, env, givenApp } from './given.ts';

const given = async () => {
  const shop = await givenApp();
  const { system, does } = shop;
  const { world, clock, notices, fanOut, transitions, receivers } = system;
  await does(`PUT ${env}/devices/robot`);
  await does(`POST ${app}/webhooks`, { id: 'my-hook', url: 'https://hooks.example.com/' });

  /** What the webhooks worker does with all that waits now; what it sends on stays. */
  const deliverOnce = async (): Promise<void> => {
    clock.pass(1000);
    for (const _ of notices.waiting()) {
      const next = notices.take();
      if (next !== undefined) await deliver(world)(next.notice);
    }
  };

  const unhurried = () => 60_000;
  const rollOut = async (owner = ownerOf(world)): Promise<void> => {
    for (let next = fanOut.take(); next !== undefined; next = fanOut.take()) {
      const { rollout, shard } = next;
      if (shard === undefined) await lookAtRollout(world, owner)(rollout, unhurried);
      else await carryShard(world)(rollout, shard, unhurried);
    }
  };

  /** Whatever waits for the rollout, until the device’s shadow says what it shall have. */
  const shown = async (): Promise<SlotId> => {
    await rollOut();
    const [transition] = transitions.waiting();
    await system.carryOutAll();
    if (transition === undefined) throw new Error('nothing was sent to the device');
    return transition.slot;
  };

  const heard = () => receivers.received().map(({ body }) => JSON.parse(body));
  return { ...shop, clock, deliverOnce, rollOut, shown, heard };
};

it('a deployment to devices is announced when it starts, and its end when they have it', async () => {
  const { system, deploy, deliverOnce, rollOut, shown, heard, clock } = await given();
  const { id } = await deploy('web');
  await deliverOnce();
  expect(heard()).toEqual([expect.objectContaining({ event: 'deployment.started', deploy_id: id })]);
  const { thing, channel } = await shown();
  await deliverOnce();
  expect(heard()).toHaveLength(1);
  await system.report(thing, {}, channel);
  for (let look = 0; look < 10 && heard().length < 2; look += 1) {
    clock.pass(60_000);
    await rollOut();
    await deliverOnce();
  }
  expect(heard().at(-1)).toMatchObject({
    event: 'deployment.finished',
    deploy_id: id,
    status: 'succeeded',
  });
  expect(heard()).toHaveLength(2);
});

it('an end that is first seen by whoever starts the next deployment is announced by them', async () => {
  const { system, deploy, deliverOnce, rollOut, shown, heard, clock } = await given();
  const { id } = await deploy('web');
  const { thing, channel } = await shown();
  await system.report(thing, {}, channel);
  const dying = { ...ownerOf(system.world), ended: () => Promise.reject(new Error('out of power')) };
  let died = false;
  for (let look = 0; look < 10 && !died; look += 1) {
    clock.pass(60_000);
    await rollOut(dying).catch(() => {
      died = true;
    });
  }
  expect(died).toBe(true);
  const next = await deploy('api');
  await deliverOnce();
  const events = heard().map(({ event, deploy_id }) => [event, deploy_id]);
  expect(events.toSorted()).toEqual(
    [
      ['deployment.finished', id],
      ['deployment.started', id],
      ['deployment.started', next.id],
    ].toSorted(),
  );
});
