// Numbers are told together where many come at once: what says that they are numbers is longer than they are.
import type { Measured } from './emf.ts';
import type { Log } from './log.ts';
import { tally } from './tally.ts';

/** The same log, of whose numbers somebody decides which go with a line. */
const telling = (log: Log, told: (measured: Measured, isFault: boolean) => Measured): Log => ({
  ...log,
  line: (line, measured = {}) => log.line(line, told(measured, false)),
  fault: (line, cause, measured = {}) => log.fault(line, cause, told(measured, true)),
});

export interface Batch {
  readonly log: Log;
  /** For the case that somebody had nothing to say: numbers of others may still wait. */
  readonly tellRest: () => void;
}

/** Messages that came in one batch: the line of the last of them has the numbers of all. */
export const tellingTogether = (log: Log, messages: number): Batch => {
  const waiting = tally();
  let silent = messages;
  return {
    log: telling(log, (measured) => {
      waiting.add(measured);
      silent -= 1;
      return silent > 0 ? {} : waiting.take();
    }),
    tellRest: () => {
      const rest = waiting.take();
      if (Object.keys(rest).length > 0) log.line({ code: 'batch.done', messages }, rest);
    },
  };
};

/** An instance that has told so much in so long is busy, and need not fear that nobody comes after it. */
export const busy = { lines: 5, withinMs: 10_000 };

/** CloudWatch takes so many values of one metric from a line. */
export const heldMax = 100;

/**
 * Invocations of one instance that follow each other closely: numbers wait for the next line that is due, and a fault never waits.
 * An instance that dies while it is busy takes with it those of its last seconds; the lines say them each.
 */
export const tellingNowAndThen = (log: Log, now: () => number): Log => {
  const waiting = tally();
  let since = Number.NEGATIVE_INFINITY;
  let told = 0;
  let held = 0;

  const isDue = (): boolean => {
    if (now() - since >= busy.withinMs) {
      since = now();
      told = 0;
    }
    return told < busy.lines || held >= heldMax;
  };

  return telling(log, (measured, isFault) => {
    waiting.add(measured);
    held += 1;
    if (!isDue() && !isFault) return {};
    told += 1;
    held = 0;
    return waiting.take();
  });
};
