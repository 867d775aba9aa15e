// Rollouts in every phase, for stories about what becomes of them.
import { decideRollout, type RolloutEvent } from '#domain/decide-rollout';
import type { Plan } from '#domain/plan';
import { isRefusal } from '#domain/refusal';
import { type Counts, newRollout, type Rollout } from '#domain/rollout';
import { frozen, hours, minutes, start } from './given.ts';

/** One thing first, then half of them, then all. */
export const plan: Plan = {
  waves: [{ count: 1 }, { percent: 50 }],
  bakeMs: 10 * minutes,
  failuresMax: { count: 1 },
  deadlineMs: 1 * hours,
  alarms: ['latency'],
  rollsBack: false,
};

export const made = (over: Partial<Plan> = {}): Rollout =>
  frozen(
    newRollout({
      id: 'r',
      organization: 'acme',
      channel: 'environment',
      group: 'line 1',
      generation: 7,
      revision: 'sha256:new',
      fallback: 'sha256:old',
      plan: { ...plan, ...over },
      createdAt: start,
      createdBy: 'key:ada',
      about: { comment: 'hello' },
    }),
  );

export const asked = (now: number, by = 'key:ada') => ({ now, by });

/** Every step must be granted. */
export const after = (rollout: Rollout, ...steps: readonly (readonly [number, RolloutEvent])[]): Rollout =>
  steps.reduce((before, [now, event]) => {
    const next = decideRollout(before, event, asked(now));
    if (isRefusal(next)) throw new Error(next.message);
    return frozen(next);
  }, rollout);

export const counts = (over: Partial<Counts> = {}): Counts => ({
  applied: 0,
  failed: 0,
  withdrawn: 0,
  offline: 0,
  outstanding: 0,
  ...over,
});

export const counted = (over: Partial<Counts> = {}): RolloutEvent => ({
  type: 'count',
  counts: counts(over),
});

export const sealedAll = (added: number, reachable = added): RolloutEvent => ({
  type: 'seal',
  upTo: 'thing-9',
  added,
  reachable,
  isLast: true,
});

const second = start + 1000;

/** In each phase, with ten things; what has happened so far happened in the first second. */
export const phases = (over: Partial<Plan> = {}) => {
  const reserved = made(over);
  const sealing = after(reserved, [second, { type: 'begin' }]);
  const rolling = after(sealing, [second, sealedAll(10)]);
  const baking = after(rolling, [second, counted({ applied: 1 })]);
  const lastWave = frozen({ ...rolling, exposed: 10 });
  const succeeded = after(lastWave, [second, counted({ applied: 10 })]);
  const cancelled = after(rolling, [second, { type: 'cancel' }]);
  const over_ = after(cancelled, [second, { type: 'tidied' }]);
  const paused = after(rolling, [second, { type: 'pause' }]);
  const givenUp = after(rolling, [second, { type: 'give up' }]);
  return { reserved, sealing, rolling, baking, lastWave, succeeded, cancelled, over: over_, paused, givenUp };
};
