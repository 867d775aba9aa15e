// A clock that stands still until a test says so: days of backoff pass in no time, and nothing depends on the machine's speed.
import type { Clock } from '#device/agent/clock';

interface Timer {
  readonly at: number;
  readonly delayMs: number;
  readonly run: () => void;
}

export interface VirtualClock extends Clock {
  /** Resolves when a timer of this delay is waiting: now, or as soon as the agent has set one. */
  waiting(delayMs: number): Promise<void>;
  /** Runs all that is due until then, in order. */
  advance(ms: number): void;
  /** Delays of the timers that are waiting, soonest first. */
  delays(): number[];
}

export const createVirtualClock = (startMs = Date.UTC(2026, 0, 1)): VirtualClock => {
  let now = startMs;
  const timers = new Set<Timer>();
  const lookers = new Set<() => void>();
  const inOrder = () => [...timers].sort((a, b) => a.at - b.at);

  const runUntil = (until: number): void => {
    const next = inOrder().find(({ at }) => at <= until);
    if (!next) return;
    timers.delete(next);
    now = next.at;
    next.run();
    runUntil(until);
  };

  return {
    now: () => now,
    after: (delayMs, run) => {
      const timer = { at: now + delayMs, delayMs, run };
      timers.add(timer);
      for (const look of lookers) look();
      return () => timers.delete(timer);
    },
    waiting: (delayMs) =>
      new Promise((resolve) => {
        const look = () => {
          if (![...timers].some((timer) => timer.delayMs === delayMs)) return;
          lookers.delete(look);
          resolve();
        };
        lookers.add(look);
        look();
      }),
    advance: (ms) => {
      const until = now + ms;
      runUntil(until);
      now = until;
    },
    delays: () => inOrder().map(({ delayMs }) => delayMs),
  };
};
