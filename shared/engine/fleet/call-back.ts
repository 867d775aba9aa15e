// A rollout has ended without success: things that have not confirmed it get what their group had before.
import { isRefusal } from '#domain/refusal';
import type { Rollout } from '#domain/rollout';
import { findIn } from '#domain/slot';
import { type ChangesSlots, changeSlot } from '../change-slot.ts';
import type { Delivery } from '../ports.ts';
import { type Gift, giftId, onRecord, wantedOf } from './deploy-part.ts';
import { markOf, withdrawn } from './mark-parts.ts';

const before = (rollout: Rollout, thing: string): Gift | null =>
  rollout.fallback === null
    ? null
    : {
        organization: rollout.organization,
        channel: rollout.channel,
        thing,
        id: giftId(thing, 'fallback', rollout.id),
        revision: rollout.fallback,
        within: { group: rollout.group, generation: rollout.generation },
        by: 'engine',
        about: { ...rollout.about, fallsBackFrom: rollout.id },
      };

/**
 * Who was withdrawn may have come back, and been given it by a worker that had not heard of it. Who could not apply it has what it
 * had confirmed before, which need not be what its group had.
 */
const isDone = ({ mark }: Pick<Delivery, 'mark'>): boolean => mark?.state === 'applied';

/** Done or not sent, its door is closed: a worker that slept finds it shut. */
export const callBack =
  (world: ChangesSlots) =>
  async (rollout: Rollout, { thing, ordinal, ...delivery }: Delivery): Promise<void> => {
    if (isDone(delivery)) return;
    const gift = before(rollout, thing);
    const changed = await changeSlot(world)({
      id: { thing, channel: rollout.channel },
      event: {
        type: 'fall back',
        from: { group: rollout.group, generation: rollout.generation },
        to: gift && wantedOf(gift),
        hasFailed: delivery.mark?.state === 'failed',
      },
      by: 'engine',
      ...(gift === null ? {} : { beforeSave: onRecord(world, gift) }),
    });
    // Who confirmed it in the last moment has it; how it ended before is on record.
    const id = giftId(thing, 'part', rollout.id);
    const there = isRefusal(changed) ? undefined : findIn(changed.slot, id);
    const part = there ?? (await world.records.load(thing, id))?.ended;
    const mark = (part && markOf(part)) ?? withdrawn(world.clock.now());
    await world.deliveries.mark(rollout.id, ordinal, mark);
  };
