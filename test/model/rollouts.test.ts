// Waves under everything that may happen between two reads: they never expose more than they say.
import { describe, expect, it } from 'vitest';
import { decideRollout } from '#domain/decide-rollout';
import { isRefusal } from '#domain/refusal';
import { type Fleet, searchRollouts, smallPlan } from './rollouts.ts';

const fleet: Fleet = {
  reachable: [true, true, false],
  plan: smallPlan,
  decide: decideRollout,
  shutsDoors: true,
};

/** Two things, for what is not about the middle of it. */
const pair: Fleet = { ...fleet, reachable: [true, false] };

describe('in every state that a rollout of a few things can reach', () => {
  it.each([
    ['that bears one failure', fleet],
    ['that rolls back', { ...pair, plan: { ...smallPlan, rollsBack: true } }],
    [
      'that bears none, all at once',
      { ...pair, plan: { ...smallPlan, waves: [], failuresMax: { count: 0 } } },
    ],
  ])('%s, every invariant holds', (name, of) => {
    const { states, steps, violation } = searchRollouts(of);
    console.log(`A rollout ${name}: ${states} states, ${steps} steps`);
    expect(violation).toBeUndefined();
    expect(states).toBeGreaterThan(500);
  });
});

/** The real decision, but a wave is opened while somebody of the one before is still waited for. */
const impatient: Fleet['decide'] = (rollout, event, asked) => {
  if (event.type !== 'count') return decideRollout(rollout, event, asked);
  const counts = { ...event.counts, outstanding: 0 };
  const answer = decideRollout(rollout, { ...event, counts }, asked);
  return isRefusal(answer) || answer === rollout ? answer : { ...answer, counts: event.counts };
};

/** The next wave is one larger than its plan says. */
const greedy: Fleet['decide'] = (rollout, event, asked) => {
  const answer = decideRollout(rollout, event, asked);
  return isRefusal(answer) || answer.exposed === rollout.exposed
    ? answer
    : { ...answer, exposed: Math.min(answer.exposed + 1, answer.total) };
};

describe('the check finds', () => {
  it.each([
    ['a wave that is opened too early', { ...fleet, decide: impatient }],
    ['a wave that is larger than its plan', { ...fleet, decide: greedy }],
    ['a slot that takes what was called back', { ...pair, shutsDoors: false }],
  ])('%s', (name, of) => {
    const { violation } = searchRollouts(of);
    console.log([`${name} breaks: ${violation?.broken}`, ...(violation?.trace ?? [])].join('\n  '));
    expect(violation?.trace.length).toBeGreaterThan(0);
    expect(violation?.trace.length).toBeLessThan(20);
  });
});
