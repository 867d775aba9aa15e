// What an event makes of a rollout: pure, total over the events, and the only place where a rollout changes.
import type { Failure } from './deployment.ts';
import { nextBound, toleratedFailures } from './plan.ts';
import { type Refusal, refuse } from './refusal.ts';
import {
  type Counts,
  deadlineOf,
  type Hold,
  isRunning,
  type Rollout,
  type RolloutEnd,
  type RolloutPhase,
  rolloutWaitsFor,
} from './rollout.ts';
import { lookAgainAt } from './waiting.ts';

export type RolloutEvent =
  /** Its group names it. */
  | { readonly type: 'begin' }
  /** Its group will never name it: the request that made it has died. */
  | { readonly type: 'drop' }
  /** Some more of the group's members have been written down, up to the one named; `isLast`: there are no others. */
  | {
      readonly type: 'seal';
      readonly upTo: string | null;
      readonly added: number;
      readonly reachable: number;
      readonly isLast: boolean;
    }
  | { readonly type: 'count'; readonly counts: Counts }
  /** Its time has come, and there is nothing to count. */
  | { readonly type: 'look' }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  /** By a person, unless it says why. */
  | { readonly type: 'cancel'; readonly failure?: Failure }
  /** An alarm that it named. */
  | { readonly type: 'halt'; readonly alarm: string }
  /** Everybody has been told. */
  | { readonly type: 'tidied' }
  /** Every delivery of its message has failed. */
  | { readonly type: 'give up' }
  | { readonly type: 'redrive' };

export interface Asked {
  readonly now: number;
  readonly by: string;
}

type DecideRollout<Type extends RolloutEvent['type']> = (
  rollout: Rollout,
  event: Extract<RolloutEvent, { type: Type }>,
  asked: Asked,
) => Rollout | Refusal;

const earliest = (...times: readonly (number | null)[]): number | null => {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.min(...known);
};

/** A rollout that is held has no deadline meanwhile. */
const deadlineAhead = (rollout: Rollout): number | null =>
  rollout.hold === null && isRunning(rollout) && rollout.phase !== 'reserved' ? deadlineOf(rollout) : null;

const bakedAt = ({ phase, hold, since, plan }: Rollout): number | null =>
  phase === 'baking' && hold === null ? since + plan.bakeMs : null;

const lookAtOf = (rollout: Rollout, now: number): number | null => {
  const waitingFor = rolloutWaitsFor(rollout);
  if (waitingFor === null) return null;
  return earliest(lookAgainAt(waitingFor, rollout.looks, now), deadlineAhead(rollout), bakedAt(rollout));
};

const waiting = (rollout: Rollout, now: number): Rollout => ({ ...rollout, lookAt: lookAtOf(rollout, now) });

const enter = (rollout: Rollout, phase: RolloutPhase, now: number): Rollout =>
  waiting({ ...rollout, phase, since: now, looks: 0 }, now);

const end = (
  rollout: Rollout,
  status: RolloutEnd['status'],
  { now, by }: Asked,
  failure: Failure | null,
): Rollout => enter({ ...rollout, hold: null, end: { status, at: now, by, failure } }, 'ending', now);

const fail = (rollout: Rollout, asked: Asked, code: string, message: string): Rollout =>
  end(rollout, 'failed', asked, { code, message });

/** The next wave, or the end if everybody has been exposed. */
const openNext = (rollout: Rollout, asked: Asked): Rollout => {
  const bound = nextBound(rollout.plan, rollout.total, rollout.exposed);
  return bound === undefined
    ? end(rollout, 'succeeded', { ...asked, by: 'engine' }, null)
    : enter({ ...rollout, exposed: bound }, 'rolling', asked.now);
};

const isThrough = ({ counts }: Rollout): boolean => counts.outstanding === 0;
const isBaked = (rollout: Rollout, now: number): boolean => now >= (bakedAt(rollout) ?? Infinity);
const isLastWave = ({ exposed, total }: Rollout): boolean => exposed === total;

const rolledOn = (rollout: Rollout, asked: Asked): Rollout => {
  if (rollout.phase === 'rolling' && isThrough(rollout))
    return rollout.plan.bakeMs === 0 || isLastWave(rollout)
      ? openNext(rollout, asked)
      : enter(rollout, 'baking', asked.now);
  if (rollout.phase === 'baking' && isBaked(rollout, asked.now)) return openNext(rollout, asked);
  return lookedAt(rollout, asked.now);
};

const lookedAt = (rollout: Rollout, now: number): Rollout =>
  waiting({ ...rollout, looks: rollout.looks + 1 }, now);

/** Its deadline has passed, and it is still at work. */
export const isLate = (rollout: Rollout, now: number): boolean => {
  const deadline = deadlineAhead(rollout);
  return deadline !== null && now >= deadline;
};

const engine = ({ now }: Asked): Asked => ({ now, by: 'engine' });

