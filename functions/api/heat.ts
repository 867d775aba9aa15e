// The door for OpenStack Heat's software deployments, and for the login of its clients.
import { heat } from '#dialects/heat/dialect';
import { door } from '../wiring/door.ts';
import { readEnvironment } from '../wiring/env.ts';
import { liveStore, liveTransitions, worldOf } from '../wiring/live.ts';
import { lambdaLog } from '../wiring/log.ts';

const env = readEnvironment('api-heat');
const world = worldOf({
  ...liveStore(env.TABLE_NAME),
  transitions: liveTransitions(env.TRANSITIONS_QUEUE_URL),
});

export const handler = door(heat, world, lambdaLog('api-heat', env.STAGE));
