// Things: registered once however often it is asked, called what their owner calls them, and gone when they are retired.
import { describe, expect, it } from 'vitest';
import { uidsFor } from '#engine/ids';
import { registerThing, renameThing } from '#engine/register-thing';
import { retireThing } from '#engine/retire-thing';
import {
  dieAt,
  expectPhases,
  type Given,
  givenThing,
  granted,
  hours,
  justBefore,
  minutes,
  nameOfThing,
  refusalOf,
} from './given.ts';

/** The names that whoever repeats this request comes with. */
const once = ({ world }: Given) => ({
  names: uidsFor(world, 'acme', { route: 'POST /things', key: 'once' }),
});

const register = (
  { world }: Given,
  label: string,
  over: Partial<Parameters<ReturnType<typeof registerThing>>[0]> = {},
) => registerThing(world)({ organization: 'acme', roster: 'devices', label, ...over });

const rename = (
  { world, thing }: Given,
  label: string,
  over: Partial<Parameters<ReturnType<typeof renameThing>>[0]> = {},
) => renameThing(world)({ organization: 'acme', name: thing, label, ...over });

const retire = ({ world, thing }: Given) => retireThing(world)({ organization: 'acme', name: thing });

const labelsOf = async ({ world }: Given): Promise<string[]> => {
  const names = await Array.fromAsync(world.things.namesOf('acme', 'devices', 'oldest first'));
  return (await world.things.loadMany(names)).map(({ label }) => label);
};

describe('registering a thing', () => {
  it('gives it a name of ours, of 16 characters, that AWS IoT takes', async () => {
    const given = await givenThing();
    expect(given.thing).toMatch(/^[0-9a-hjkmnp-tv-z]{16}$/);
  });

  it('needs a label that no other thing of the organization has', async () => {
    const given = await givenThing();
    expect(refusalOf(await register(given, 'robot-7'))).toBe('already_exists');
    expect(refusalOf(await register(given, 'robot-7', { organization: 'globex' }))).toBeUndefined();
  });

  it('takes any text for a label', async () => {
    const given = await givenThing();
    for (const label of ['#', '%', 'a#b', '\ud800', '../x', 'ü\u{1f600}', ' ', 'a'.repeat(3000)]) {
      const { name } = granted(await register(given, label));
      expect((await given.world.things.byLabel('acme', label))?.name).toBe(name);
    }
  });

  it('with an idempotency key makes one, whoever asks again, and when', async () => {
    const given = await givenThing();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => register(given, 'robot-8', once(given))),
    );
    expect(new Set(answers.map((answer) => granted(answer).name)).size).toBe(1);
    given.system.clock.pass(23 * hours);
    const [first] = answers;
    expect(granted(await register(given, 'robot-8', once(given)))).toEqual(first);
  });

  it('with a used idempotency key and another label is refused', async () => {
    const given = await givenThing();
    granted(await register(given, 'robot-8', once(given)));
    expect(refusalOf(await register(given, 'robot-9', once(given)))).toBe('idempotency_key_reused');
  });

  it('is the same wish when it is repeated, also when the thing was renamed meanwhile', async () => {
    const given = await givenThing();
    const { name } = granted(await register(given, 'robot-8', once(given)));
    granted(await rename({ ...given, thing: name }, 'robot-9'));
    expect(granted(await register(given, 'robot-8', once(given))).name).toBe(name);
    expect(refusalOf(await register(given, 'robot-9', once(given)))).toBe('idempotency_key_reused');
  });

  it('of 20 that want one label at the same time lets one have it', async () => {
    const given = await givenThing();
    const answers = await Promise.all(Array.from({ length: 20 }, () => register(given, 'robot-8')));
    const refusals = answers.map(refusalOf);
    expect(refusals.filter((code) => code === 'already_exists')).toHaveLength(19);
    expect(refusals.filter((code) => code === undefined)).toHaveLength(1);
  });
});

