// How long to wait before the next try: every waiting of the agent, in one table.
import type { Clock } from './clock.ts';

export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

const second = 1000;

export const backoffs = {
  /** Between two attempts to apply a target. */
  apply: { firstMs: 15 * second, maxMs: 24 * 3600 * second },
  /** Between two asks for the same thing on a connection that is up: MQTT at QoS 0 may lose either way. */
  ask: { firstMs: 5 * second, maxMs: 60 * second },
  /** Between two tellings of a result, which is large: only its pointer's leaving says that it was heard. */
  give: { firstMs: 10 * second, maxMs: 15 * 60 * second },
  /** Between two connections. */
  connect: { firstMs: 1 * second, maxMs: 60 * second },
} as const satisfies Record<string, Backoff>;

/** Longest silence about a target, or a run, before the thing says that it is `applying`. */
export const applyingAfterMs = 5 * second;

/** A connection that lived this long was a good one: the next failure starts counting anew. */
export const goodConnectionMs = 30 * second;

/** After a report was accepted a delta must come; if none came for this long, it was lost: ask. */
export const deltaOverdueMs = 10 * second;

/** Delay after the given number of failures, from 1: doubling, never above the maximum. */
export const delayAfter = ({ firstMs, maxMs }: Backoff, failures: number): number =>
  Math.min(maxMs, firstMs * 2 ** Math.max(0, failures - 1));

/** Half of the delay is certain, the other half is chance: a fleet that lost its cloud must not come back as one. */
export const withJitter = (delayMs: number, random: () => number): number =>
  Math.round(delayMs / 2 + (delayMs / 2) * random());

/** Does something, and again after each delay, until what it returns is called. `firstAfterMs` postpones the first time. */
export const repeat = (clock: Clock, backoff: Backoff, act: () => void, firstAfterMs = 0): (() => void) => {
  let times = 0;
  let cancel = () => {};
  const turn = () => {
    times += 1;
    cancel = clock.after(delayAfter(backoff, times), turn);
    act();
  };
  if (firstAfterMs > 0) cancel = clock.after(firstAfterMs, turn);
  else turn();
  return () => cancel();
};
