// The sweeper: finds by the clock alone what did not happen in time, says it once for each time, and rests while that would not help.
import { describe, expect, it } from 'vitest';
import { carryOut } from '#engine/carry-out';
import { changeSlot } from '#engine/change-slot';
import { giveUp, redrive } from '#engine/hand-over';
import { Unavailable } from '#engine/ports';
import { sweepOverdue } from '#engine/sweep-overdue';
import { dueShards } from '#operations/table';
import { days, type Given, givenThing, justBefore, minutes, nameOfThing } from './given.ts';

/** Things enough to stand in every shard, each with a deployment whose message was lost. */
const givenOverdue = async (count: number) => {
  const given = await givenThing();
  const things: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const thing = await nameOfThing(given.world, `robot-${100 + at}`);
    things.push(thing);
    await given.deploy(1, { slot: { thing, channel: 'release' }, items: [] });
  }
  while (given.system.transitions.take() !== undefined);
  given.system.clock.pass(1 * minutes);
  return { given, things };
};

const sentTo = ({ system }: Given): string[] => system.transitions.waiting().map(({ slot }) => slot.thing);

/** Poisoned: nothing that has to do with this thing works. */
const poison = (given: Given, ...things: readonly string[]): void =>
  given.system.setFault((call, at) => {
    const named = Object(call.args[0]).thing;
    if (at === 'before' && call.port === 'slots' && things.includes(named)) throw new Error('poisoned');
  });

describe('a sweep', () => {
  it('finds every overdue slot, in every shard, and sends each once', async () => {
    const { given, things } = await givenOverdue(40);
    expect(await given.system.sweep()).toEqual({ looked: 40, failed: [], rested: false });
    expect(sentTo(given).toSorted()).toEqual(things.toSorted());
    expect(await given.system.sweep()).toMatchObject({ looked: 0 });
    expect(sentTo(given)).toHaveLength(40);
  });

  it('finds nothing before its time', async () => {
    const given = await givenThing();
    await given.deploy(1);
    given.system.clock.pass(1 * minutes - 1);
    expect((await given.system.sweep()).looked).toBe(0);
    given.system.clock.pass(1);
    expect((await given.system.sweep()).looked).toBe(1);
  });

  it('at the same time as another sends nothing twice', async () => {
    const { given, things } = await givenOverdue(20);
    const swept = await Promise.all([given.system.sweep(), given.system.sweep(), given.system.sweep()]);
    expect(swept.reduce((sum, { looked }) => sum + looked, 0)).toBe(things.length);
    expect(sentTo(given)).toHaveLength(things.length);
  });

  it('finds nothing in what is staged, confirmed or over', async () => {
    const given = await givenThing();
    await given.deploy(1);
    await given.settle();
    await given.stage(2);
    given.system.clock.pass(365 * days);
    expect((await given.system.sweep()).looked).toBe(0);
  });

  it('that dies after it has looked and before it has sent is made up for by a later one', async () => {
    const { given, things } = await givenOverdue(1);
    given.system.setFault((call, at) => {
      if (call.port === 'transitions' && call.method === 'send' && at === 'before')
        throw new Unavailable('SQS');
    });
    expect((await given.system.sweep()).looked).toBe(1);
    given.system.setFault(undefined);
    expect(sentTo(given)).toEqual([]);
    given.system.clock.pass(2 * minutes);
    await given.system.sweep();
    expect(sentTo(given)).toEqual(things);
  });

  it('leaves a slot alone that somebody else has looked after since it was found', async () => {
    const { given } = await givenOverdue(1);
    const [due] = await Promise.all([given.system.sweep(), given.system.sweep()]);
    expect(due.looked).toBeLessThanOrEqual(1);
    expect(sentTo(given)).toHaveLength(1);
  });

  it('rests while the queue is long, and says so', async () => {
    const { given } = await givenOverdue(3);
    const long = { ...given.world, transitions: { ...given.world.transitions, backlog: async () => 10_001 } };
    expect(await sweepOverdue(long)()).toEqual({ looked: 0, failed: [], rested: true });
    expect(sentTo(given)).toEqual([]);
    const short = {
      ...given.world,
      transitions: { ...given.world.transitions, backlog: async () => 10_000 },
    };
    expect((await sweepOverdue(short)()).looked).toBe(3);
  });
});

