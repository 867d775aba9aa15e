// What the webhooks worker does with a message: deliver what it is about, or see to it that it comes again.
import { noticeMessage } from '#adapters/sqs/notices';
import { type Delivered, deliver } from '#dialects/humanitec/webhooks/deliver';
import type { World } from '#engine/ports';
import type { Code } from '../wiring/codes.ts';
import { receivesOf, type Work } from '../wiring/worker.ts';

const codes: Readonly<Record<Delivered['outcome'], Code>> = {
  delivered: 'webhook.delivered',
  retrying: 'webhook.retrying',
  given_up: 'webhook.given_up',
  waiting: 'webhook.waiting',
  unseen: 'webhook.waiting',
  dropped: 'webhook.dropped',
};

/** Ids alone: neither where it goes nor what it says. */
const factsOf = (body: unknown) => {
  const { data } = noticeMessage.safeParse(body);
  return {
    organization: data?.organization,
    webhook: data?.webhook,
    event: data?.event,
    deployment: data?.deployment,
  };
};

export const deliverWebhook = (world: World): Work => ({
  take: async (body, { messageId }, log) => {
    const { v: _, ...notice } = noticeMessage.parse(body);
    const { outcome, ...how } = await deliver(world)(notice);
    log.line({ code: codes[outcome], ...factsOf(body), ...how, messageId });
  },
  failed: async (body, record, cause, log) => {
    const { messageId } = record;
    log.fault({ code: 'webhook.later', ...factsOf(body), messageId, receives: receivesOf(record) }, cause);
  },
});
