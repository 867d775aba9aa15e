// Changing a slot: one wins, the other decides again; what one could not finish, the next one does.
import { describe, expect, it } from 'vitest';
import { changeSlot } from '#engine/change-slot';
import { findDeployment } from '#engine/find-deployment';
import { idOfRestore } from '#engine/ids';
import { archiveDeployment } from '#engine/move-deployment';
import { Unavailable } from '#engine/ports';
import { nothing } from '#engine/seal';
import { dieAt, expectPhases, failing, type Given, givenThing, granted, minutes } from './given.ts';

const look = ({ world, slot }: Given) =>
  changeSlot(world)({ id: slot, organization: 'acme', event: { type: 'look' }, by: 'engine' });

const archive = ({ world }: Given, id: string) =>
  archiveDeployment(world)({ organization: 'acme', channel: 'release', id, by: 'key:ada' });

describe('a change', () => {
  it('that changes nothing writes nothing and sends nothing', async () => {
    const given = await givenThing();
    await given.deploy(1);
    const before = { saves: given.system.count('slots', 'save'), sent: given.system.count('transitions') };
    expect(granted(await look(given))).toMatchObject({ changed: false, unsent: 0 });
    expect({ saves: given.system.count('slots', 'save'), sent: given.system.count('transitions') }).toEqual(
      before,
    );
  });

  it('is decided again on what each winner left', async () => {
    const given = await givenThing();
    let winners = 0;
    let isWinning = false;
    given.system.setFault(async (call, at) => {
      if (isWinning || winners === 3 || at !== 'before' || call.method !== 'save') return;
      isWinning = true;
      winners += 1;
      await given.deploy(100 + winners);
      isWinning = false;
    });
    const id = await given.deploy(1);
    const slot = await given.world.slots.load(given.slot);
    expect(slot).toMatchObject({ version: 4, target: { deployment: id } });
    expect(slot?.live.map((one) => one.id)).toEqual([id]);
  });

  it('that never gets its turn says that it may work later, and does not try for ever', async () => {
    const given = await givenThing();
    await given.deploy(1);
    given.system.clock.pass(1 * minutes);
    const busy = { ...given.world, slots: { ...given.world.slots, save: async () => false } };
    const before = given.system.count('slots', 'load');
    await expect(look({ ...given, world: busy })).rejects.toThrow(Unavailable);
    expect(given.system.count('slots', 'load') - before).toBeLessThanOrEqual(60);
  });

  it('counts what it could not send', async () => {
    const given = await givenThing();
    await given.deploy(1);
    given.system.clock.pass(1 * minutes);
    given.system.setFault(failing('transitions.send', () => new Unavailable('SQS')));
    expect(granted(await look(given))).toMatchObject({ changed: true, unsent: 1 });
  });
});

describe('what leaves a slot', () => {
  it('has its end in its record at once', async () => {
    const given = await givenThing();
    const id = await given.deploy(1);
    await archive(given, id);
    expect((await given.world.records.load(given.thing, id))?.ended?.phase).toBe('archived');
  });

  it('has it with the next change, if the first one died before it was written', async () => {
    const given = await givenThing();
    const id = await given.deploy(1);
    given.system.setFault(failing('records.end', () => new Error('died')));
    await archive(given, id).catch(() => undefined);
    given.system.setFault(undefined);
    expect((await given.world.records.load(given.thing, id))?.ended).toBeUndefined();
    await given.deploy(2);
    expect((await given.world.records.load(given.thing, id))?.ended?.phase).toBe('archived');
    expect((await given.world.slots.load(given.slot))?.leaving).toEqual([]);
  });

  it('stays in the slot as long as its end cannot be written', async () => {
    const given = await givenThing();
    const id = await given.deploy(1);
    given.system.setFault(failing('records.end', () => new Unavailable('DynamoDB')));
    await archive(given, id).catch(() => undefined);
    await given.deploy(2).catch(() => undefined);
    given.system.setFault(undefined);
    expect((await given.world.slots.load(given.slot))?.leaving.map((one) => one.id)).toEqual([id]);
  });

  it('costs one read to make sure of, and no write when all is well', async () => {
    const given = await givenThing();
    const id = await given.deploy(1);
    await archive(given, id);
    const ends = given.system.count('records', 'end');
    await given.deploy(2);
    expect(given.system.count('records', 'end')).toBe(ends);
  });
});

describe('a deployment that gives way', () => {
  const givenOneDeployed = async () => {
    const given = await givenThing();
    const good = await given.deploy(1);
    await given.settle();
    const bad = await given.deploy(2);
    return { given, good, bad, restore: idOfRestore(bad) };
  };

  const fail = async (given: Given) => {
    await given.system.carryOutAll();
    await given.system.report(given.thing, { state: 'failed', error: { code: 'no', message: 'no' } });
  };

  it('is followed by a new one of what was confirmed last, with a record in the same words', async () => {
    const { given, good, bad, restore } = await givenOneDeployed();
    await fail(given);
    await expectPhases(given, { [good]: 'superseded', [bad]: 'failed', [restore]: 'queued' });
    const [original, record] = await Promise.all(
      [good, restore].map((id) => given.world.records.load(given.thing, id)),
    );
    expect(record).toMatchObject({
      restores: good,
      createdBy: 'engine',
      about: original?.about,
      revision: original?.revision,
      organization: 'acme',
      slot: given.slot,
    });
    await given.settle();
    await expectPhases(given, { [good]: 'archived', [bad]: 'failed', [restore]: 'deployed' });
  });

  it.each(['before', 'after'] as const)(
    'is followed by one, though whoever took the report died %s any one of its calls',
    async (moment) => {
      const whole = await givenOneDeployed();
      await whole.given.system.carryOutAll();
      const start = whole.given.system.count();
      await whole.given.system.report(whole.given.thing, { state: 'failed' });
      const calls = whole.given.system.count() - start;
      expect(calls).toBeGreaterThan(4);
      for (let dies = 1; dies <= calls; dies += 1) {
        const { given, good, bad, restore } = await givenOneDeployed();
        await given.system.carryOutAll();
        const death = dieAt(given.system, dies, moment);
        await given.system.report(given.thing, { state: 'failed' }).catch(() => undefined);
        expect(death.hasDied()).toBe(true);
        death.revive();
        await given.system.report(given.thing, { state: 'failed' });
        await expectPhases(given, { [good]: 'superseded', [bad]: 'failed', [restore]: 'queued' });
        given.system.clock.pass(2 * minutes);
        await given.system.sweep();
        await given.settle();
        await expectPhases(given, { [good]: 'archived', [bad]: 'failed', [restore]: 'deployed' });
        expect((await given.see(restore))?.state.history.map(({ to }) => to)).toEqual(['queued', 'deployed']);
      }
    },
  );

  it('is followed by nothing, where nothing was confirmed', async () => {
    const given = await givenThing();
    const bad = await given.deploy(1);
    await fail(given);
    expect((await given.world.slots.load(given.slot))?.target?.revision).toBe(nothing);
    expect(
      await findDeployment(given.world)({ organization: 'acme', channel: 'release', id: idOfRestore(bad) }),
    ).toBeUndefined();
  });
});
