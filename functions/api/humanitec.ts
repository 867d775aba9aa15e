// The door for Humanitec's API.
import { humanitec } from '#dialects/humanitec/dialect';
import { door } from '../wiring/door.ts';
import { readEnvironment } from '../wiring/env.ts';
import { liveStore, worldOf } from '../wiring/live.ts';
import { lambdaLog } from '../wiring/log.ts';

const env = readEnvironment('api-humanitec');
const world = worldOf(liveStore(env.TABLE_NAME));

export const handler = door(humanitec, world, lambdaLog('api-humanitec', env.STAGE));
