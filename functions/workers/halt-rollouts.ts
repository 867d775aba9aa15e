// An alarm changes its state: rollouts that named it are halted.
import { haltRollouts } from '../jobs/halt-rollouts.ts';
import { readEnvironment } from '../wiring/env.ts';
import { liveFanOut, liveStore, worldOf } from '../wiring/live.ts';
import { lambdaLog } from '../wiring/log.ts';
import { woken } from '../wiring/woken.ts';

const env = readEnvironment('halt-rollouts');
const world = worldOf({ ...liveStore(env.TABLE_NAME), fanOut: liveFanOut(env.ROLLOUTS_QUEUE_URL) });
const run = haltRollouts(world, env.STAGE_ALARM);

export const handler = woken(lambdaLog('halt-rollouts', env.STAGE), 'alarm.failed', run);
