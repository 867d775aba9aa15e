// Takes rollouts to their things, wave by wave.
import { ownerOf } from '#dialects/humanitec/fleet/owner';
import { rollOut } from '../jobs/roll-out.ts';
import { readEnvironment } from '../wiring/env.ts';
import { liveFanOut, liveNotices, liveStore, liveTransitions, worldOf } from '../wiring/live.ts';
import { lambdaLog } from '../wiring/log.ts';
import { worker } from '../wiring/worker.ts';

const env = readEnvironment('roll-out');
const world = worldOf({
  ...liveStore(env.TABLE_NAME),
  transitions: liveTransitions(env.TRANSITIONS_QUEUE_URL),
  fanOut: liveFanOut(env.ROLLOUTS_QUEUE_URL),
  notices: liveNotices(env.WEBHOOKS_QUEUE_URL),
});

export const handler = worker(
  lambdaLog('roll-out', env.STAGE),
  rollOut(world, ownerOf(world), env.RECEIVES_MAX),
);
