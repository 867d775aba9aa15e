// Takes what things say of themselves.

import { takeWord } from '../jobs/take-word.ts';
import { readEnvironment } from '../wiring/env.ts';
import { liveStore, liveTransitions, worldOf } from '../wiring/live.ts';
import { lambdaLog } from '../wiring/log.ts';
import { worker } from '../wiring/worker.ts';

const env = readEnvironment('take-report');
const world = worldOf({
  ...liveStore(env.TABLE_NAME),
  transitions: liveTransitions(env.TRANSITIONS_QUEUE_URL),
});

export const handler = worker(lambdaLog('take-report', env.STAGE), takeWord(world));
