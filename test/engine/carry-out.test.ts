// Carrying out: a message says only where to look, and what is done about it is read off the slot, the shadow and the thing.
import { describe, expect, it } from 'vitest';
import { carryOut } from '#engine/carry-out';
import { Unavailable } from '#engine/ports';
import { takePresence } from '#engine/take-presence';
import { takeReport } from '#engine/take-report';
import { failing, type Given, givenThing, hours, justBefore, minutes } from './given.ts';

const carry = ({ world, slot }: Given) => carryOut(world)(slot);

/** The first look of the sweeper has come and gone: somebody has said it before, and nobody has answered. */
const overdue = async (given: Given): Promise<void> => {
  given.system.clock.pass(1 * minutes);
  await given.system.sweep();
};

const connected = ({ world, system, thing }: Given, versionNumber = 1) =>
  takePresence(world)({ thing, eventType: 'connected', versionNumber, at: system.clock.now() });

describe('a slot with a new target', () => {
  it('is written to its shadow with one read of the slot before, one after, and nothing in the table', async () => {
    const given = await givenThing();
    const id = await given.deploy(1);
    const before = given.system.count('slots', 'save');
    expect(await carry(given)).toBe('written');
    expect(given.system.targetOf(given.thing).deployment).toBe(id);
    expect(given.system.count('slots', 'save')).toBe(before);
    expect(given.system.count('shadows', 'read')).toBe(0);
  });

  it('is written again by a message that comes twice, with the same words', async () => {
    const given = await givenThing();
    await given.deploy(1);
    await carry(given);
    await carry(given);
    const [first, second] = given.system.shadows.writes();
    expect(second).toEqual(first);
  });

  it('is written as it is by then, not as it was when the message was sent', async () => {
    const given = await givenThing();
    await given.deploy(1);
    const second = await given.deploy(2);
    await carry(given);
    expect(given.system.shadows.writes().map(({ target }) => target.deployment)).toEqual([second]);
  });

  it('that moves while it is written is written again, until both agree', async () => {
    const given = await givenThing();
    await given.deploy(1);
    let moves = 0;
    let last = '';
    given.system.setFault(async (call, at) => {
      if (at !== 'after' || call.port !== 'shadows' || moves === 3) return;
      moves += 1;
      last = await given.deploy(1 + moves);
    });
    expect(await carry(given)).toBe('written');
    expect(given.system.shadows.writes()).toHaveLength(4);
    expect(given.system.targetOf(given.thing).deployment).toBe(last);
  });

  it('that never stands still is left to the next message', async () => {
    const given = await givenThing();
    await given.deploy(1);
    let speed = 1;
    given.system.setFault(async (call, at) => {
      if (at !== 'after' || call.port !== 'shadows') return;
      speed += 1;
      await given.deploy(speed);
    });
    await expect(carry(given)).rejects.toThrow(Unavailable);
    expect(given.system.shadows.writes().length).toBeLessThanOrEqual(10);
  });
});

describe('a message about a slot in which there is nothing to do', () => {
  it('does nothing when nothing ever was in it', async () => {
    const given = await givenThing();
    expect(await carry(given)).toBe('nothing to do');
  });

  it('does nothing when only something staged is in it', async () => {
    const given = await givenThing();
    await given.stage(1);
    expect(await carry(given)).toBe('nothing to do');
    expect(given.system.shadows.writes()).toEqual([]);
  });

  it('does nothing when the thing has confirmed it', async () => {
    const given = await givenThing();
    await given.deploy(1);
    await given.settle();
    expect(await carry(given)).toBe('nothing to do');
    expect(given.system.shadows.writes()).toHaveLength(1);
  });
});

describe('a worker that dies', () => {
  it('before its write leaves it to the next delivery of its message', async () => {
    const given = await givenThing();
    const id = await given.deploy(1);
    given.system.setFault(failing('shadows.write', () => new Unavailable('IoT')));
    await expect(carry(given)).rejects.toThrow(Unavailable);
    given.system.setFault(undefined);
    await carry(given);
    expect(given.system.targetOf(given.thing).deployment).toBe(id);
  });

  it('after a late write leaves no old target behind, once its message has come again', async () => {
    const given = await givenThing();
    await given.deploy(1);
    let second = '';
    // It sleeps before its write; meanwhile a newer target is carried out and confirmed.
    justBefore(given.system, 'shadows.write', async () => {
      second = await given.deploy(2);
      await given.settle();
      given.system.setFault(failing('slots.load', () => new Error('died')));
    });
    await expect(carry(given)).rejects.toThrow('died');
    given.system.setFault(undefined);
    expect(await given.phaseOf(second)).toBe('deployed');
    await carry(given);
    expect(given.system.targetOf(given.thing).deployment).toBe(second);
  });
});

