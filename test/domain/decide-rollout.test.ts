// What every event makes of a rollout, in every phase: cell by cell, written by hand.
import { describe, expect, it } from 'vitest';
import { decideRollout, type RolloutEvent } from '#domain/decide-rollout';
import type { Rollout } from '#domain/rollout';
import { hours, minutes, seconds, start } from './given.ts';
import { after, asked, counted, counts, made, phases, sealedAll } from './rollouts.ts';

const all = phases();
type Given = keyof typeof all;

const now = start + 1 * minutes;
const deadline = start + 1 * hours;

const decided = (rollout: Rollout, event: RolloutEvent, at = now, by = 'key:ada') =>
  decideRollout(rollout, event, asked(at, by));

/** What has changed, beside the version, which grows by one with every change. */
const changes = (rollout: Rollout, event: RolloutEvent, at = now, by = 'key:ada') => {
  const next = decided(rollout, event, at, by);
  if ('refused' in next) return next.refused;
  if (next === rollout) return 'nothing';
  expect(next.version).toBe(rollout.version + 1);
  const names = Object.keys(next) as (keyof Rollout)[];
  return Object.fromEntries(
    names
      .filter((name) => name !== 'version' && JSON.stringify(next[name]) !== JSON.stringify(rollout[name]))
      .map((name) => [name, next[name]]),
  );
};

const seal: RolloutEvent = { type: 'seal', upTo: 'thing-4', added: 5, reachable: 4, isLast: false };

// ---- the table: what is done, and where it is nothing

const table: Readonly<Record<RolloutEvent['type'], Readonly<Record<Given, string>>>> = {
  begin: {
    reserved: 'sealing',
    sealing: '-',
    rolling: '-',
    baking: '-',
    lastWave: '-',
    succeeded: '-',
    cancelled: '-',
    over: '-',
    paused: '-',
    givenUp: '-',
  },
  drop: {
    reserved: 'over',
    sealing: '-',
    rolling: '-',
    baking: '-',
    lastWave: '-',
    succeeded: '-',
    cancelled: '-',
    over: '-',
    paused: '-',
    givenUp: '-',
  },
  seal: {
    reserved: '-',
    sealing: 'sealing',
    rolling: '-',
    baking: '-',
    lastWave: '-',
    succeeded: '-',
    cancelled: '-',
    over: '-',
    paused: '-',
    givenUp: '-',
  },
  count: {
    reserved: 'reserved',
    sealing: 'sealing',
    rolling: 'baking',
    baking: 'baking',
    lastWave: 'ending',
    succeeded: 'ending',
    cancelled: 'ending',
    over: 'over',
    paused: 'rolling',
    givenUp: 'rolling',
  },
  look: {
    reserved: 'reserved',
    sealing: 'sealing',
    rolling: 'rolling',
    baking: 'baking',
    lastWave: 'rolling',
    succeeded: 'ending',
    cancelled: 'ending',
    over: '-',
    paused: '-',
    givenUp: '-',
  },
  pause: {
    reserved: 'reserved',
    sealing: 'sealing',
    rolling: 'rolling',
    baking: 'baking',
    lastWave: 'rolling',
    succeeded: 'no',
    cancelled: 'no',
    over: 'no',
    paused: '-',
    givenUp: '-',
  },
  resume: {
    reserved: '-',
    sealing: '-',
    rolling: '-',
    baking: '-',
    lastWave: '-',
    succeeded: 'no',
    cancelled: 'no',
    over: 'no',
    paused: 'rolling',
    givenUp: 'rolling',
  },
  cancel: {
    reserved: 'ending',
    sealing: 'ending',
    rolling: 'ending',
    baking: 'ending',
    lastWave: 'ending',
    succeeded: 'no',
    cancelled: '-',
    over: '-',
    paused: 'ending',
    givenUp: 'ending',
  },
  halt: {
    reserved: 'reserved',
    sealing: 'sealing',
    rolling: 'rolling',
    baking: 'baking',
    lastWave: 'rolling',
    succeeded: '-',
    cancelled: '-',
    over: '-',
    paused: '-',
    givenUp: '-',
  },
  tidied: {
    reserved: '-',
    sealing: '-',
    rolling: '-',
    baking: '-',
    lastWave: '-',
    succeeded: 'over',
    cancelled: 'over',
    over: '-',
    paused: '-',
    givenUp: '-',
  },
  'give up': {
    reserved: 'reserved',
    sealing: 'sealing',
    rolling: 'rolling',
    baking: 'baking',
    lastWave: 'rolling',
    succeeded: 'ending',
    cancelled: 'ending',
    over: '-',
    paused: '-',
    givenUp: '-',
  },
  redrive: {
    reserved: '-',
    sealing: '-',
    rolling: '-',
    baking: '-',
    lastWave: '-',
    succeeded: '-',
    cancelled: '-',
    over: '-',
    paused: '-',
    givenUp: 'rolling',
  },
};

