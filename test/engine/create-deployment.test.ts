// Creating a deployment: however often it is asked, and wherever the asking dies, the same wish is granted once.
import { describe, expect, it } from 'vitest';
import { createDeployment } from '#engine/create-deployment';
import { deploymentId } from '#engine/ids';
import { listDeployments } from '#engine/list-deployments';
import { archiveDeployment } from '#engine/move-deployment';
import { Unavailable } from '#engine/ports';
import { testClock } from '#test/support/clock';
import {
  dieAt,
  failing,
  type Given,
  givenThing,
  granted,
  hours,
  itemOf,
  justBefore,
  minutes,
  nameOfThing,
  refusalOf,
  seconds,
} from './given.ts';

const idempotency = { route: 'POST /deployments', key: 'once' };

/** The clock of a small system starts at midnight, UTC. */
const untilJustBeforeMidnight = 24 * hours - 1;

const everything = async ({ world }: Given) =>
  (
    await listDeployments(world)({
      organization: 'acme',
      channel: 'release',
      order: 'oldest first',
      offset: 0,
      limit: 1000,
      counted: true,
    })
  ).items;

describe('a wish whose id the caller knows', () => {
  const idIn = ({ thing }: Given, own = '0123456789abcdef') => ({ id: deploymentId('dpl_', thing, own) });

  it('is granted once, whenever it is asked again and however it ended, and no key is noted', async () => {
    const given = await givenThing();
    const id = await given.deploy(1, idIn(given));
    await given.settle();
    await given.deploy(2);
    await given.settle();
    given.system.clock.pass(40 * 24 * hours);
    expect(await given.deploy(1, idIn(given))).toBe(id);
    expect(await everything(given)).toHaveLength(2);
    expect(given.system.count('repeats', 'first')).toBe(0);
  });

  it('is another one under another id', async () => {
    const given = await givenThing();
    expect(await given.deploy(1, idIn(given))).not.toBe(
      await given.deploy(1, idIn(given, 'fedcba9876543210')),
    );
  });

  it('is granted once when ten ask at the same time', async () => {
    const given = await givenThing();
    const ids = await Promise.all(Array.from({ length: 10 }, () => given.deploy(1, idIn(given))));
    expect(new Set(ids).size).toBe(1);
    expect(await everything(given)).toHaveLength(1);
  });
});

