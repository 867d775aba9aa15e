// Whom a deployment waits for, who ends it, and when we look again by ourselves. Nothing waits without a row here.

const seconds = 1000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

export interface Wait {
  /** Who ends it: for `why`. */
  readonly endedBy: string;
  /** When we look again after `times` looks, in ms; undefined: only that person or thing ends it. */
  readonly lookAgainAfterMs: ((times: number) => number) | undefined;
  /** What happens then. */
  readonly consequence: string;
}

const doubling = (firstMs: number, maxMs: number) => (times: number) =>
  Math.min(firstMs * 2 ** Math.min(times, 30), maxMs);

/** How long a thing waits between two attempts, by the number of the attempt that failed (from 1). */
export const retryDelayMs = (attempt: number): number => doubling(15 * seconds, 24 * hours)(attempt - 1);

export const waits = {
  delivery: {
    endedBy: 'the thing, by confirming what it was sent',
    lookAgainAfterMs: doubling(1 * minutes, 1 * hours),
    consequence: 'the shadow is read for a lost report, and the target is sent again',
  },
  'thing offline': {
    endedBy: 'the thing, by connecting',
    lookAgainAfterMs: () => 24 * hours,
    consequence: 'the shadow is read for a lost report; it may wait for months',
  },
  'thing applying': {
    endedBy: 'the thing, by reporting the result',
    lookAgainAfterMs: doubling(10 * minutes, 1 * hours),
    consequence: 'the shadow is read for a lost report, and the target is sent again',
  },
  'thing retrying': {
    endedBy: 'the thing, by its next attempt',
    // Twice the thing's own pause: by then it has tried again or its report was lost.
    lookAgainAfterMs: (attempts: number) => 2 * retryDelayMs(Math.max(attempts, 1)) + 1 * minutes,
    consequence: 'the shadow is read for a lost report, and the target is sent again',
  },
  operator: {
    endedBy: 'an operator, by a redrive, or a newer deployment',
    lookAgainAfterMs: undefined,
    consequence: 'nothing by itself: every delivery of its message has failed',
  },
  person: {
    endedBy: 'a person, by deploying or archiving it',
    lookAgainAfterMs: undefined,
    consequence: 'nothing by itself: it is staged',
  },
  replacement: {
    endedBy: 'the thing, by confirming the newer deployment',
    lookAgainAfterMs: undefined,
    consequence: 'the newer deployment is looked after; this one is archived with its confirmation',
  },
  successor: {
    endedBy: 'a newer deployment, or a person who archives it',
    lookAgainAfterMs: undefined,
    consequence: 'nothing is outstanding: it is deployed',
  },
  turn: {
    endedBy: 'the deployments before it in the queue',
    lookAgainAfterMs: undefined,
    consequence: 'it is sent when there is room among those that the thing is told of',
  },
  // A rollout's own waits; each of its things waits by the rows above.
  start: {
    endedBy: 'the group that it was made for, by naming it',
    lookAgainAfterMs: doubling(5 * seconds, 1 * minutes),
    consequence: 'it begins if its group names it, and is dropped if not',
  },
  listing: {
    endedBy: 'the cloud, by listing the things of the group',
    // At once; from then on each page is followed by the next.
    lookAgainAfterMs: (times) => (times === 0 ? 0 : doubling(2 * seconds, 1 * minutes)(times)),
    consequence: 'the listing goes on where it stopped',
  },
  wave: {
    endedBy: 'the things of this wave that were reachable, or the deadline',
    lookAgainAfterMs: doubling(1 * seconds, 30 * seconds),
    consequence: 'what the things have reported is counted again, and what was not sent is sent',
  },
  bake: {
    endedBy: 'the clock, or a failure too many',
    lookAgainAfterMs: doubling(5 * seconds, 30 * seconds),
    consequence: 'what the things have reported is counted again; when the time is over the next wave begins',
  },
  decision: {
    endedBy: 'a person, by resuming or cancelling it',
    lookAgainAfterMs: undefined,
    consequence: 'nothing by itself: it is paused',
  },
  aftermath: {
    endedBy: 'the cloud, by telling those who did not take part, or calling back what was not confirmed',
    lookAgainAfterMs: doubling(5 * seconds, 5 * minutes),
    consequence: 'the rest of it is done; the rollout itself is over',
  },
} as const satisfies Record<string, Wait>;

export type WaitingFor = keyof typeof waits;

/** What a slot's target waits for; the other rows are read off a deployment's phase. */
export type TargetWaitingFor = Extract<
  WaitingFor,
  'delivery' | 'thing offline' | 'thing applying' | 'thing retrying' | 'operator'
>;

/** What a rollout waits for. */
export type RolloutWaitingFor = Extract<
  WaitingFor,
  'start' | 'listing' | 'wave' | 'bake' | 'decision' | 'aftermath' | 'operator'
>;

export const lookAgainAt = (
  waitingFor: TargetWaitingFor | RolloutWaitingFor,
  times: number,
  now: number,
): number | null => {
  const after: Wait['lookAgainAfterMs'] = waits[waitingFor].lookAgainAfterMs;
  return after === undefined ? null : now + after(times);
};
