// Time and chance that a test holds in its hand.
import { createHash } from 'node:crypto';
import type { Chance, Clock } from '#engine/ports';

export interface TestClock extends Clock {
  readonly pass: (ms: number) => void;
}

export const testClock = (start = Date.UTC(2026, 0, 1)): TestClock => {
  let now = start;
  return {
    now: () => now,
    // Nobody waits in a test: time passes instead.
    sleep: async (ms) => {
      now += ms;
    },
    pass: (ms) => {
      now += ms;
    },
  };
};

/** Never the same twice, and the same in every run. */
export const testChance = (seed = 'shadowcast'): Chance => {
  let drawn = 0;
  return {
    bytes: (length) => {
      drawn += 1;
      return createHash('sha512').update(`${seed} ${drawn}`).digest().subarray(0, length);
    },
  };
};
