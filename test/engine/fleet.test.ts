// A rollout reaches a fleet: all at once or in waves, around things that are offline, and back again when it fails.

import { describe, expect, it } from 'vitest';
import { headOf } from '#domain/slot';
import { haltRollouts } from '#engine/fleet/halt-rollouts';
import { leaveGroup } from '#engine/fleet/membership';
import { sealNextPage } from '#engine/fleet/seal-fleet';
import { beginRollout } from '#engine/fleet/start-rollout';
import type { FanOutMessage } from '#engine/ports';
import { retireThing } from '#engine/retire-thing';
import { nothing } from '#engine/seal';
import { type SmallFleet, smallFleet } from '#test/support/small-fleet';

const states = async (fleet: SmallFleet, id: string) => {
  const tally: Record<string, number> = {};
  for (const { mark } of await fleet.deliveriesOf(id))
    tally[mark?.state ?? 'waits'] = (tally[mark?.state ?? 'waits'] ?? 0) + 1;
  return tally;
};

const has = async (fleet: SmallFleet, thing: string): Promise<string | undefined> => {
  const slot = await fleet.world.slots.load({ thing, channel: 'environment' });
  return slot && headOf(slot)?.revision;
};

const exposedTo = async (fleet: SmallFleet, content: string): Promise<number> => {
  const revision = await fleet.revisionOf(content);
  return [...fleet.shown.values()].filter((seen) => seen.includes(revision)).length;
};

describe('all at once', () => {
  it('succeeds when everybody that was reachable has applied it', async () => {
    const fleet = await smallFleet({ things: 7 });
    await fleet.start('one');
    await fleet.run(5);
    expect(await fleet.see('one')).toMatchObject({
      phase: 'ending',
      total: 7,
      reachable: 7,
      end: { status: 'succeeded', failure: null },
      counts: { applied: 7, failed: 0, withdrawn: 0, offline: 0, outstanding: 0 },
    });
    await fleet.run(10);
    expect((await fleet.see('one')).phase).toBe('over');
    expect(await states(fleet, 'one')).toEqual({ applied: 7 });
    expect(fleet.system.fanOut.waiting()).toEqual([]);
  });

  it('does not wait for those that are offline, which catch up later', async () => {
    const fleet = await smallFleet({ things: 5, offline: 2 });
    await fleet.start('one');
    await fleet.run(20);
    expect(await fleet.see('one')).toMatchObject({
      phase: 'over',
      end: { status: 'succeeded' },
      counts: { applied: 3, offline: 2 },
    });
    for (const thing of fleet.things.slice(3)) await fleet.connect(thing);
    await fleet.run(3);
    expect(await states(fleet, 'one')).toEqual({ applied: 5 });
  });

  it('succeeds at once where there is nobody', async () => {
    const fleet = await smallFleet({ things: 0 });
    await fleet.start('one');
    await fleet.run(10);
    expect(await fleet.see('one')).toMatchObject({ phase: 'over', total: 0, end: { status: 'succeeded' } });
  });

  it('fails with the first failure, and calls back what was not confirmed', async () => {
    const fleet = await smallFleet({ things: 4 });
    const [bad = '', silent = ''] = fleet.things;
    fleet.conducts.set(bad, () => 'fails');
    fleet.conducts.set(silent, () => 'is silent');
    await fleet.start('one');
    await fleet.run(30);
    expect(await fleet.see('one')).toMatchObject({
      phase: 'over',
      end: { status: 'failed', failure: { code: 'too_many_failures' } },
    });
    expect(await states(fleet, 'one')).toEqual({ applied: 2, failed: 1, withdrawn: 1 });
    expect(fleet.system.targetOf(silent, 'environment').manifest).toBe(nothing);
  });

  it('fails when its deadline passes, and those that had not confirmed get what the group had before', async () => {
    const fleet = await smallFleet({ things: 3 });
    await fleet.start('one');
    await fleet.run(20);
    const [silent = ''] = fleet.things;
    fleet.conducts.set(silent, () => 'is silent');
    await fleet.start('two', { deadlineMs: 60_000 }, 'one');
    await fleet.run(90);
    expect(await fleet.see('two')).toMatchObject({
      phase: 'over',
      end: { status: 'failed', failure: { code: 'deadline_passed' } },
    });
    expect(await has(fleet, silent)).toBe(await fleet.revisionOf('one'));
    expect(await states(fleet, 'two')).toEqual({ applied: 2, withdrawn: 1 });
  });
});