const eventOf: { readonly [Type in RolloutEvent['type']]: RolloutEvent } = {
  begin: { type: 'begin' },
  drop: { type: 'drop' },
  seal,
  count: counted({ applied: 1 }),
  look: { type: 'look' },
  pause: { type: 'pause' },
  resume: { type: 'resume' },
  cancel: { type: 'cancel' },
  halt: { type: 'halt', alarm: 'latency' },
  tidied: { type: 'tidied' },
  'give up': { type: 'give up' },
  redrive: { type: 'redrive' },
};

const cells = Object.entries(table).flatMap(([type, row]) =>
  Object.entries(row).map(([given, becomes]) => [type, given, becomes] as const),
);

it.each(cells)('%s of one that is %s: %s', (type, given, becomes) => {
  const rollout = all[given as Given];
  const next = decided(rollout, eventOf[type as RolloutEvent['type']]);
  const told = 'refused' in next ? 'no' : next === rollout ? '-' : next.phase;
  expect(told).toBe(becomes);
});

it('what is over says so', () => {
  expect(decided(all.succeeded, { type: 'cancel' })).toEqual({
    refused: 'deployment_ended',
    message: 'Deployment r is over: it has succeeded.',
    params: { id: 'r' },
  });
});

// ---- beginning

describe('what begins', () => {
  it('lists its things at once', () => {
    expect(changes(all.reserved, { type: 'begin' })).toEqual({ phase: 'sealing', since: now, lookAt: now });
  });

  it('is over at once when its group never named it', () => {
    expect(changes(all.reserved, { type: 'drop' }, now, 'engine')).toEqual({
      phase: 'over',
      since: now,
      lookAt: null,
      end: {
        status: 'cancelled',
        at: now,
        by: 'engine',
        failure: { code: 'never_named', message: 'Its group never named it.' },
      },
    });
  });

  it('does not begin once it was cancelled, and is dropped then as well', () => {
    const cancelled = { ...all.reserved, end: all.cancelled.end };
    expect(changes(cancelled, { type: 'begin' })).toBe('nothing');
  });
});

describe('listing', () => {
  it('goes on with the next page, and others look only if whoever does so has died', () => {
    const looked = { ...all.sealing, looks: 3, lookAt: null };
    expect(changes(looked, seal)).toEqual({
      sealedUpTo: 'thing-4',
      total: 5,
      reachable: 4,
      looks: 1,
      lookAt: now + 4 * seconds,
    });
  });

  it('adds to what is listed already', () => {
    const next = after(all.sealing, [now, seal], [now, { ...seal, upTo: null }]);
    expect([next.sealedUpTo, next.total, next.reachable]).toEqual(['thing-4', 10, 8]);
  });

  it('of the last page opens the first wave', () => {
    expect(changes(all.sealing, sealedAll(10, 8))).toEqual({
      phase: 'rolling',
      since: now,
      sealedUpTo: 'thing-9',
      total: 10,
      reachable: 8,
      exposed: 1,
      lookAt: now + 1 * seconds,
    });
  });

  it('of nobody is success at once', () => {
    const next = decided(all.sealing, { type: 'seal', upTo: null, added: 0, reachable: 0, isLast: true });
    expect(next).toMatchObject({
      phase: 'ending',
      sealedUpTo: null,
      total: 0,
      exposed: 0,
      end: { status: 'succeeded', at: now, by: 'engine', failure: null },
      lookAt: now + 5 * seconds,
    });
  });
});

// ---- counting

