// Every minute: whatever is overdue is looked at again.
import { sweep } from '../jobs/sweep.ts';
import { readEnvironment } from '../wiring/env.ts';
import { liveFanOut, liveStore, liveTransitions, worldOf } from '../wiring/live.ts';
import { lambdaLog } from '../wiring/log.ts';
import { woken } from '../wiring/woken.ts';

const env = readEnvironment('sweep-overdue');
const world = worldOf({
  ...liveStore(env.TABLE_NAME),
  transitions: liveTransitions(env.TRANSITIONS_QUEUE_URL),
  fanOut: liveFanOut(env.ROLLOUTS_QUEUE_URL),
});
const run = sweep(world);

export const handler = woken(
  lambdaLog('sweep-overdue', env.STAGE),
  'sweep.failed',
  (_, log, { getRemainingTimeInMillis }) => run(getRemainingTimeInMillis, log),
);
