// What an operator is told of a message that was given up, and of whatever they have an id of.
import { describe, expect, it } from 'vitest';
import type { LogLines } from '#adapters/cloudwatch/log-lines';
import type { DeadLetterQueue } from '#adapters/sqs/dead-letters';
import { giftId } from '#engine/fleet/deploy-part';
import { explainLetter } from '#functions/cli/ops/dead-letters';
import { explain, findRollout } from '#functions/cli/ops/why';
import { carryOutTransition } from '#functions/jobs/carry-out-transition';
import { worker } from '#functions/wiring/worker';
import { deliveriesMs } from '#operations/retention';
import { smallFleet } from '#test/support/small-fleet';
import { aThing } from '../contracts/given.ts';
import { givenThing } from '../engine/given.ts';
import { context, rememberingLog, sqsEvent, sqsRecord } from './given.ts';

const prefix = 'shadowcast-dev';
const receivesMax = 5;
const silent: LogLines = { about: async () => undefined };

const deadLettersOf = (queue: string): DeadLetterQueue => ({
  name: `${prefix}-${queue}-dead-letters`,
  url: '',
  source: `${prefix}-${queue}`,
  depth: 1,
});
const failed: DeadLetterQueue = { name: `${prefix}-failed`, url: '', source: null, depth: 1 };

const letterOf = (body: unknown) => ({
  messageId: 'message-1',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  sentAt: 1000,
  receives: receivesMax,
});

/** A deployment whose transition cannot be carried out, however often: its last receive is over. */
const givenPoisoned = async () => {
  const given = await givenThing();
  const id = await given.deploy(1);
  const { log, faults } = rememberingLog();
  given.system.setFault(({ port }, moment) => {
    if (port === 'contents' && moment === 'before') throw new Error('a manifest that cannot be read');
  });
  const message = { v: 1, ...given.slot };
  const carryOut = worker(log, carryOutTransition(given.world, receivesMax));
  await carryOut(sqsEvent(sqsRecord('message-1', message, receivesMax)), context());
  given.system.setFault(undefined);
  const asked: unknown[][] = [];
  /** As the log writes them: the line, and what was thrown. */
  const logs: LogLines = {
    about: async (...question) => {
      asked.push(question);
      const fault = faults.find(({ line }) => 'messageId' in line && line.messageId === question[1]);
      return fault && JSON.stringify({ ...fault.line, error: String(fault.cause) });
    },
  };
  return { given, id, message, logs, asked };
};

