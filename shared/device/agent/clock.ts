// Time as a value: the agent never asks the machine for it, so that a test can let a day pass in a millisecond.

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs something later; call what it returns to cancel. */
  after(delayMs: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Ends after the delay, or at once when the signal is raised: whoever waits looks at the signal himself. */
export const pause = (clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (delayMs <= 0 || signal.aborted) return resolve();
    const wake = () => {
      cancel();
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const cancel = clock.after(delayMs, wake);
    signal.addEventListener('abort', wake);
  });
