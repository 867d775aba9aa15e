// Between the engine and an operator: a slot whose messages always fail is handed over, and taken back by a redrive.
import type { SlotEvent } from '#domain/event';
import type { SlotId } from '#domain/slot';
import { type ChangesSlots, changeKnownSlot } from './change-slot.ts';

const handOver =
  (event: SlotEvent) =>
  (world: ChangesSlots) =>
  (id: SlotId): Promise<boolean> =>
    changeKnownSlot(world)({ id, event, by: 'engine' });

/** On the last receive of a message: nothing re-sends it by itself from now on. */
export const giveUp = handOver({ type: 'give up' });

/** Doing it twice has no second effect: the target is the same. */
export const redrive = handOver({ type: 'redrive' });
