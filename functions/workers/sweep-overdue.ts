// Every minute: whatever is overdue is looked at again.
import middy from '@middy/core';
import { sweep } from '../jobs/sweep.ts';
import { readEnvironment } from '../wiring/env.ts';
import { liveStore, liveTransitions, worldOf } from '../wiring/live.ts';
import { lambdaLog } from '../wiring/log.ts';

const env = readEnvironment('sweep-overdue');
const world = worldOf({
  ...liveStore(env.TABLE_NAME),
  transitions: liveTransitions(env.TRANSITIONS_QUEUE_URL),
});
const run = sweep(world, lambdaLog('sweep-overdue', env.STAGE));

export const handler = middy<unknown, void>().handler((_, { getRemainingTimeInMillis }) =>
  run(getRemainingTimeInMillis),
);
