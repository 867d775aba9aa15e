// What each worker does with what it is given, over the memory world: outcomes, lines, and what is left for later.
import { describe, expect, it } from 'vitest';
import { Unavailable } from '#engine/ports';
import { answerFetch } from '#functions/jobs/answer-fetch';
import { carryOutTransition } from '#functions/jobs/carry-out-transition';
import { sweep } from '#functions/jobs/sweep';
import { takeWord } from '#functions/jobs/take-word';
import { worker } from '#functions/wiring/worker';
import { givenFleet } from '../dialects/miru/given.ts';
import { context, sqsEvent as eventOf, rememberingLog, sqsRecord } from './given.ts';

const sqsEvent = (bodies: readonly unknown[], { receives = 1 } = {}) =>
  eventOf(...bodies.map((body, at) => sqsRecord(`message-${at}`, body, receives)));

const given = async () => {
  const fleet = await givenFleet();
  const { log, lines, faults, measured } = rememberingLog();
  const { world } = fleet.system;
  const carryOut = worker(log, carryOutTransition(world, 5));
  const hear = worker(log, takeWord(world));
  return { ...fleet, world, log, lines, faults, measured, carryOut, hear };
};

describe('carrying out a transition', () => {
  const message = (thing: string) => ({ v: 1, thing, channel: 'release' });

  it('writes the shadow, and says what it did in one line', async () => {
    const { carryOut, lines, deploy, thing, system } = await given();
    const id = await deploy(1);
    const { batchItemFailures } = (await carryOut(sqsEvent([message(thing)]), context())) ?? {};
    expect(batchItemFailures).toEqual([]);
    expect(system.targetOf(thing).deployment).toBe(id);
    expect(lines).toEqual([
      expect.objectContaining({
        code: 'transition.carried_out',
        thing,
        channel: 'release',
        outcome: 'written',
      }),
    ]);
  });

  it('gives back a message that is none of ours, until it lies where a person can look at it', async () => {
    const { carryOut, faults } = await given();
    const answer = await carryOut(sqsEvent(['not ours', { v: 9 }]), context());
    expect(answer?.batchItemFailures).toHaveLength(2);
    expect(faults.map(({ line }) => line.code)).toEqual(['transition.later', 'transition.later']);
  });

  it('hands a slot to an operator when the last delivery of its message fails', async () => {
    const { carryOut, faults, deploy, thing, system, ask } = await given();
    const id = await deploy(1);
    system.setFault(({ port }, moment) => {
      if (port === 'contents' && moment === 'before') throw new Error('a manifest that cannot be read');
    });
    await carryOut(sqsEvent([message(thing)], { receives: 5 }), context());
    system.setFault(undefined);
    expect(faults[0]?.line.code).toBe('transition.given_up');
    expect((await ask(`GET /beta/deployments/${id}/why`)).body.waiting_for).toBe('operator');
  });

  it('hands over nothing because IoT is away: that comes back by itself', async () => {
    const { carryOut, faults, deploy, thing, system, ask } = await given();
    const id = await deploy(1);
    system.setFault(({ port }, moment) => {
      if (port === 'shadows' && moment === 'before') throw new Unavailable('429');
    });
    const answer = await carryOut(sqsEvent([message(thing)], { receives: 5 }), context());
    system.setFault(undefined);
    expect(answer?.batchItemFailures).toHaveLength(1);
    expect(faults[0]?.line.code).toBe('transition.later');
    expect((await ask(`GET /beta/deployments/${id}/why`)).body.waiting_for).toBe('delivery');
  });
});

