// Tells those who listen what has happened.
import { deliverWebhook } from '../jobs/deliver-webhook.ts';
import { readEnvironment } from '../wiring/env.ts';
import { liveNotices, liveReceivers, liveStore, worldOf } from '../wiring/live.ts';
import { lambdaLog } from '../wiring/log.ts';
import { worker } from '../wiring/worker.ts';

const env = readEnvironment('deliver-webhook');
const world = worldOf({
  ...liveStore(env.TABLE_NAME),
  notices: liveNotices(env.WEBHOOKS_QUEUE_URL),
  receivers: liveReceivers(env.WEBHOOK_REACH),
});

export const handler = worker(lambdaLog('deliver-webhook', env.STAGE), deliverWebhook(world));
