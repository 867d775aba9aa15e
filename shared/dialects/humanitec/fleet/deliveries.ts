// What a deployment came to on each device, and which devices it failed on.
import type * as z from 'zod';
import { type Refusal, refuse } from '#domain/refusal';
import { type Rollout, tellsDeliveries } from '#domain/rollout';
import { findIn } from '#domain/slot';
import { giftId } from '#engine/fleet/deploy-part';
import type { Delivery, World } from '#engine/ports';
import type * as is from '../objects.ts';
import type { DeploymentError } from '../store/kinds.ts';
import { time } from '../time.ts';

export type DeliveryState = z.output<typeof is.deliveryState>;

export const stateOfDelivery = ({ mark, isReachable }: Delivery): DeliveryState =>
  mark?.state ?? (isReachable ? 'waiting' : 'offline');

/** An empty list would say that nobody took part: how many did, and how it went for them, the deployment itself still tells. */
export const refuseForgotten = (
  { clock }: Pick<World, 'clock'>,
  rollout: Rollout,
  id: string,
): Refusal | undefined => {
  if (tellsDeliveries(rollout, clock.now())) return undefined;
  const until = time(rollout.deliveriesUntil ?? 0);
  return refuse('not_found', `What became of deployment ${id} on each device was kept until ${until}.`, {
    id,
    kept_until: until,
  });
};

export interface DeliveriesPage {
  readonly deliveries: readonly Delivery[];
  /** The ordinal that the next page begins with; null: there is none. */
  readonly next: number | null;
}

export const deliveriesPage = async (
  { deliveries }: Pick<World, 'deliveries'>,
  { id, total }: Rollout,
  from: number,
  limit: number,
  isWanted: (delivery: Delivery) => boolean,
): Promise<DeliveriesPage> => {
  const page: Delivery[] = [];
  if (!Number.isSafeInteger(from) || from < 0) return { deliveries: page, next: null };
  for await (const delivery of deliveries.between(id, from, total)) {
    if (!isWanted(delivery)) continue;
    if (page.length === limit) return { deliveries: page, next: delivery.ordinal };
    page.push(delivery);
  }
  return { deliveries: page, next: null };
};

const labelsOf = async ({ things }: Pick<World, 'things'>, deliveries: readonly Delivery[]) => {
  const found = await things.loadMany(deliveries.map(({ thing }) => thing));
  return new Map(found.map(({ name, label }) => [name, label]));
};

/** Each with what its slot says of it now: the deployment of the device, its phase, and how often it has tried. */
export const tellDeliveries = async (
  world: Pick<World, 'things' | 'slots'>,
  rollout: Rollout,
  deliveries: readonly Delivery[],
): Promise<z.input<typeof is.deviceDelivery>[]> => {
  const ids = deliveries.map(({ thing }) => ({ thing, channel: rollout.channel }));
  const [labels, slots] = await Promise.all([labelsOf(world, deliveries), world.slots.loadMany(ids)]);
  const slotOf = new Map(slots.map((slot) => [slot.id.thing, slot]));
  return deliveries.map((delivery) => {
    const slot = slotOf.get(delivery.thing);
    const now = slot && findIn(slot, giftId(delivery.thing, 'part', rollout.id));
    const failure = delivery.mark?.failure ?? now?.failure ?? null;
    return {
      id: labels.get(delivery.thing) ?? delivery.thing,
      thing: delivery.thing,
      state: stateOfDelivery(delivery),
      exposed: delivery.ordinal < rollout.exposed,
      attempts: now?.attempts ?? 0,
      error: failure === null ? null : { code: failure.code, message: failure.message },
      changed_at: delivery.mark === null ? null : time(delivery.mark.at),
    };
  });
};

const errorsMax = 1000;

/** Where it is not known any more which. */
const countedErrors = ({ counts: { failed } }: Rollout): DeploymentError[] =>
  failed === 0
    ? []
    : [
        {
          scope: 'environment',
          object_id: '',
          code: 'devices_forgotten',
          error_type: 'device',
          summary: `Devices that it failed on: ${failed}.`,
          message: 'Which ones, and why, is not kept any more.',
        },
      ];

/** Which devices failed, and why, in their own words. */
export const deviceErrors = async (world: World, rollout: Rollout): Promise<DeploymentError[]> => {
  if (!tellsDeliveries(rollout, world.clock.now())) return countedErrors(rollout);
  const { deliveries } = await deliveriesPage(
    world,
    rollout,
    0,
    errorsMax,
    ({ mark }) => mark?.state === 'failed',
  );
  const labels = await labelsOf(world, deliveries);
  return deliveries.map(({ thing, mark }) => ({
    scope: 'device',
    object_id: labels.get(thing) ?? thing,
    code: mark?.failure?.code ?? 'unknown',
    error_type: 'device',
    summary: 'The device could not apply it.',
    message: mark?.failure?.message ?? 'The device gave no reason.',
  }));
};
