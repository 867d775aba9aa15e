// The door for things that have no certificate yet: the only function that may sign one.
import { device } from '#dialects/device/dialect';
import { door } from '../wiring/door.ts';
import { readEnvironment } from '../wiring/env.ts';
import { liveStore, liveTransitions, worldOf } from '../wiring/live.ts';
import { liveCertificates } from '../wiring/live-certificates.ts';
import { lambdaLog } from '../wiring/log.ts';

const env = readEnvironment('api-device');
const world = worldOf({
  ...liveStore(env.TABLE_NAME),
  transitions: liveTransitions(env.TRANSITIONS_QUEUE_URL),
  certificates: liveCertificates(env.DEVICE_POLICY_NAME),
});

export const handler = door(device, world, lambdaLog('api-device', env.STAGE));
