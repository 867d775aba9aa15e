// A function that is woken for one unit of work: by a rule, or by the clock.
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Code } from './codes.ts';
import type { Log } from './log.ts';
import { observed } from './observed.ts';
import { inUnit } from './unit.ts';

export type Job = (
  event: unknown,
  log: Log,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<void>;

/** Its fault is told, and thrown on: Lambda keeps what failed where somebody looks. */
export const woken = (log: Log, failed: Code, job: Job) =>
  middy<unknown, void>()
    .use(observed(log))
    .handler((event, context) =>
      inUnit(log, async (log) => {
        try {
          await job(event, log, context);
        } catch (cause) {
          log.fault({ code: failed }, cause);
          throw cause;
        }
      }),
    );
