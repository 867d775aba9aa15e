// Between the engine and an operator: a slot whose messages always fail is handed over, and taken back by a redrive.
import type { SlotEvent } from '#domain/event';
import { isRefusal } from '#domain/refusal';
import type { SlotId } from '#domain/slot';
import { changeSlot } from './change-slot.ts';
import type { World } from './ports.ts';

type Needs = Pick<World, 'clock' | 'slots' | 'records' | 'transitions'>;

const handOver =
  (event: SlotEvent) =>
  (world: Needs) =>
  async (id: SlotId): Promise<boolean> => {
    const slot = await world.slots.load(id);
    if (slot === undefined) return false;
    const changed = await changeSlot(world)({ id, organization: slot.organization, event, by: 'engine' });
    return !isRefusal(changed) && changed.changed;
  };

/** On the last receive of a message: nothing re-sends it by itself from now on. */
export const giveUp = handOver({ type: 'give up' });

/** Doing it twice has no second effect: the target is the same. */
export const redrive = handOver({ type: 'redrive' });
