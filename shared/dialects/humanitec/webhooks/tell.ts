// A webhook in Humanitec's words, and how its deliveries went in ours. Its secret is in none of them.
import type * as z from 'zod';
import type * as is from '../objects.ts';
import type { Of } from '../store/entries.ts';
import type { Body } from '../store/kinds.ts';
import { time } from '../time.ts';
import { isEventType, nameOf } from './events.ts';

type Delivery = Body<'webhook'>['lastDelivery'];

const tellDelivery = (delivery: Delivery): z.infer<typeof is.webhook>['last_delivery'] =>
  delivery && {
    event_id: delivery.event,
    event: isEventType(delivery.type) ? nameOf(delivery.type) : delivery.type,
    deploy_id: delivery.deployment,
    attempt: delivery.attempt,
    at: time(delivery.at),
    outcome: delivery.outcome,
    reason: delivery.reason,
    next_attempt_at: delivery.nextAt === null ? null : time(delivery.nextAt),
  };

export const tellWebhook = ({ id, createdAt, body }: Of<'webhook'>): z.infer<typeof is.webhook> => ({
  id,
  disabled: body.disabled,
  url: body.url,
  triggers: body.triggers,
  headers: body.headers,
  payload: body.payload,
  created_at: time(createdAt),
  created_by: body.createdBy,
  last_delivery: tellDelivery(body.lastDelivery),
  last_given_up: tellDelivery(body.lastGivenUp),
});
