// Takes a thing's word on what it was told. The thing's name comes from the topic, never from the payload.
import type { Current } from '#device/shadow';
import type { Report } from '#domain/event';
import { isRefusal } from '#domain/refusal';
import { emptySlot, type SlotId } from '#domain/slot';
import { type ChangesSlots, changeSlot } from './change-slot.ts';
import { markParts } from './fleet/mark-parts.ts';

export const reportOf = ({ seq, manifest, state, attempt, error }: Current): Report => ({
  seq,
  revision: manifest,
  state,
  attempt,
  failure: error,
});

/**
 * True when it changed something; late, repeated and foreign words do not. A repeated one marks again what is done: whoever took it
 * before may have died of it, and a rollout that is over looks at nobody any more.
 */
export const takeReport =
  (world: ChangesSlots) =>
  async (id: SlotId, word: Current): Promise<boolean> => {
    const event = { type: 'report', report: reportOf(word) } as const;
    const changed = await changeSlot(world)({ id, event, by: 'thing' });
    if (isRefusal(changed)) return false;
    if (!changed.changed) await markParts(world, emptySlot(id, ''), changed.slot);
    return changed.changed;
  };