describe('a slot whose thing has not answered in time', () => {
  it('is healed by the report that lies in the shadow', async () => {
    const given = await givenThing();
    const id = await given.deploy(1);
    await given.system.carryOutAll();
    given.system.shadows.report(given.thing, 'release', given.system.wordOf(given.thing));
    await overdue(given);
    expect(await carry(given)).toBe('healed');
    expect(await given.phaseOf(id)).toBe('deployed');
    expect(given.system.shadows.writes()).toHaveLength(1);
  });

  it.each([
    ['of an older seq', { seq: 1 }],
    ['in words that are not in the protocol', { state: 'exploded' }],
    ['of another version', { v: 2 }],
  ])('is not healed by a report %s', async (_, word) => {
    const given = await givenThing();
    const id = await given.deploy(1);
    await given.system.carryOutAll();
    given.system.shadows.report(given.thing, 'release', { ...given.system.wordOf(given.thing), ...word });
    await overdue(given);
    expect(await carry(given)).toBe('thing offline');
    expect(await given.phaseOf(id)).toBe('queued');
  });

  it('is written again when the shadow has lost it', async () => {
    const given = await givenThing();
    const id = await given.deploy(1);
    given.system.transitions.take();
    await overdue(given);
    expect(await carry(given)).toBe('written');
    expect(given.system.targetOf(given.thing).deployment).toBe(id);
  });

  it('waits for the thing when it is not connected, and says so', async () => {
    const given = await givenThing();
    const id = await given.deploy(1);
    await given.system.carryOutAll();
    await overdue(given);
    expect(await carry(given)).toBe('thing offline');
    expect((await given.see(id))?.wait).toMatchObject({
      for: 'thing offline',
      until: given.system.clock.now() + 24 * hours,
    });
  });

  it('is told again to a thing that is connected', async () => {
    const given = await givenThing();
    const id = await given.deploy(1);
    await given.system.carryOutAll();
    await connected(given);
    await overdue(given);
    expect(await carry(given)).toBe('written');
    expect((await given.see(id))?.wait?.for).toBe('delivery');
    expect(given.system.shadows.writes()).toHaveLength(2);
  });

  it('is told again less and less often, and for ever', async () => {
    const given = await givenThing();
    await given.deploy(1);
    await connected(given);
    await given.system.carryOutAll();
    const pauses: number[] = [];
    let last = given.system.clock.now();
    for (let minute = 0; minute < 6 * 60; minute += 1) {
      given.system.clock.pass(1 * minutes);
      await given.system.sweep();
      if ((await given.system.carryOutAll()) === 0) continue;
      pauses.push((given.system.clock.now() - last) / minutes);
      last = given.system.clock.now();
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
  });

  it('is not looked at by a report that a newer target has overtaken', async () => {
    const given = await givenThing();
    await given.deploy(1);
    await given.system.carryOutAll();
    given.system.shadows.report(given.thing, 'release', given.system.wordOf(given.thing));
    const second = await given.deploy(2);
    await overdue(given);
    await given.system.carryOutAll();
    expect(await given.phaseOf(second)).toBe('queued');
    expect(given.system.targetOf(given.thing).deployment).toBe(second);
  });

  it('cannot be carried out while its shadow cannot be read, and can be afterwards', async () => {
    const given = await givenThing();
    await given.deploy(1);
    await given.system.carryOutAll();
    await overdue(given);
    given.system.setFault(failing('shadows.read', () => new Unavailable('IoT')));
    await expect(carry(given)).rejects.toThrow(Unavailable);
    given.system.setFault(undefined);
    expect(await carry(given)).toBe('thing offline');
  });
});

describe('a queue', () => {
  const software = async () => {
    const given = await givenThing();
    const slot = { thing: given.thing, channel: 'software' } as const;
    const run = (speed: number) => given.deploy(speed, { slot, track: null });
    const tell = (target: { seq: number; manifest: string; deployment: string }) =>
      takeReport(given.world)(slot, { v: 1, ...target, state: 'applied', attempt: 1, error: null });
    const told = () =>
      given.system.shadows.stateOf(given.thing, 'software')?.target as {
        seq: number;
        run: { seq: number; deployment: string; manifest: string }[];
      };
    return { given, slot, run, tell, told };
  };

  it('tells the thing of the next eight, in order, each with a seq of its own', async () => {
    const { given, run, told } = await software();
    const ids: string[] = [];
    for (let speed = 0; speed < 10; speed += 1) ids.push(await run(speed));
    await given.system.carryOutAll();
    expect(told().run.map(({ deployment }) => deployment)).toEqual(ids.slice(0, 8));
    const seqs = told().run.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    expect(new Set(seqs).size).toBe(8);
  });

  it('tells of the ninth when the first has run, and settles when all have', async () => {
    const { given, slot, run, tell, told } = await software();
    const ids: string[] = [];
    for (let speed = 0; speed < 9; speed += 1) ids.push(await run(speed));
    await given.system.carryOutAll();
    for (const id of ids) {
      const next = told().run.find(({ deployment }) => deployment === id);
      if (next === undefined) throw new Error(`${id} was not told.`);
      expect(await tell(next)).toBe(true);
      await given.system.carryOutAll();
    }
    expect(told().run).toEqual([]);
    given.system.clock.pass(2 * minutes);
    await given.system.sweep();
    expect(await carryOut(given.world)(slot)).toBe('settled');
    given.system.clock.pass(48 * hours);
    expect((await given.system.sweep()).looked).toBe(0);
  });
});
