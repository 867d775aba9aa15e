// Wakes functions by the clock, as EventBridge does.

export type Clock = {
  every: (ms: number, act: () => void) => void;
  stop: () => void;
};

/** A schedule goes on while the machine is off, so the first time is soon after the start, not a whole interval later. */
const firstMs = 1000;

export const startClock = (): Clock => {
  const timers = new Set<NodeJS.Timeout>();
  return {
    every: (ms, act) => {
      timers.add(setTimeout(act, Math.min(firstMs, ms)));
      timers.add(setInterval(act, ms));
    },
    stop: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
};