describe('a wish with an idempotency key', () => {
  it('is granted once, and each repeat is answered the same deployment', async () => {
    const given = await givenThing();
    const first = granted(await given.create(1, { idempotency }));
    given.system.clock.pass(3 * hours);
    const second = granted(await given.create(1, { idempotency }));
    expect(second).toEqual(first);
    expect(await everything(given)).toHaveLength(1);
  });

  it('is granted once when 50 ask at the same time', async () => {
    const given = await givenThing();
    const wish = await given.intent(1, { idempotency });
    const answers = await Promise.all(Array.from({ length: 50 }, () => createDeployment(given.world)(wish)));
    const ids = new Set(answers.map((answer) => granted(answer).record.id));
    expect(ids.size).toBe(1);
    expect(await everything(given)).toHaveLength(1);
    expect(given.system.transitions.waiting()).toHaveLength(1);
  });

  it('is found again on the other side of midnight', async () => {
    const given = await givenThing();
    given.system.clock.pass(untilJustBeforeMidnight);
    const id = await given.deploy(1, { idempotency });
    given.system.clock.pass(1);
    expect(await given.deploy(1, { idempotency })).toBe(id);
    given.system.clock.pass(23 * hours);
    expect(await given.deploy(1, { idempotency })).toBe(id);
    expect(await everything(given)).toHaveLength(1);
  });

  it('is a new wish two days later', async () => {
    const given = await givenThing();
    const id = await given.deploy(1, { idempotency });
    given.system.clock.pass(48 * hours);
    expect(await given.deploy(1, { idempotency })).not.toBe(id);
    expect(await everything(given)).toHaveLength(2);
  });

  it('is a new wish as soon as 24 hours are over, whatever the hour of the day', async () => {
    const given = await givenThing();
    given.system.clock.pass(1 * minutes);
    const id = await given.deploy(1, { idempotency });
    given.system.clock.pass(24 * hours + 1);
    expect(await given.deploy(2, { idempotency })).not.toBe(id);
  });

  it('is found again also when its deployment is over', async () => {
    const given = await givenThing();
    const id = await given.deploy(1, { idempotency });
    granted(
      await archiveDeployment(given.world)({
        organization: 'acme',
        channel: 'release',
        id,
        by: 'key:ada',
      }),
    );
    // Something else happens to the slot: what has left is no longer in it.
    const next = await given.deploy(2);
    const again = granted(await given.create(1, { idempotency }));
    expect(again.record.id).toBe(id);
    expect(again.state.phase).toBe('archived');
    expect(await given.phaseOf(next)).toBe('queued');
  });

  it('is not granted anew when its deployment ends while the repeat is on its way', async () => {
    const given = await givenThing();
    const id = await given.deploy(1, { idempotency });
    // Between the repeat's look at the record and its look at the slot, the deployment is over and out of it.
    justBefore(
      given.system,
      'slots.load',
      async () => {
        await archiveDeployment(given.world)({ organization: 'acme', channel: 'release', id, by: 'key:ada' });
        await given.deploy(2);
      },
      'before',
    );
    const again = granted(await given.create(1, { idempotency }));
    expect(again.record.id).toBe(id);
    expect(again.state.phase).toBe('archived');
    expect(await everything(given)).toHaveLength(2);
  });

  it.each(['before', 'after'] as const)(
    'that died %s any one of its calls is granted by its repeat, once, with one event in its history',
    async (moment) => {
      const whole = await givenThing();
      const wish = await whole.intent(1, { idempotency });
      const start = whole.system.count();
      await createDeployment(whole.world)(wish);
      const calls = whole.system.count() - start;
      expect(calls).toBeGreaterThan(5);
      for (let dies = 1; dies <= calls; dies += 1) {
        const given = await givenThing();
        const same = await given.intent(1, { idempotency });
        const death = dieAt(given.system, dies, moment);
        const first = await createDeployment(given.world)(same).catch((cause: unknown) => cause);
        expect(death.hasDied(), `call ${dies}`).toBe(true);
        death.revive();
        const shown = await everything(given);
        expect(shown.length, `after ${first}`).toBeLessThanOrEqual(1);
        const view = granted(await createDeployment(given.world)(same));
        const all = await everything(given);
        expect(all.map(({ record }) => record.id)).toEqual([view.record.id]);
        expect(view.state.history).toHaveLength(1);
        expect((await given.world.slots.load(given.slot))?.live).toHaveLength(1);
      }
    },
  );

  it('must be equal when it is repeated', async () => {
    const given = await givenThing();
    await given.deploy(1, { idempotency });
    expect(refusalOf(await given.create(2, { idempotency }))).toBe('idempotency_key_reused');
    expect(await everything(given)).toHaveLength(1);
  });

  it('is equal whatever the order of its fields', async () => {
    const given = await givenThing();
    const id = await given.deploy(1, { idempotency, request: { a: 1, b: { c: 2, d: 3 } } });
    expect(await given.deploy(1, { idempotency, request: { b: { d: 3, c: 2 }, a: 1 } })).toBe(id);
  });

  it('must be equal when it is repeated for another thing, too', async () => {
    const given = await givenThing();
    const other = await nameOfThing(given.world, 'robot-8');
    await given.deploy(1, { idempotency, request: { thing: given.thing } });
    const answer = await given.create(1, {
      idempotency,
      slot: { thing: other, channel: 'release' },
      request: { thing: other },
    });
    expect(refusalOf(answer)).toBe('idempotency_key_reused');
  });

  it('is another organization’s own, on another route a wish of its own', async () => {
    const given = await givenThing();
    const id = await given.deploy(1, { idempotency });
    const onOtherRoute = await given.deploy(1, { idempotency: { ...idempotency, route: 'POST /others' } });
    const theirThing = await nameOfThing(given.world, 'robot-7', 'globex');
    const theirs = granted(
      await given.create(1, {
        organization: 'globex',
        idempotency,
        slot: { thing: theirThing, channel: 'release' },
        items: [await itemOf(given.world, '{}', '/srv/x.json', 'globex')],
      }),
    );
    expect(new Set([id, onOtherRoute, theirs.record.id]).size).toBe(3);
  });

  it('that was refused is decided anew when it is repeated', async () => {
    const given = await givenThing();
    const first = await given.deploy(1);
    const refused = await given.create(2, { idempotency, parent: null });
    expect(refusalOf(refused)).toBe('parent_not_current');
    await archiveDeployment(given.world)({
      organization: 'acme',
      channel: 'release',
      id: first,
      by: 'key:ada',
    });
    const answer = granted(await given.create(2, { idempotency, parent: null }));
    expect(answer.state.phase).toBe('queued');
  });
});