const failLate = (rollout: Rollout, asked: Asked): Rollout =>
  fail(
    rollout,
    engine(asked),
    'deadline_passed',
    `${rollout.counts.outstanding} devices that were reachable had not applied it before its deadline.`,
  );

const count: DecideRollout<'count'> = (rollout, { counts }, asked) => {
  const counted = { ...rollout, counts, countedAt: asked.now };
  if (!isRunning(rollout)) return counted;
  const tolerated = toleratedFailures(rollout.plan, rollout.exposed);
  if (counts.failed > tolerated)
    return fail(
      counted,
      engine(asked),
      'too_many_failures',
      `${counts.failed} of ${rollout.exposed} devices that were given it have failed; it bears ${tolerated}.`,
    );
  if (rollout.hold !== null) return counted;
  return isLate(counted, asked.now) ? failLate(counted, asked) : rolledOn(counted, asked);
};

const seal: DecideRollout<'seal'> = (rollout, { upTo, added, reachable, isLast }, asked) => {
  if (rollout.phase !== 'sealing') return rollout;
  const sealed = {
    ...rollout,
    sealedUpTo: upTo ?? rollout.sealedUpTo,
    total: rollout.total + added,
    reachable: rollout.reachable + reachable,
  };
  // Whoever has written this page down goes on by itself: others look only if it has died.
  if (!isLast) return waiting({ ...sealed, looks: 1 }, asked.now);
  return openNext(sealed, asked);
};

const ended = (rollout: Rollout): Refusal =>
  refuse('deployment_ended', `Deployment ${rollout.id} is over: it has ${rollout.end?.status}.`, {
    id: rollout.id,
  });

const holdWith = (rollout: Rollout, hold: Hold, now: number): Rollout =>
  rollout.hold === null ? waiting({ ...rollout, hold, looks: 0 }, now) : rollout;

/** Goes on where it stopped; time that it was held does not count. */
const letGo = (rollout: Rollout, now: number): Rollout => {
  if (rollout.hold === null) return rollout;
  const heldMs = now - rollout.hold.at;
  return waiting(
    {
      ...rollout,
      hold: null,
      heldMs: rollout.heldMs + heldMs,
      since: rollout.since + heldMs,
      looks: 0,
    },
    now,
  );
};

const halt: DecideRollout<'halt'> = (rollout, { alarm }, { now }) => {
  const asked = { now, by: `alarm:${alarm}` };
  const why = `The alarm ${alarm} has gone off.`;
  if (!isRunning(rollout)) return rollout;
  if (rollout.plan.rollsBack) return fail(rollout, asked, 'alarm', why);
  return holdWith(rollout, { for: 'decision', at: now, by: asked.by, why }, now);
};

const cancelled: Failure = { code: 'cancelled', message: 'A person has cancelled it.' };

const deciders: { readonly [Type in RolloutEvent['type']]: DecideRollout<Type> } = {
  begin: (rollout, _, { now }) =>
    rollout.phase === 'reserved' && isRunning(rollout) ? enter(rollout, 'sealing', now) : rollout,
  drop: (rollout, _, asked) =>
    rollout.phase === 'reserved'
      ? enter(
          end(rollout, 'cancelled', asked, { code: 'never_named', message: 'Its group never named it.' }),
          'over',
          asked.now,
        )
      : rollout,
  seal,
  count,
  look: (rollout, _, asked) => {
    if (rollout.lookAt === null || rollout.lookAt > asked.now) return rollout;
    return isLate(rollout, asked.now) ? failLate(rollout, asked) : lookedAt(rollout, asked.now);
  },
  pause: (rollout, _, { now, by }) =>
    isRunning(rollout)
      ? holdWith(rollout, { for: 'decision', at: now, by, why: 'A person has paused it.' }, now)
      : ended(rollout),
  resume: (rollout, _, { now }) => (isRunning(rollout) ? letGo(rollout, now) : ended(rollout)),
  cancel: (rollout, { failure = cancelled }, asked) => {
    if (rollout.end?.status === 'cancelled') return rollout;
    return isRunning(rollout) ? end(rollout, 'cancelled', asked, failure) : ended(rollout);
  },
  halt,
  tidied: (rollout, _, { now }) => (rollout.phase === 'ending' ? enter(rollout, 'over', now) : rollout),
  'give up': (rollout, _, { now }) =>
    rollout.phase === 'over'
      ? rollout
      : holdWith(
          rollout,
          { for: 'operator', at: now, by: 'engine', why: 'Every delivery of its message has failed.' },
          now,
        ),
  redrive: (rollout, _, { now }) => (rollout.hold?.for === 'operator' ? letGo(rollout, now) : rollout),
};

/** The same object when nothing changes; otherwise the next version. */
export const decideRollout = (rollout: Rollout, event: RolloutEvent, asked: Asked): Rollout | Refusal => {
  const decider = deciders[event.type] as DecideRollout<RolloutEvent['type']>;
  const after = decider(rollout, event, asked);
  if ('refused' in after || after === rollout) return after;
  return { ...after, version: rollout.version + 1 };
};
