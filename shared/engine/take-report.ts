// Takes a thing's word on what it was told. The thing's name comes from the topic, never from the payload.
import type { Current } from '#device/shadow';
import type { Report } from '#domain/event';
import type { SlotId } from '#domain/slot';
import { type ChangesSlots, changeKnownSlot } from './change-slot.ts';

export const reportOf = ({ seq, manifest, state, attempt, error }: Current): Report => ({
  seq,
  revision: manifest,
  state,
  attempt,
  failure: error,
});

/** True when it changed something; late, repeated and foreign words do not. */
export const takeReport =
  (world: ChangesSlots) =>
  (id: SlotId, word: Current): Promise<boolean> =>
    changeKnownSlot(world)({ id, event: { type: 'report', report: reportOf(word) }, by: 'thing' });
