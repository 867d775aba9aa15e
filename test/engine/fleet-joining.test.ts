// Things that come into a group, or leave it, in the very moment in which its rollout begins, goes on or ends.
import { describe, expect, it } from 'vitest';
import { headOf } from '#domain/slot';
import { deployPart, giftId } from '#engine/fleet/deploy-part';
import { joinGroup, leaveGroup } from '#engine/fleet/membership';
import type { Delivery } from '#engine/ports';
import { type SmallFleet, smallFleet } from '#test/support/small-fleet';

const channel = 'environment';

const headOn = async ({ world }: SmallFleet, thing: string) => {
  const slot = await world.slots.load({ thing, channel });
  return slot && headOf(slot)?.revision;
};

describe('a thing that comes into its group while a rollout is under way', () => {
  it('gets what that has brought, though its clock says that it was there before the list was written', async () => {
    const fleet = await smallFleet({ things: 1 });
    const newcomer = await fleet.newThing('newcomer');
    await fleet.start('one');
    await fleet.take({ organization: 'acme', rollout: 'one' });
    await fleet.join(newcomer);
    await fleet.run(40);
    expect((await fleet.see('one')).createdAt).toBe(fleet.clock.now() - 40_000);
    expect(await headOn(fleet, newcomer)).toBe(await fleet.revisionOf('one'));
  });

  it('gets it, though it stood in the list before it belonged, and was passed over', async () => {
    const fleet = await smallFleet({ things: 1 });
    const newcomer = await fleet.newThing('newcomer');
    await fleet.world.members.add(fleet.which(newcomer), {
      thing: newcomer,
      joinedAt: fleet.clock.now(),
    });
    await fleet.start('one');
    for (const message of [{}, { shard: 0 }])
      await fleet.take({ organization: 'acme', rollout: 'one', ...message });
    const marks = (await fleet.deliveriesOf('one')).map(({ thing, mark }) => [thing, mark?.state]);
    expect(Object.fromEntries(marks)[newcomer]).toBe('withdrawn');
    await fleet.join(newcomer);
    await fleet.run(40);
    expect(await headOn(fleet, newcomer)).toBe(await fleet.revisionOf('one'));
  });
});

describe('a thing that has left its group, is withdrawn, and comes back', () => {
  it('is called back, if a worker that had not heard of it has given it its part', async () => {
    const fleet = await smallFleet({ things: 1 });
    const [thing = ''] = fleet.things;
    fleet.conducts.set(thing, () => 'is silent');
    await fleet.start('one');
    await fleet.take({ organization: 'acme', rollout: 'one' });
    const [asItWas] = await fleet.deliveriesOf('one');
    await leaveGroup(fleet.world)(fleet.which(thing));
    await fleet.take({ organization: 'acme', rollout: 'one', shard: 0 });
    await fleet.join(thing);
    await deployPart(fleet.world)(await fleet.see('one'), asItWas as Delivery);
    expect(await headOn(fleet, thing)).toBe(await fleet.revisionOf('one'));
    await fleet.change('one', 'cancel');
    await fleet.run(40);
    expect(await headOn(fleet, thing)).toBeUndefined();
    const record = await fleet.world.records.load(thing, giftId(thing, 'part', 'one'));
    expect(record?.ended?.phase).toBe('archived');
  });
});

describe('what a group has', () => {
  it('is asked once a thing is in: what succeeds in between reaches it', async () => {
    const fleet = await smallFleet({ things: 1 });
    const newcomer = await fleet.newThing('newcomer');
    let wasIn: unknown;
    await joinGroup(fleet.world)(fleet.which(newcomer), async () => {
      wasIn = (await fleet.world.slots.load({ thing: newcomer, channel }))?.member?.group;
      return null;
    });
    expect(wasIn).toBe(fleet.which(newcomer).group);
  });
});

describe('a thing that could not apply it, and whose mark was lost', () => {
  it('is not told to have been called back, when nobody but its record knows any more', async () => {
    const fleet = await smallFleet({ things: 2 });
    const [thing = ''] = fleet.things;
    await fleet.start('zero');
    await fleet.run(20);
    const broken = await fleet.revisionOf('one');
    fleet.conducts.set(thing, (revision) => (revision === broken ? 'fails' : 'applies'));
    fleet.system.setFault(({ port, method }, moment) => {
      if (port === 'deliveries' && method === 'mark' && moment === 'before') throw new Error('died');
    });
    await fleet.start('one', { failuresMax: { count: 2 } }, 'zero');
    await fleet.run(3);
    fleet.system.setFault(undefined);
    await fleet.change('one', 'cancel');
    await fleet.run(40);
    const marks = (await fleet.deliveriesOf('one')).map((one) => [one.thing, one.mark?.state]);
    expect(Object.fromEntries(marks)[thing]).toBe('failed');
  });
});
