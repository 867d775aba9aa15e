// Load, decide, save, send: the only way in which a slot changes, whoever wants it.
import { decide } from '#domain/decide';
import type { Deployment } from '#domain/deployment';
import type { Context, Decision, SlotEvent } from '#domain/event';
import { isRefusal, type Refusal } from '#domain/refusal';
import { emptySlot, type Slot, type SlotId } from '#domain/slot';
import { markParts } from './fleet/mark-parts.ts';
import { idOfRestore } from './ids.ts';
import { Unavailable, type World } from './ports.ts';
import { recordRestores } from './record-restores.ts';
import { nothing } from './seal.ts';

/** Failed attempts that a thing is given before its deployment fails. */
export const attemptsMax = 8;

/** Everybody who wants the same slot at the same time gets a turn. */
const triesMax = 60;

export interface Change {
  readonly id: SlotId;
  /** Whose the slot becomes, if nothing ever was in it; absent: then nothing happens. */
  readonly organization?: string;
  readonly event: SlotEvent;
  /** `key:...`, `thing` or `engine`. */
  readonly by: string;
  /** What must be on record before the slot may name it; `done already`: it was in the slot before, and has ended. */
  readonly beforeSave?: (decided: Slot) => Promise<Refusal | 'done already' | undefined>;
}

export interface Changed {
  readonly slot: Slot;
  readonly changed: boolean;
  /** Messages that could not be sent: the sweeper finds their slots. */
  readonly unsent: number;
}

/** What every verb needs that changes slots. */
export type ChangesSlots = Pick<World, 'clock' | 'slots' | 'records' | 'transitions' | 'deliveries'>;
type Needs = ChangesSlots;

const contextOf = ({ clock }: Needs, by: string): Context => ({
  now: clock.now(),
  by,
  attemptsMax,
  nothing,
  idOfRestore,
});

/** What left the slot with an earlier change may have missed its record, if that change died on the way. */
const settleLeaving = async ({ records }: Needs, { id, leaving }: Slot): Promise<void> => {
  if (leaving.length === 0) return;
  const filed = await records.loadMany(leaving.map((deployment) => ({ thing: id.thing, id: deployment.id })));
  const missed = leaving.filter((one) => filed.some((record) => record.id === one.id && !record.ended));
  await writeEnds({ records }, id, missed);
};

const writeEnds = async (
  { records }: Pick<World, 'records'>,
  id: SlotId,
  ended: readonly Deployment[],
): Promise<void> => {
  await Promise.all(ended.map((deployment) => records.end(id, deployment)));
};

/** A message that is not sent is no loss: the slot stands in the `due` index. */
const sendAll = async ({ transitions }: Needs, { slot, messages }: Decision): Promise<number> => {
  const sent = await Promise.allSettled(
    messages.map((message) => transitions.send(message.slot, slot.organization)),
  );
  return sent.filter(({ status }) => status === 'rejected').length;
};

const tryOnce = async (world: Needs, change: Change): Promise<Changed | Refusal | 'changed meanwhile'> => {
  const found = await world.slots.load(change.id);
  const slot = found ?? emptySlot(change.id, change.organization ?? '');
  const unchanged: Changed = { slot, changed: false, unsent: 0 };
  if (found === undefined && change.organization === undefined) return unchanged;
  const decision = decide(slot, change.event, contextOf(world, change.by));
  if (isRefusal(decision)) return decision;
  if (!decision.changed) return unchanged;
  // Beside each other: whatever becomes of this change, what has left has left, and a record that no slot names is not shown.
  const [before] = await Promise.all([
    change.beforeSave?.(decision.slot),
    settleLeaving(world, slot),
    recordRestores(world, decision),
  ]);
  if (before === 'done already') return unchanged;
  if (before !== undefined) return before;
  if (!(await world.slots.save(decision.slot))) return 'changed meanwhile';
  // It has happened: what follows is only sooner than the next change, the sweeper, or a rollout's look would do it.
  const [, unsent] = await Promise.all([
    writeEnds(world, change.id, decision.slot.leaving).catch(() => undefined),
    sendAll(world, decision),
    markParts(world, slot, decision.slot).catch(() => undefined),
  ]);
  return { slot: decision.slot, changed: true, unsent };
};

/** Who loses the race decides again on what the winner left. */
export const changeSlot =
  (world: Needs) =>
  async (change: Change): Promise<Changed | Refusal> => {
    for (let tries = 0; tries < triesMax; tries += 1) {
      const outcome = await tryOnce(world, change);
      if (outcome !== 'changed meanwhile') return outcome;
    }
    throw new Unavailable(
      `Slot ${change.id.thing}/${change.id.channel} changed ${triesMax} times meanwhile.`,
    );
  };

/** The same for a slot that must be there already, and for whom there is nobody to tell of a refusal: did it change? */
export const changeKnownSlot =
  (world: Needs) =>
  async (change: Omit<Change, 'organization' | 'beforeSave'>): Promise<boolean> => {
    const changed = await changeSlot(world)(change);
    return !isRefusal(changed) && changed.changed;
  };
