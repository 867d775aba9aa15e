// Every minute: whatever is overdue is looked at again.
import middy from '@middy/core';
import { sweepOverdue } from '#engine/sweep-overdue';
import { readEnvironment } from '../wiring/env.ts';
import { liveStore, liveTransitions, worldOf } from '../wiring/live.ts';
import { lambdaLog } from '../wiring/log.ts';

const env = readEnvironment('sweep-overdue');
const log = lambdaLog('sweep-overdue', env.STAGE);
const world = worldOf({
  ...liveStore(env.TABLE_NAME),
  transitions: liveTransitions(env.TRANSITIONS_QUEUE_URL),
});

/** What is left when there is no time left is found by the next minute's run. */
const reserveMs = 10_000;

export const handler = middy<unknown, void>().handler(async (_, { getRemainingTimeInMillis }) => {
  let looked = 0;
  for (;;) {
    const swept = await sweepOverdue(world)();
    looked += swept.looked;
    for (const { cause, ...where } of swept.failed)
      log.fault({ code: 'sweep.slot_failed', ...('id' in where ? where.id : where) }, cause);
    const isDone = swept.looked === 0 || getRemainingTimeInMillis() < reserveMs;
    if (isDone)
      return log.line({ code: 'sweep.done', looked, failed: swept.failed.length, rested: swept.rested });
  }
});
