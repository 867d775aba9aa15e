// Messages that came in one batch tell their numbers together, in the line of the last of them: what says that numbers are numbers is
// longer than they are.
import type { Log } from './log.ts';
import { tally } from './tally.ts';

export interface Batch {
  readonly log: Log;
  /** For the case that somebody had nothing to say: numbers of others may still wait. */
  readonly tellRest: () => void;
}

export const tellingTogether = (log: Log, messages: number): Batch => {
  const waiting = tally();
  let silent = messages;
  /** What goes with this line: nothing, while others are still to speak. */
  const told = (measured: Parameters<Log['line']>[1] = {}) => {
    waiting.add(measured);
    silent -= 1;
    return silent > 0 ? {} : waiting.take();
  };
  return {
    log: {
      ...log,
      line: (line, measured) => log.line(line, told(measured)),
      fault: (line, cause, measured) => log.fault(line, cause, told(measured)),
    },
    tellRest: () => {
      const rest = waiting.take();
      if (Object.keys(rest).length > 0) log.line({ code: 'batch.done', messages }, rest);
    },
  };
};
