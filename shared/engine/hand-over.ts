// Between the engine and an operator: a slot whose messages always fail is handed over, and taken back by a redrive.
import type { SlotEvent } from '#domain/event';
import type { SlotId } from '#domain/slot';
import { changeKnownSlot } from './change-slot.ts';
import type { World } from './ports.ts';

type Needs = Pick<World, 'clock' | 'slots' | 'records' | 'transitions'>;

const handOver =
  (event: SlotEvent) =>
  (world: Needs) =>
  (id: SlotId): Promise<boolean> =>
    changeKnownSlot(world)({ id, event, by: 'engine' });

/** On the last receive of a message: nothing re-sends it by itself from now on. */
export const giveUp = handOver({ type: 'give up' });

/** Doing it twice has no second effect: the target is the same. */
export const redrive = handOver({ type: 'redrive' });