describe('what is counted', () => {
  const counting = (over: Parameters<typeof counts>[0]) => ({ counts: counts(over), countedAt: now });

  it('while the wave is outstanding is another look', () => {
    expect(changes(all.rolling, counted({ outstanding: 1 }))).toEqual({
      ...counting({ outstanding: 1 }),
      looks: 1,
      lookAt: now + 2 * seconds,
    });
  });

  it('when the wave is through begins the bake', () => {
    expect(changes(all.rolling, counted({ applied: 1 }))).toEqual({
      ...counting({ applied: 1 }),
      phase: 'baking',
      since: now,
      lookAt: now + 5 * seconds,
    });
  });

  it('without a bake opens the next wave', () => {
    expect(changes(phases({ bakeMs: 0 }).rolling, counted({ applied: 1 }))).toEqual({
      ...counting({ applied: 1 }),
      exposed: 5,
      since: now,
      lookAt: now + 1 * seconds,
    });
  });

  it('when the last wave is through is success, without a bake', () => {
    expect(changes(all.lastWave, counted({ applied: 10 }))).toEqual({
      ...counting({ applied: 10 }),
      phase: 'ending',
      since: now,
      end: { status: 'succeeded', at: now, by: 'engine', failure: null },
      lookAt: now + 5 * seconds,
    });
  });

  const bakedAt = all.baking.since + 10 * minutes;

  it.each([
    ['just before it is over', bakedAt - 1, 'baking', 1],
    ['when it is over', bakedAt, 'rolling', 5],
  ])('in the bake, %s', (_, at, phase, exposed) => {
    expect(decided(all.baking, counted({ applied: 1 }), at)).toMatchObject({ phase, exposed });
  });

  it('a look in the bake is never later than its end', () => {
    expect(decided(all.baking, { type: 'look' }, bakedAt - 2 * seconds)).toMatchObject({ lookAt: bakedAt });
  });

  it('a look is never later than the deadline', () => {
    expect(decided(all.rolling, { type: 'look' }, deadline - 500)).toMatchObject({ lookAt: deadline });
  });

  it.each([
    [1, 'baking'],
    [2, 'ending'],
  ])('with %i failures, of which one is borne', (failed, phase) => {
    expect(decided(all.rolling, counted({ failed }))).toMatchObject({ phase });
  });

  it('failures too many end it, whatever is outstanding, and even while it is held', () => {
    const end = {
      status: 'failed',
      at: now,
      by: 'engine',
      failure: {
        code: 'too_many_failures',
        message: '2 of 1 devices that were given it have failed; it bears 1.',
      },
    };
    for (const rollout of [all.rolling, all.paused])
      expect(decided(rollout, counted({ failed: 2, outstanding: 3 }))).toMatchObject({
        phase: 'ending',
        hold: null,
        end,
        counts: counts({ failed: 2, outstanding: 3 }),
        countedAt: now,
        lookAt: now + 5 * seconds,
      });
  });

  it('failures are borne by how many were exposed', () => {
    const { lastWave } = phases({ failuresMax: { percent: 20 } });
    expect(decided(lastWave, counted({ failed: 2, outstanding: 1 }))).toMatchObject({ phase: 'rolling' });
    expect(decided(lastWave, counted({ failed: 3, outstanding: 1 }))).toMatchObject({
      end: { failure: { message: '3 of 10 devices that were given it have failed; it bears 2.' } },
    });
  });

  it('while it is held is only noted', () => {
    expect(changes(all.paused, counted({ applied: 1 }))).toEqual(counting({ applied: 1 }));
  });

  it('after its end is only noted', () => {
    expect(changes(all.cancelled, counted({ failed: 9 }))).toEqual(counting({ failed: 9 }));
  });

  const late = {
    status: 'failed',
    by: 'engine',
    failure: {
      code: 'deadline_passed',
      message: '3 devices that were reachable had not applied it before its deadline.',
    },
  };

  it.each<[string, Rollout, number, boolean]>([
    ['just before the deadline', all.rolling, deadline - 1, false],
    ['at the deadline', all.rolling, deadline, true],
    ['in the bake', all.baking, deadline, true],
    ['while listing', all.sealing, deadline, true],
    ['before its group named it', all.reserved, deadline, false],
    ['held', all.paused, deadline, false],
  ])('%s', (_, rollout, at, isLate) => {
    const next = decided(rollout, counted({ outstanding: 3 }), at);
    if (isLate) expect(next).toMatchObject({ phase: 'ending', end: { ...late, at } });
    else expect(next).toMatchObject({ end: null });
  });

  it('a look says the same, of those that were counted last', () => {
    const last = { ...all.rolling, counts: counts({ outstanding: 3 }) };
    expect(decided(last, { type: 'look' }, deadline)).toMatchObject({ end: { ...late, at: deadline } });
  });
});