describe('what cannot be looked at', () => {
  it('stays due, is named, and does not stop the others', async () => {
    const { given, things } = await givenOverdue(20);
    const [bad = '', ...good] = things;
    poison(given, bad);
    const swept = await given.system.sweep();
    expect(swept.looked).toBe(19);
    expect(swept.failed).toEqual([{ id: { thing: bad, channel: 'release' }, cause: expect.any(Error) }]);
    expect(sentTo(given).toSorted()).toEqual(good.toSorted());
    given.system.setFault(undefined);
    expect((await given.system.sweep()).looked).toBe(1);
    expect(sentTo(given)).toContain(bad);
  });

  it('does not stop the others, not even when it fills its shard', async () => {
    const { given, things } = await givenOverdue(0);
    const perShard = 200;
    const { shardOf } = await import('#adapters/shard');
    const inShard: string[] = [];
    for (let at = 0; inShard.length <= perShard; at += 1) {
      const thing = at.toString().padStart(16, '0');
      if (shardOf(thing, dueShards) === 0) inShard.push(thing);
    }
    for (const thing of inShard) {
      given.system.clock.pass(1);
      await given.deploy(1, { slot: { thing, channel: 'release' }, items: [] });
    }
    while (given.system.transitions.take() !== undefined);
    given.system.clock.pass(1 * minutes);
    poison(given, ...inShard.slice(0, perShard));
    for (let times = 0; times < 5; times += 1) await given.system.sweep();
    expect(things).toEqual([]);
    expect(sentTo(given)).toEqual(inShard.slice(perShard));
  });

  it('may be a whole shard: the others are swept all the same, and it is told which', async () => {
    const { given, things } = await givenOverdue(40);
    given.system.setFault((call, at) => {
      if (call.method === 'due' && call.args[0] === 0 && at === 'before') throw new Unavailable('DynamoDB');
    });
    const swept = await given.system.sweep();
    given.system.setFault(undefined);
    expect(swept.failed.length).toBeGreaterThan(0);
    expect(sentTo(given).length).toBeGreaterThan(things.length / 2);
    await given.system.sweep();
    expect(sentTo(given)).toHaveLength(things.length);
  });
});

describe('a slot that was handed over to an operator', () => {
  const givenHandedOver = async () => {
    const given = await givenThing();
    const id = await given.deploy(1);
    given.system.transitions.take();
    await giveUp(given.world)(given.slot);
    return { given, id };
  };

  it('is not sent by itself any more', async () => {
    const { given, id } = await givenHandedOver();
    given.system.clock.pass(30 * days);
    expect((await given.system.sweep()).looked).toBe(0);
    expect((await given.see(id))?.wait).toMatchObject({ for: 'operator', until: null });
  });

  it('is handed over once', async () => {
    const { given } = await givenHandedOver();
    expect(await giveUp(given.world)(given.slot)).toBe(false);
  });

  it('is sent once by a redrive, and a second redrive has no second effect', async () => {
    const { given, id } = await givenHandedOver();
    expect(await redrive(given.world)(given.slot)).toBe(true);
    expect(await redrive(given.world)(given.slot)).toBe(false);
    expect(sentTo(given)).toEqual([given.thing]);
    expect((await given.see(id))?.wait?.for).toBe('delivery');
  });

  it('is taken back by its message, which an operator has sent back from where it waited', async () => {
    const { given, id } = await givenHandedOver();
    expect(await carryOut(given.world)(given.slot)).toBe('taken back');
    expect(sentTo(given)).toEqual([given.thing]);
    await given.settle();
    expect(await given.phaseOf(id)).toBe('deployed');
  });

  it('is taken back by a newer deployment', async () => {
    const { given } = await givenHandedOver();
    const id = await given.deploy(2);
    await given.settle();
    expect(await given.phaseOf(id)).toBe('deployed');
  });

  it('still believes its thing when it answers', async () => {
    const { given, id } = await givenHandedOver();
    await given.system.carryOutAll();
    await redrive(given.world)(given.slot);
    await given.system.carryOutAll();
    await giveUp(given.world)(given.slot);
    await given.system.report(given.thing);
    expect(await given.phaseOf(id)).toBe('deployed');
  });

  it('fails at its deadline all the same', async () => {
    const given = await givenThing();
    const id = await given.deploy(1, { deadline: given.system.clock.now() + 1 * days });
    await giveUp(given.world)(given.slot);
    given.system.clock.pass(1 * days);
    expect((await given.system.sweep()).looked).toBe(1);
    expect(await given.phaseOf(id)).toBe('failed');
  });

  it('cannot be one in which nothing ever was', async () => {
    const given = await givenThing();
    expect(await giveUp(given.world)(given.slot)).toBe(false);
    expect(await redrive(given.world)(given.slot)).toBe(false);
    expect(await given.world.slots.load(given.slot)).toBeUndefined();
  });

  it('is not taken away from whoever changed it while it was being handed over', async () => {
    const given = await givenThing();
    await given.deploy(1);
    await given.system.carryOutAll();
    justBefore(given.system, 'slots.save', () => given.system.report(given.thing));
    expect(await giveUp(given.world)(given.slot)).toBe(false);
    expect((await given.world.slots.load(given.slot))?.waiting).toBeNull();
  });
});

describe('a look at a slot by hand', () => {
  it('before its time changes nothing', async () => {
    const given = await givenThing();
    await given.deploy(1);
    const answer = await changeSlot(given.world)({
      id: given.slot,
      organization: 'acme',
      event: { type: 'look' },
      by: 'engine',
    });
    expect(answer).toMatchObject({ changed: false });
  });
});