describe('a wish without an idempotency key', () => {
  it('is granted as often as it is asked', async () => {
    const given = await givenThing();
    const ids = [await given.deploy(1), await given.deploy(1)];
    expect(new Set(ids).size).toBe(2);
  });

  it('that is refused leaves nothing that anybody can see, though it lost a race before', async () => {
    const given = await givenThing();
    const wish = await given.intent(2, { parent: null });
    // While its record is filed, somebody else becomes the head: the second decision refuses.
    justBefore(given.system, 'slots.save', () => given.deploy(1));
    expect(refusalOf(await createDeployment(given.world)(wish))).toBe('parent_not_current');
    const all = await everything(given);
    expect(all.map(({ record }) => record.about)).toEqual([{ speed: 1 }]);
  });
});

describe('50 different wishes for one slot at the same time', () => {
  it('are all granted; the last one is wanted, and the others are over', async () => {
    const given = await givenThing();
    const wishes = await Promise.all(Array.from({ length: 50 }, (_, speed) => given.intent(speed)));
    const answers = await Promise.all(wishes.map((wish) => createDeployment(given.world)(wish)));
    const ids = answers.map((answer) => granted(answer).record.id);
    expect(new Set(ids).size).toBe(50);
    const phases = await Promise.all(ids.map(given.phaseOf));
    expect(phases.filter((phase) => phase === 'queued')).toHaveLength(1);
    expect(phases.filter((phase) => phase === 'archived')).toHaveLength(49);
  });
});

describe('what a created deployment is', () => {
  it('keeps who asked, for what and when, and sends one message that says only where to look', async () => {
    const given = await givenThing();
    given.system.clock.pass(5 * seconds);
    const { record, state, wait } = granted(await given.create(7, { about: { any: 'words' } }));
    expect(record).toMatchObject({
      organization: 'acme',
      slot: given.slot,
      createdBy: 'key:ada',
      createdAt: given.system.clock.now(),
      about: { any: 'words' },
      restores: null,
    });
    expect(state).toMatchObject({ phase: 'queued', attempts: 0, failure: null, revision: record.revision });
    expect(wait).toMatchObject({ for: 'delivery', until: given.system.clock.now() + 1 * minutes });
    expect(given.system.transitions.waiting()).toEqual([{ slot: given.slot, organization: 'acme' }]);
  });

  it('fails when its deadline has passed, and the sweeper is who notices', async () => {
    const given = await givenThing();
    const id = await given.deploy(1, { deadline: given.system.clock.now() + 10 * minutes });
    given.system.clock.pass(10 * minutes);
    await given.system.sweep();
    expect((await given.see(id))?.state).toMatchObject({
      phase: 'failed',
      failure: { code: 'deadline_passed' },
    });
  });

  it('stands when SQS is down: the sweeper sends in its place', async () => {
    const given = await givenThing();
    given.system.setFault(failing('transitions.send', () => new Unavailable('SQS')));
    const id = await given.deploy(1);
    given.system.setFault(undefined);
    given.system.clock.pass(1 * minutes);
    await given.system.sweep();
    await given.settle();
    expect(await given.phaseOf(id)).toBe('deployed');
  });

  it('stands when the end of what it superseded could not be written: it is answered, and sent', async () => {
    const given = await givenThing();
    const first = await given.deploy(1);
    given.system.transitions.take();
    given.system.setFault(failing('records.end', () => new Unavailable('DynamoDB')));
    const second = await given.deploy(2);
    given.system.setFault(undefined);
    expect(await given.phaseOf(second)).toBe('queued');
    expect(await given.phaseOf(first)).toBe('archived');
    expect(given.system.transitions.waiting()).toHaveLength(1);
  });
});

