// The door for Miru's Platform API.
import { miru } from '#dialects/miru/dialect';
import { door } from '../wiring/door.ts';
import { readEnvironment } from '../wiring/env.ts';
import { liveDevices, liveStore, liveTransitions, worldOf } from '../wiring/live.ts';
import { lambdaLog } from '../wiring/log.ts';
import { seldomCertificates } from '../wiring/seldom-certificates.ts';

const env = readEnvironment('api-miru');
const world = worldOf({
  ...liveStore(env.TABLE_NAME),
  ...liveDevices(),
  transitions: liveTransitions(env.TRANSITIONS_QUEUE_URL),
  // To take certificates away; its role lets it sign none.
  certificates: seldomCertificates(env.DEVICE_POLICY_NAME),
});

export const handler = door(miru, world, lambdaLog('api-miru', env.STAGE));