describe('a letter', () => {
  it('is explained by the slot that it names, the deployment there, and what the function last said of it', async () => {
    const { given, id, message, logs, asked } = await givenPoisoned();
    const explained = await explainLetter(
      given.world,
      logs,
      prefix,
    )(deadLettersOf('transitions'), letterOf(message));
    expect(explained).toMatchObject({
      queue: `${prefix}-transitions-dead-letters`,
      messageId: 'message-1',
      sentAt: 1000,
      about: `slot ${given.thing}/release`,
      code: 'transition.given_up',
      error: 'Error: a manifest that cannot be read',
      advice: 'Mend the cause, then redrive it.',
    });
    expect(explained.waits).toMatchObject([
      { what: `deployment ${id} on ${given.thing}/release`, state: 'queued', waitingFor: 'operator' },
    ]);
    expect(asked).toEqual([[`${prefix}-carry-out-transition`, 'message-1', 1000]]);
  });

  it('for which nobody waits any more may be sent back without harm', async () => {
    const { given, message, logs } = await givenPoisoned();
    await given.deploy(2);
    await given.settle();
    const { waits, advice } = await explainLetter(
      given.world,
      logs,
      prefix,
    )(deadLettersOf('transitions'), letterOf(message));
    expect(waits.map(({ state, waitingFor }) => [state, waitingFor])).toEqual([['deployed', 'successor']]);
    expect(advice).toBe('Nobody waits for it: redriving it does nothing and clears the queue.');
  });

  it('for a slot in which nothing ever was', async () => {
    const { world } = await givenThing();
    const message = { v: 1, thing: 'nobody', channel: 'release' };
    expect(
      await explainLetter(world, silent, prefix)(deadLettersOf('transitions'), letterOf(message)),
    ).toMatchObject({
      about: 'slot nobody/release',
      code: null,
      waits: [],
      advice: 'Nobody waits for it: redriving it does nothing and clears the queue.',
    });
  });

  it('about a rollout tells how far that is', async () => {
    const fleet = await smallFleet({ things: 2 });
    await fleet.start('one');
    const message = { v: 1, organization: 'acme', rollout: 'one', shard: 3 };
    expect(
      await explainLetter(fleet.world, silent, prefix)(deadLettersOf('rollouts'), letterOf(message)),
    ).toMatchObject({ about: 'rollout one, shard 3', waits: [{ waitingFor: 'listing' }] });
  });

  it('to a webhook tells which, and of what', async () => {
    const { world } = await givenThing();
    const notice = {
      v: 1,
      organization: 'acme',
      app: 'a',
      webhook: 'hook',
      event: 'e',
      deployment: 'd1',
      type: 'deployment_finished',
      attempt: 2,
      announcedAt: 1,
      due: 2,
    };
    expect(
      (await explainLetter(world, silent, prefix)(deadLettersOf('webhooks'), letterOf(notice))).about,
    ).toBe('webhook hook: deployment_finished of deployment d1');
  });

  it('of a thing tells what waits for it', async () => {
    const given = await givenThing();
    const id = await given.deploy(1);
    const word = { v: 1, kind: 'report', thing: given.thing, channel: 'release' };
    expect(
      await explainLetter(given.world, silent, prefix)(deadLettersOf('reports'), letterOf(word)),
    ).toMatchObject({
      about: `report of thing ${given.thing}`,
      waits: [{ what: `deployment ${id} on ${given.thing}/release` }],
    });
  });

  it.each([
    ['is not JSON', 'hello {', 'not JSON: none of ours'],
    ['is of a later version', { v: 2, thing: 'robot', channel: 'release' }, 'in none of our words'],
    ['is JSON that says nothing', 'null', 'in none of our words'],
  ])('that %s is not sent back before somebody knows who sent it', async (_, body, about) => {
    const { world } = await givenThing();
    expect(
      await explainLetter(world, silent, prefix)(deadLettersOf('transitions'), letterOf(body)),
    ).toMatchObject({
      about,
      waits: [],
      advice: 'Redriving it brings it back here: find out who sent it.',
    });
  });

  it('in the queue that leads nowhere is not looked up in the log of any worker', async () => {
    const given = await givenThing();
    const logs: LogLines = { about: () => Promise.reject(new Error('Nobody is to be asked.')) };
    const word = { kind: 'report', thing: given.thing, channel: 'release' };
    expect((await explainLetter(given.world, logs, prefix)(failed, letterOf(word))).advice).toBe(
      'Nobody takes it from here: devices ask and report again by themselves.',
    );
  });

  it('is explained all the same when its line in the log is no JSON', async () => {
    const { given, message } = await givenPoisoned();
    const logs: LogLines = { about: async () => 'Task timed out after 30.00 seconds message-1' };
    const { code, waits } = await explainLetter(
      given.world,
      logs,
      prefix,
    )(deadLettersOf('transitions'), letterOf(message));
    expect([code, waits.length]).toEqual([null, 1]);
  });
});

