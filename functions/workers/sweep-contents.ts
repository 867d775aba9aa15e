// Every day: content that nothing names any more goes.
import { retentionOf } from '#operations/retention';
import { sweepAllContents } from '../jobs/sweep-contents.ts';
import { readEnvironment } from '../wiring/env.ts';
import { liveStore, worldOf } from '../wiring/live.ts';
import { lambdaLog } from '../wiring/log.ts';
import { woken } from '../wiring/woken.ts';

const env = readEnvironment('sweep-contents');
const run = sweepAllContents(worldOf(liveStore(env.TABLE_NAME)), retentionOf(env.TABLE_NAME));

export const handler = woken(
  lambdaLog('sweep-contents', env.STAGE),
  'contents.sweep_failed',
  (_, log, { getRemainingTimeInMillis }) => run(getRemainingTimeInMillis, log),
);
