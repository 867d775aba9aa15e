// Carries transitions to the devices' shadows.

import { carryOutTransition } from '../jobs/carry-out-transition.ts';
import { readEnvironment } from '../wiring/env.ts';
import { liveDevices, liveStore, liveTransitions, worldOf } from '../wiring/live.ts';
import { lambdaLog } from '../wiring/log.ts';
import { worker } from '../wiring/worker.ts';

const env = readEnvironment('carry-out-transition');
const world = worldOf({
  ...liveStore(env.TABLE_NAME),
  ...liveDevices(),
  transitions: liveTransitions(env.TRANSITIONS_QUEUE_URL),
});

export const handler = worker(
  lambdaLog('carry-out-transition', env.STAGE),
  carryOutTransition(world, env.RECEIVES_MAX),
);
