// Answers a thing that asks for content. The IoT rule calls it once for each request.
import middy from '@middy/core';
import { readEnvironment } from '../wiring/env.ts';
import { liveDevices, liveStore, worldOf } from '../wiring/live.ts';
import { lambdaLog } from '../wiring/log.ts';
import { answerFetch } from '../work/answer-fetch.ts';

const env = readEnvironment('serve-content');
const world = worldOf({ ...liveStore(env.TABLE_NAME), ...liveDevices() });

export const handler = middy<unknown, void>().handler(
  answerFetch(world, lambdaLog('serve-content', env.STAGE)),
);