describe('hearing a thing', () => {
  it('takes its report, and names deployment and seq in its line', async () => {
    const { hear, lines, deploy, thing, system, statusOf } = await given();
    const id = await deploy(1);
    await system.carryOutAll();
    const current = system.wordOf(thing);
    await hear(sqsEvent([{ kind: 'report', thing, channel: 'release', current, version: 2 }]), context());
    expect(await statusOf(id)).toBe('deployed');
    expect(lines.at(-1)).toMatchObject({
      code: 'report.taken',
      deployment: id,
      seq: current.seq,
      outcome: 'applied',
    });
  });

  it('takes a report whose null a shadow has swallowed', async () => {
    const { hear, deploy, thing, system, statusOf } = await given();
    const id = await deploy(1);
    await system.carryOutAll();
    const { error: _, ...current } = system.wordOf(thing);
    await hear(sqsEvent([{ kind: 'report', thing, channel: 'release', current }]), context());
    expect(await statusOf(id)).toBe('deployed');
  });

  it('takes its comings and goings, and its answers to pings', async () => {
    const { hear, thing, system } = await given();
    const at = system.clock.now();
    await hear(
      sqsEvent([
        { kind: 'presence', thing, eventType: 'connected', versionNumber: 1, timestamp: at },
        { kind: 'pong', thing, ping: 'p1', timestamp: at },
      ]),
      context(),
    );
    expect((await system.world.things.load(thing))?.presence.state).toBe('online');
    expect(await system.world.pongs.find(thing, 'p1')).toBe(at);
  });

  it.each([
    ['another protocol', { kind: 'report', channel: 'release', current: { v: 2 } }],
    ['a shadow of the owner’s own', { kind: 'report', channel: 'my-shadow', current: {} }],
    ['nothing', null],
    ['a text', 'hello'],
  ])('drops %s with a line: a thing must not fill our queues', async (_, body) => {
    const { hear, lines } = await given();
    const answer = await hear(sqsEvent([body]), context());
    expect(answer?.batchItemFailures).toEqual([]);
    expect(lines).toEqual([expect.objectContaining({ code: 'report.malformed' })]);
  });

  it('gives back what could not be taken, and only that', async () => {
    const { hear, deploy, thing, system } = await given();
    await deploy(1);
    await system.carryOutAll();
    const report = { kind: 'report', thing, channel: 'release', current: system.wordOf(thing) };
    system.setFault(({ port, method }, moment) => {
      if (port === 'slots' && method === 'save' && moment === 'before') throw new Unavailable('throttled');
    });
    const answer = await hear(
      sqsEvent([report, { kind: 'pong', thing, ping: 'p', timestamp: 1 }]),
      context(),
    );
    expect(answer?.batchItemFailures).toHaveLength(1);
  });
});

describe('answering a fetch', () => {
  it('publishes the chunk on the thing’s own topic', async () => {
    const { world, log, lines, deploy, thing, system } = await given();
    await deploy(1);
    await system.carryOutAll();
    const [item] = system.targetOf(thing).items ?? [];
    await answerFetch(world)({ thing, digest: item?.digest, chunk: 0 }, log);
    const [{ topic, payload } = { topic: '', payload: new Uint8Array() }] = system.publisher.published();
    expect([topic, Buffer.from(payload).toString()]).toEqual([
      `shadowcast/${thing}/content/${item?.digest}/0`,
      '{ "speed": 1.0 }',
    ]);
    expect(lines[0]?.code).toBe('content.served');
  });

  it.each([{}, { thing: 7 }, null, { digest: 'sha256:0', chunk: 0 }])('drops %j', async (event) => {
    const { world, log, lines } = await given();
    await answerFetch(world)(event, log);
    expect(lines[0]?.code).toBe('content.malformed');
  });
});

describe('the sweep', () => {
  it('goes on until nothing is overdue', async () => {
    const { world, log, lines, measured, deploy, system } = await given();
    await deploy(1);
    system.transitions.take();
    system.clock.pass(60_000);
    await sweep(world)(() => 60_000, log);
    expect(lines).toEqual([expect.objectContaining({ code: 'sweep.done', failed: 0, rested: false })]);
    expect(measured).toEqual([{ OverdueSlots: 1 }]);
    expect(system.transitions.waiting()).toHaveLength(1);
  });

  it('stops when there is no time left', async () => {
    const { world, log, lines, deploy, system } = await given();
    await deploy(1);
    system.clock.pass(60_000);
    let asked = 0;
    await sweep(world)(() => {
      asked += 1;
      return 0;
    }, log);
    expect([asked, lines.length]).toEqual([1, 1]);
  });
});
