// Wakes functions by the clock, as EventBridge does.

export type Clock = {
  every: (ms: number, act: () => void) => void;
  /** As if so much time had passed: whoever is due by then is woken now. */
  pass: (ms: number) => void;
  /** Somebody has disabled the schedules. Returns what enables them again. */
  suspend: () => () => void;
  stop: () => void;
};

type Alarm = { everyMs: number; dueInMs: number; wake: () => void };

/** A schedule goes on while the machine is off, so the first time is soon after the start, not a whole interval later. */
const firstMs = 1000;

export const startClock = (): Clock => {
  const timers = new Set<NodeJS.Timeout>();
  const alarms: Alarm[] = [];
  let suspended = 0;
  return {
    every: (everyMs, act) => {
      const wake = () => {
        if (suspended === 0) act();
      };
      alarms.push({ everyMs, dueInMs: everyMs, wake });
      timers.add(setTimeout(wake, Math.min(firstMs, everyMs)));
      timers.add(setInterval(wake, everyMs));
    },
    pass: (ms) => {
      for (const alarm of alarms) {
        for (alarm.dueInMs -= ms; alarm.dueInMs <= 0; alarm.dueInMs += alarm.everyMs) alarm.wake();
      }
    },
    suspend: () => {
      suspended += 1;
      return () => {
        suspended -= 1;
      };
    },
    stop: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
};