/** The calls of a process, those that go out beside each other in one line: each line is a round trip that the caller waits for. */
const roundTripsOf = async (given: Given, act: () => Promise<unknown>): Promise<string[]> => {
  let waiting: { readonly call: string; readonly go: () => void }[] = [];
  given.system.setFault(({ port, method }, at) =>
    at === 'after'
      ? undefined
      : new Promise<void>((go) => {
          waiting.push({ call: `${port}.${method}`, go });
        }),
  );
  const acted = act();
  const lines: string[] = [];
  const everythingHasHappened = () => new Promise((done) => setImmediate(done));
  for (await everythingHasHappened(); waiting.length > 0; await everythingHasHappened()) {
    const calls = waiting;
    waiting = [];
    lines.push(
      calls
        .map(({ call }) => call)
        .sort()
        .join(', '),
    );
    for (const { go } of calls) go();
  }
  given.system.setFault(undefined);
  await acted;
  return lines;
};

describe('whoever asks for a deployment', () => {
  it('waits for four round trips, and what was saved is not read again to be told', async () => {
    const given = await givenThing();
    await given.deploy(1);
    await given.settle();
    await given.deploy(2);
    await given.settle();
    const wish = await given.intent(3);
    expect(await roundTripsOf(given, () => createDeployment(given.world)(wish))).toEqual([
      'contents.put, slots.load',
      'records.file, records.loadMany',
      'slots.save',
      'transitions.send',
    ]);
  });

  it('waits for two more where there is an idempotency key: has it been used, and for what', async () => {
    const given = await givenThing();
    const wish = await given.intent(1, { idempotency });
    expect(await roundTripsOf(given, () => createDeployment(given.world)(wish))).toEqual([
      'records.load, records.load',
      'contents.put, slots.load',
      'repeats.find, repeats.first',
      'records.file',
      'slots.save',
      'transitions.send',
    ]);
  });

  it('is told what a later look tells', async () => {
    const given = await givenThing();
    await given.deploy(1);
    const told = granted(await given.create(2));
    expect(told).toEqual(await given.see(told.record.id));
  });
});

describe('a manifest that cannot be stored', () => {
  it('is named by no record and by no slot', async () => {
    const given = await givenThing();
    const wish = await given.intent(1);
    given.system.setFault(failing('contents.put', () => new Unavailable('DynamoDB')));
    await expect(createDeployment(given.world)(wish)).rejects.toThrow(Unavailable);
    given.system.setFault(undefined);
    expect(given.system.count('records', 'file')).toBe(0);
    expect(given.system.count('slots', 'save')).toBe(0);
  });
});

describe('the time of a clock that is behind', () => {
  it('never makes a seq that was given out before', async () => {
    const clock = testClock();
    const given = await givenThing();
    await given.deploy(1);
    const seq = (await given.world.slots.load(given.slot))?.seq ?? 0;
    const behind = { ...given.world, clock: { ...clock, now: () => given.system.clock.now() - 1 * hours } };
    granted(await createDeployment(behind)(await given.intent(2)));
    expect((await given.world.slots.load(given.slot))?.seq).toBe(seq + 1);
  });
});