describe('why', () => {
  it('tells whom a deployment waits for, by its id or by that of its thing', async () => {
    const given = await givenThing();
    const id = await given.deploy(1);
    const expected = [
      {
        what: `deployment ${id} on ${given.thing}/release`,
        organization: 'acme',
        state: 'queued',
        waitingFor: 'delivery',
        endedBy: 'the thing, by confirming what it was sent',
      },
    ];
    expect(await explain(given.world, id)).toMatchObject(expected);
    expect(await explain(given.world, given.thing)).toMatchObject(expected);
  });

  it('tells how a deployment ended that nobody waits for any more', async () => {
    const given = await givenThing();
    const id = await given.deploy(1);
    await given.deploy(2);
    await given.settle();
    await given.deploy(3);
    expect(await explain(given.world, id)).toMatchObject([{ state: 'archived', waitingFor: null }]);
  });

  it('tells whom a rollout waits for, by its id or by that of its deployment', async () => {
    const fleet = await smallFleet({ things: 1 });
    await fleet.start('one');
    await fleet.change('one', 'pause');
    expect(await explain(fleet.world, 'one')).toMatchObject([{ waitingFor: 'decision' }]);
    expect(await findRollout(fleet.world, 'none')).toBeUndefined();
  });

  it('tells of a thing with nothing deployed whether it is activated, by its name or by Miru’s id', async () => {
    const { world, thing } = await givenThing();
    const idle = { what: `thing ${thing} (robot-7)`, organization: 'acme', waitingFor: null };
    for (const id of [thing, `dvc_${thing}`])
      expect(await explain(world, id)).toMatchObject([
        { ...idle, state: 'has nothing deployed, is not activated' },
      ]);
    const fleet = await smallFleet({ things: 0 });
    await fleet.world.things.save(aThing('robot', { certificate: { id: 'c', arn: 'a', pem: 'p' } }));
    expect(await explain(fleet.world, 'robot')).toMatchObject([
      { state: 'has nothing deployed, is activated' },
    ]);
  });

  it('takes Miru’s id of a thing that has something deployed, too', async () => {
    const given = await givenThing();
    const id = await given.deploy(1);
    expect(await explain(given.world, `dvc_${given.thing}`)).toMatchObject([
      { what: `deployment ${id} on ${given.thing}/release` },
    ]);
  });

  it.each([
    ['a-first', 'b-second'],
    ['b-first', 'a-second'],
  ])('of two rollouts of one deployment means the newer one: %s, then %s', async (first, second) => {
    const fleet = await smallFleet({ things: 1 });
    await fleet.system.newKey('acme', '*');
    const about = { deployment: 'deployment-1' };
    await fleet.reserve(first);
    await fleet.world.rollouts.save({ ...(await fleet.see(first)), version: 2, about });
    await fleet.change(first, 'cancel');
    await fleet.run(30);
    expect((await fleet.see(first)).phase).toBe('over');
    const { createdAt } = await fleet.see(first);
    await fleet.reserve(second);
    await fleet.world.rollouts.save({ ...(await fleet.see(second)), version: 2, createdAt, about });
    expect((await findRollout(fleet.world, 'deployment-1'))?.id).toBe(second);
    await fleet.change(second, 'cancel');
    await fleet.run(30);
    expect((await findRollout(fleet.world, 'deployment-1'))?.id).toBe(second);
    expect((await findRollout(fleet.world, first))?.id).toBe(first);
  });

  it('knows nothing of what is not there', async () => {
    const { world } = await givenThing();
    expect(await explain(world, 'dpl_0000000000000000aaaaaaaaaaaaaaaa')).toEqual([]);
  });

  it('says of a rollout how it ended, also when its devices and their deployments are forgotten', async () => {
    const fleet = await smallFleet({ things: 2 });
    await fleet.start('one');
    await fleet.run(30);
    const [thing = ''] = fleet.things;
    await fleet.start('two');
    await fleet.run(30);
    const part = giftId(thing, 'part', 'one');
    expect(await explain(fleet.world, part)).toMatchObject([{ state: 'archived' }]);
    fleet.system.clock.pass(deliveriesMs);
    expect(await explain(fleet.world, 'one')).toMatchObject([
      { state: 'over, 2 of 2 exposed, succeeded', waitingFor: null },
    ]);
    expect(await explain(fleet.world, part)).toEqual([]);
  });
});