describe('in waves', () => {
  const waves = [{ count: 2 }, { percent: 50 }];

  it('never exposes more things than the open wave says', async () => {
    const fleet = await smallFleet({ things: 10 });
    await fleet.start('one', { waves, bakeMs: 30_000 });
    const seen: number[] = [];
    for (let second = 0; second < 120; second += 1) {
      await fleet.run(1);
      seen.push(await exposedTo(fleet, 'one'));
      expect(seen.at(-1)).toBeLessThanOrEqual((await fleet.see('one')).exposed);
    }
    expect([...new Set(seen)].filter((count) => count > 0)).toEqual([2, 5, 10]);
    expect(await fleet.see('one')).toMatchObject({ phase: 'over', end: { status: 'succeeded' } });
  });

  it('stops in the first wave where that breaks too many', async () => {
    const fleet = await smallFleet({ things: 10 });
    for (const thing of fleet.things) fleet.conducts.set(thing, () => 'fails');
    await fleet.start('one', { waves, failuresMax: { percent: 10 } });
    await fleet.run(60);
    expect(await fleet.see('one')).toMatchObject({ phase: 'over', exposed: 2, end: { status: 'failed' } });
    expect(await exposedTo(fleet, 'one')).toBeLessThanOrEqual(2);
  });

  it('bears as many failures as it was told', async () => {
    const fleet = await smallFleet({ things: 20 });
    fleet.conducts.set(fleet.things[3] ?? '', () => 'fails');
    await fleet.start('one', { waves: [{ percent: 50 }], failuresMax: { count: 1 } });
    await fleet.run(60);
    expect(await fleet.see('one')).toMatchObject({
      end: { status: 'succeeded' },
      counts: { applied: 19, failed: 1 },
    });
  });

  it('goes no further while it is paused, and loses no time to it', async () => {
    const fleet = await smallFleet({ things: 10 });
    await fleet.start('one', { waves, bakeMs: 10_000, deadlineMs: 60_000 });
    await fleet.run(3);
    await fleet.change('one', 'pause');
    await fleet.run(600);
    expect(await fleet.see('one')).toMatchObject({ exposed: 2, end: null, hold: { for: 'decision' } });
    await fleet.change('one', 'resume');
    await fleet.run(55);
    expect(await fleet.see('one')).toMatchObject({ phase: 'over', end: { status: 'succeeded' } });
  });

  it('is over at once when a person cancels it', async () => {
    const fleet = await smallFleet({ things: 10 });
    await fleet.start('one', { waves, bakeMs: 10_000 });
    await fleet.run(3);
    await fleet.change('one', 'cancel');
    expect(await fleet.see('one')).toMatchObject({ end: { status: 'cancelled' } });
    await fleet.run(60);
    expect(await fleet.see('one')).toMatchObject({ phase: 'over', exposed: 2 });
    expect(fleet.ends).toContain('one cancelled');
  });

  it.each([
    ['an alarm that it named', 'motors-too-hot', { hold: { for: 'decision', by: 'alarm:motors-too-hot' } }],
    ['the stage’s alarm', 'users-are-hurt', { hold: { for: 'decision' } }],
    ['some other alarm', 'disk-full', { hold: null }],
  ])('stops, or not, for %s', async (_, alarm, expected) => {
    const fleet = await smallFleet({ things: 10 });
    await fleet.start('one', { waves, bakeMs: 60_000, alarms: ['motors-too-hot'] });
    await fleet.run(5);
    await haltRollouts(fleet.world)(alarm, 'users-are-hurt');
    expect(await fleet.see('one')).toMatchObject({ end: null, ...expected });
  });

  it('fails for an alarm, where it was asked to roll back', async () => {
    const fleet = await smallFleet({ things: 10 });
    await fleet.start('one', { waves, bakeMs: 60_000, alarms: ['motors-too-hot'], rollsBack: true });
    await fleet.run(5);
    await haltRollouts(fleet.world)('motors-too-hot', 'users-are-hurt');
    await fleet.run(30);
    expect(await fleet.see('one')).toMatchObject({
      phase: 'over',
      exposed: 2,
      end: { status: 'failed', failure: { code: 'alarm' } },
    });
  });
});

