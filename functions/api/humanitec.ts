// The door for Humanitec's API.
import { humanitec } from '#dialects/humanitec/dialect';
import { door } from '../wiring/door.ts';
import { readEnvironment } from '../wiring/env.ts';
import {
  liveFanOut,
  liveNotices,
  liveReceivers,
  liveStore,
  liveTransitions,
  worldOf,
} from '../wiring/live.ts';
import { lambdaLog } from '../wiring/log.ts';

const env = readEnvironment('api-humanitec');
const world = worldOf({
  ...liveStore(env.TABLE_NAME),
  transitions: liveTransitions(env.TRANSITIONS_QUEUE_URL),
  fanOut: liveFanOut(env.ROLLOUTS_QUEUE_URL),
  notices: liveNotices(env.WEBHOOKS_QUEUE_URL),
  receivers: liveReceivers(env.WEBHOOK_REACH),
});

export const handler = door(humanitec, world, lambdaLog('api-humanitec', env.STAGE));