// ---- looks

describe('a look', () => {
  it('before its time is none', () => {
    const early = { ...all.rolling, lookAt: now + 1 };
    expect(changes(early, { type: 'look' })).toBe('nothing');
    expect(changes({ ...early, lookAt: now }, { type: 'look' })).not.toBe('nothing');
  });

  it('makes the next one later', () => {
    expect(changes(all.rolling, { type: 'look' })).toEqual({ looks: 1, lookAt: now + 2 * seconds });
    expect(changes({ ...all.rolling, looks: 1 }, { type: 'look' })).toEqual({
      looks: 2,
      lookAt: now + 4 * seconds,
    });
  });

  it('at what was decided knows no deadline', () => {
    expect(changes(all.cancelled, { type: 'look' }, deadline)).toEqual({
      looks: 1,
      lookAt: deadline + 10 * seconds,
    });
  });
});

// ---- holds

describe('a hold', () => {
  const looked = { ...all.rolling, looks: 5 };
  const paused = { for: 'decision', at: now, by: 'key:ada', why: 'A person has paused it.' };

  it('by a person waits for one', () => {
    expect(changes(looked, { type: 'pause' })).toEqual({ hold: paused, looks: 0, lookAt: null });
  });

  it('by an alarm waits for a person', () => {
    expect(changes(looked, { type: 'halt', alarm: 'latency' }, now, 'engine')).toEqual({
      hold: {
        for: 'decision',
        at: now,
        by: 'alarm:latency',
        why: 'The alarm latency has gone off.',
      },
      looks: 0,
      lookAt: null,
    });
  });

  it('by an alarm is an end where its plan rolls back', () => {
    expect(changes(phases({ rollsBack: true }).rolling, { type: 'halt', alarm: 'latency' })).toEqual({
      phase: 'ending',
      since: now,
      end: {
        status: 'failed',
        at: now,
        by: 'alarm:latency',
        failure: { code: 'alarm', message: 'The alarm latency has gone off.' },
      },
      lookAt: now + 5 * seconds,
    });
  });

  it('of a message that failed too often waits for an operator', () => {
    expect(changes(looked, { type: 'give up' }, now, 'key:ada')).toEqual({
      hold: { for: 'operator', at: now, by: 'engine', why: 'Every delivery of its message has failed.' },
      looks: 0,
      lookAt: null,
    });
  });

  it('that is let go has cost no time', () => {
    const held = after(all.baking, [now, { type: 'pause' }]);
    const later = now + 20 * minutes;
    expect(changes({ ...held, looks: 3, heldMs: 1000 }, { type: 'resume' }, later)).toEqual({
      hold: null,
      heldMs: 20 * minutes + 1000,
      since: all.baking.since + 20 * minutes,
      looks: 0,
      lookAt: later + 5 * seconds,
    });
  });

  it('is let go by a redrive only where an operator is waited for', () => {
    expect(changes(all.givenUp, { type: 'redrive' })).toMatchObject({ hold: null });
    expect(changes(all.paused, { type: 'redrive' })).toBe('nothing');
    expect(changes(all.rolling, { type: 'redrive' })).toBe('nothing');
  });

  it('ends with the rollout', () => {
    expect(changes(all.paused, { type: 'cancel' })).toMatchObject({ hold: null, phase: 'ending' });
  });
});

it('a cancelled one says who did it', () => {
  expect(changes(all.rolling, { type: 'cancel' })).toEqual({
    phase: 'ending',
    since: now,
    end: {
      status: 'cancelled',
      at: now,
      by: 'key:ada',
      failure: { code: 'cancelled', message: 'A person has cancelled it.' },
    },
    lookAt: now + 5 * seconds,
  });
});

it('what is tidied up is over, and never looked at again', () => {
  expect(changes({ ...all.cancelled, looks: 4 }, { type: 'tidied' })).toEqual({
    phase: 'over',
    since: now,
    looks: 0,
    lookAt: null,
  });
});

it('a new one is of version 1, and each change is one more', () => {
  expect([made().version, all.sealing.version, all.rolling.version]).toEqual([1, 2, 3]);
});