describe('things that come and go', () => {
  it('who joins while it rolls gets it when it has succeeded, and not before', async () => {
    const fleet = await smallFleet({ things: 4 });
    await fleet.start('one', { waves: [{ count: 1 }], bakeMs: 20_000 });
    await fleet.run(3);
    const late = await fleet.newThing('late');
    fleet.things.push(late);
    await fleet.join(late);
    await fleet.run(10);
    expect(await has(fleet, late)).toBeUndefined();
    await fleet.run(60);
    expect(await has(fleet, late)).toBe(await fleet.revisionOf('one'));
    expect(await fleet.see('one')).toMatchObject({ total: 4, end: { status: 'succeeded' } });
  });

  it('who joins later gets what succeeded last', async () => {
    const fleet = await smallFleet({ things: 1 });
    await fleet.start('one');
    await fleet.run(20);
    const { revision, generation } = await fleet.see('one');
    const late = await fleet.newThing('late');
    fleet.things.push(late);
    const own = { id: 'one', revision, generation, about: {} };
    await fleet.join(late, own);
    await fleet.join(late, own);
    await fleet.run(3);
    expect(fleet.shown.get(late)).toEqual([revision]);
  });

  it('who leaves, or is retired, is not waited for', async () => {
    const fleet = await smallFleet({ things: 4 });
    const [leaver = '', retired = ''] = fleet.things;
    fleet.conducts.set(leaver, () => 'is silent');
    fleet.conducts.set(retired, () => 'is silent');
    await fleet.start('one');
    await fleet.run(3);
    await leaveGroup(fleet.world)(fleet.which(leaver));
    await retireThing(fleet.world)({ organization: 'acme', name: retired });
    await fleet.run(60);
    expect(await fleet.see('one')).toMatchObject({
      end: { status: 'succeeded' },
      counts: { applied: 2, withdrawn: 2 },
    });
    const members = await fleet.world.members.page({ organization: 'acme', group: 'line 1' }, null, 10);
    expect(members.map(({ thing }) => thing)).toEqual(fleet.things.slice(2).toSorted());
  });

  it('who comes back after weeks gets the newest that succeeded, and nothing older', async () => {
    const fleet = await smallFleet({ things: 3, offline: 1 });
    const away = fleet.things[2] ?? '';
    for (const id of ['one', 'two']) {
      await fleet.start(id);
      await fleet.run(20);
    }
    fleet.conducts.set(fleet.things[0] ?? '', () => 'fails');
    await fleet.start('three', {}, 'two');
    await fleet.run(60);
    expect(await fleet.see('three')).toMatchObject({ phase: 'over', end: { status: 'failed' } });
    await fleet.connect(away);
    await fleet.run(3);
    expect(fleet.shown.get(away)).toEqual([await fleet.revisionOf('two')]);
  });
});

describe('who takes part', () => {
  it('is decided once: a worker that has slept does not write down another list after one has left', async () => {
    const fleet = await smallFleet({ things: 4 });
    await fleet.reserve('one');
    await beginRollout(fleet.world)('one');
    const asleep = await fleet.see('one');
    await fleet.run(3);
    const listed = await fleet.deliveriesOf('one');
    expect(listed).toHaveLength(4);
    await leaveGroup(fleet.world)(fleet.which(listed[0]?.thing ?? ''));
    await sealNextPage(fleet.world)(asleep);
    expect((await fleet.deliveriesOf('one')).map(({ thing }) => thing)).toEqual(
      listed.map(({ thing }) => thing),
    );
  });
});

describe('what is lost is found', () => {
  it('begins although the request that named it died', async () => {
    const fleet = await smallFleet({ things: 3 });
    await fleet.reserve('one');
    await fleet.run(60);
    expect((await fleet.see('one')).phase).toBe('reserved');
    await fleet.sweep();
    await fleet.run(60);
    expect(await fleet.see('one')).toMatchObject({ phase: 'over', end: { status: 'succeeded' } });
  });

  it('is dropped if nobody ever names it', async () => {
    const fleet = await smallFleet({ things: 3 });
    Object.assign(fleet.owner, { stands: async () => false });
    await fleet.reserve('one');
    for (let minute = 0; minute < 12; minute += 1) {
      await fleet.sweep();
      await fleet.run(60);
    }
    expect(await fleet.see('one')).toMatchObject({ phase: 'over', end: { status: 'cancelled' } });
    expect(await exposedTo(fleet, 'one')).toBe(0);
  });

  it('goes on although every message was lost', async () => {
    const fleet = await smallFleet({ things: 3 });
    await fleet.start('one');
    for (let minute = 0; minute < 10; minute += 1) {
      while (fleet.system.fanOut.waiting().length > 0) {
        fleet.clock.pass(60_000);
        fleet.system.fanOut.take();
      }
      await fleet.sweep();
      await fleet.run(60);
    }
    expect(await fleet.see('one')).toMatchObject({ phase: 'over', end: { status: 'succeeded' } });
  });

  it('goes on although each of its messages is later than the sweep that makes up for it', async () => {
    const fleet = await smallFleet({ things: 3 });
    await fleet.start('one');
    let late: FanOutMessage[] = [];
    for (let minute = 0; minute < 20; minute += 1) {
      fleet.clock.pass(60_000);
      await fleet.sweep();
      const taken = late;
      late = [];
      for (const message of taken) await fleet.take(message);
      // A look that is sent now is taken in a minute, after the next sweep; everybody else is in time.
      for (let sent = fleet.system.fanOut.take(); sent !== undefined; sent = fleet.system.fanOut.take())
        if (sent.shard === undefined) late.push(sent);
        else await fleet.take(sent);
      await fleet.run(1);
    }
    expect(await fleet.see('one')).toMatchObject({ phase: 'over', end: { status: 'succeeded' } });
  });

  it('counts things whose marks were lost', async () => {
    const fleet = await smallFleet({ things: 3 });
    fleet.system.setFault(({ port, method }) => {
      if (port === 'deliveries' && method === 'mark' && fleet.clock.now() < lostUntil)
        throw new Error('The mark is lost.');
    });
    const lostUntil = fleet.clock.now() + 30_000;
    await fleet.start('one');
    await fleet.run(120);
    expect(await fleet.see('one')).toMatchObject({
      end: { status: 'succeeded' },
      counts: { applied: 3 },
    });
  });
});