describe('renaming a thing', () => {
  it('frees its old label', async () => {
    const given = await givenThing();
    expect(granted(await rename(given, 'robot-8')).label).toBe('robot-8');
    expect(refusalOf(await register(given, 'robot-7'))).toBeUndefined();
  });

  it('to the label that it has is no error', async () => {
    const given = await givenThing();
    expect(refusalOf(await rename(given, 'robot-7'))).toBeUndefined();
  });

  it('to a label that is taken, from a version that is not its own, or by somebody else is refused', async () => {
    const given = await givenThing();
    await nameOfThing(given.world, 'robot-8');
    expect(refusalOf(await rename(given, 'robot-8'))).toBe('already_exists');
    expect(refusalOf(await rename(given, 'robot-9', { version: 7 }))).toBe('changed_meanwhile');
    expect(refusalOf(await rename(given, 'robot-9', { organization: 'globex' }))).toBe('not_found');
    expect(refusalOf(await rename({ ...given, thing: 'nobody' }, 'robot-9'))).toBe('not_found');
    expect(await labelsOf(given)).toEqual(['robot-7', 'robot-8']);
  });

  it('by two at the same time leaves the name of the one who came last, and nothing is lost', async () => {
    const given = await givenThing();
    justBefore(given.system, 'things.save', () => rename(given, 'first'));
    expect(granted(await rename(given, 'second'))).toMatchObject({ label: 'second', version: 3 });
  });

  it('by two who both say what they saw lets one of them', async () => {
    const given = await givenThing();
    justBefore(given.system, 'things.save', () => rename(given, 'first', { version: 1 }));
    expect(refusalOf(await rename(given, 'second', { version: 1 }))).toBe('changed_meanwhile');
  });
});

describe('a retired thing', () => {
  it('is neither listed nor found by its label, which is free again', async () => {
    const given = await givenThing();
    granted(await retire(given));
    expect(await labelsOf(given)).toEqual([]);
    expect(await given.world.things.byLabel('acme', 'robot-7')).toBeUndefined();
    expect(refusalOf(await register(given, 'robot-7'))).toBeUndefined();
  });

  it('has nothing left to wait for, and all its deployments are kept', async () => {
    const given = await givenThing();
    const first = await given.deploy(1);
    await given.settle();
    const second = await given.deploy(2);
    const staged = await given.stage(3);
    granted(await retire(given));
    await expectPhases(given, { [first]: 'archived', [second]: 'archived', [staged]: 'archived' });
    given.system.clock.pass(48 * hours);
    expect((await given.system.sweep()).looked).toBe(0);
  });

  it('cannot be renamed', async () => {
    const given = await givenThing();
    granted(await retire(given));
    expect(refusalOf(await rename(given, 'robot-8'))).toBe('not_found');
  });

  it('is nobody’s but its organization’s to retire', async () => {
    const given = await givenThing();
    const id = await given.deploy(1);
    const answer = await retireThing(given.world)({ organization: 'globex', name: given.thing });
    expect(refusalOf(answer)).toBe('not_found');
    expect(await given.phaseOf(id)).toBe('queued');
  });

  it('that got a deployment while it was retired is abandoned when somebody looks', async () => {
    const given = await givenThing();
    granted(await retire(given));
    const id = await given.deploy(1);
    for (let times = 0; times < 2; times += 1) {
      await given.system.carryOutAll();
      given.system.clock.pass(1 * minutes);
      await given.system.sweep();
    }
    await given.system.carryOutAll();
    expect(await given.phaseOf(id)).toBe('archived');
  });

  it.each(['before', 'after'] as const)(
    'whose retirement died %s any one of its calls is retired by the repeat',
    async (moment) => {
      for (let dies = 1; ; dies += 1) {
        const given = await givenThing();
        const id = await given.deploy(1);
        const death = dieAt(given.system, dies, moment);
        await retire(given).catch(() => undefined);
        death.revive();
        if (!death.hasDied()) {
          expect(dies).toBeGreaterThan(5);
          return;
        }
        granted(await retire(given));
        expect(await given.phaseOf(id)).toBe('archived');
        expect(await labelsOf(given)).toEqual([]);
      }
    },
  );
});
