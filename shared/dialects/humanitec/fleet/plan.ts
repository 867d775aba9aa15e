// How a rollout shall go, from Shadowcast's own part of a deployment request to the engine's plan, and back.
import type * as z from 'zod';
import { allAtOnce, type Plan } from '#domain/plan';
import type * as is from '../objects.ts';

type RolloutRequest = z.output<typeof is.rolloutRequest>;

const ms = (seconds: number): number => Math.round(seconds * 1000);

/** An hour, and what the pauses between its waves take. */
const deadlineFor = ({ waves, bakeMs }: Pick<Plan, 'waves' | 'bakeMs'>): number =>
  allAtOnce.deadlineMs + waves.length * bakeMs;

export const planOf = (asked: RolloutRequest | undefined): Plan => {
  if (asked === undefined) return allAtOnce;
  const waves = asked.waves ?? [];
  const bakeMs = ms(asked.bake_seconds ?? 0);
  return {
    waves,
    bakeMs,
    failuresMax: asked.failure_threshold ?? allAtOnce.failuresMax,
    deadlineMs:
      asked.deadline_seconds === undefined ? deadlineFor({ waves, bakeMs }) : ms(asked.deadline_seconds),
    alarms: asked.alarms ?? [],
    rollsBack: asked.rollback_on_failure ?? false,
  };
};

export const tellPlan = ({
  waves,
  bakeMs,
  failuresMax,
  deadlineMs,
  alarms,
  rollsBack,
}: Plan): z.input<typeof is.rolloutPlan> => ({
  waves: [...waves],
  bake_seconds: bakeMs / 1000,
  failure_threshold: failuresMax,
  deadline_seconds: deadlineMs / 1000,
  alarms: [...alarms],
  rollback_on_failure: rollsBack,
});
