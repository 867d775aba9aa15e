// Answers a thing that asks for content. The IoT rule calls it once for each request.
import { answerFetch } from '../jobs/answer-fetch.ts';
import { readEnvironment } from '../wiring/env.ts';
import { liveDevices, liveStore, worldOf } from '../wiring/live.ts';
import { lambdaLog } from '../wiring/log.ts';
import { tellingNowAndThen } from '../wiring/together.ts';
import { woken } from '../wiring/woken.ts';

const env = readEnvironment('serve-content');
const world = worldOf({ ...liveStore(env.TABLE_NAME), ...liveDevices() });

const log = tellingNowAndThen(lambdaLog('serve-content', env.STAGE), world.clock.now);

export const handler = woken(log, 'content.failed', answerFetch(world));
