// Carries a slot's target to its shadow. The message only says where to look: what to do comes from the state.
import { type Current, current } from '#device/shadow';
import { isOutstanding } from '#domain/deployment';
import type { SlotEvent } from '#domain/event';
import type { Slot, SlotId } from '#domain/slot';
import { type ChangesSlots, changeKnownSlot } from './change-slot.ts';
import { composeTarget } from './compose-target.ts';
import { type ShadowState, Unavailable, type World } from './ports.ts';
import { abandonSlots } from './retire-thing.ts';
import { reportOf } from './take-report.ts';

type Needs = ChangesSlots & Pick<World, 'members' | 'contents' | 'things' | 'shadows'>;

/** A slot that gets a new target between each write and the look after it is left to the next message. */
const writesMax = 10;

export type CarriedOut =
  | 'written'
  | 'nothing to do'
  | 'healed'
  | 'thing offline'
  | 'settled'
  | 'abandoned'
  | 'taken back';

const change = (world: Needs, { id }: Slot, event: SlotEvent, by = 'engine'): Promise<boolean> =>
  changeKnownSlot(world)({ id, event, by });

/** Writes, then looks whether the head has moved meanwhile: a worker that slept cannot leave an old target behind. */
const write = async (world: Needs, first: Slot): Promise<void> => {
  let slot = first;
  for (let writes = 0; writes < writesMax; writes += 1) {
    await world.shadows.write(slot.id.thing, slot.id.channel, await composeTarget(world.contents, slot));
    const now = await world.slots.load(slot.id);
    if (now?.target == null || now.target.seq === slot.target?.seq) return;
    slot = now;
  }
  throw new Unavailable(
    `Slot ${first.id.thing}/${first.id.channel} moved ${writesMax} times while it was written.`,
  );
};

const lastWordOf = (shadow: ShadowState | undefined): Current | undefined =>
  current.safeParse(shadow?.current).data;

/** A report that was lost lies in the shadow still. */
const heal = async (world: Needs, slot: Slot, shadow: ShadowState | undefined): Promise<boolean> => {
  const word = lastWordOf(shadow);
  return (
    word !== undefined && (await change(world, slot, { type: 'report', report: reportOf(word) }, 'thing'))
  );
};

const seqOf = (target: unknown): unknown =>
  typeof target === 'object' && target !== null && 'seq' in target ? target.seq : undefined;

/** Somebody has looked before and the thing has not answered: find out why before saying it again. */
const investigate = async (world: Needs, slot: Slot): Promise<CarriedOut | undefined> => {
  const thing = await world.things.load(slot.id.thing);
  if (thing !== undefined && thing.retiredAt !== null) {
    await abandonSlots(world, thing);
    return 'abandoned';
  }
  const shadow = await world.shadows.read(slot.id.thing, slot.id.channel);
  if (await heal(world, slot, shadow)) return 'healed';
  if (seqOf(shadow?.target) !== slot.target?.seq) return undefined;
  if (slot.target?.deployment === null && !slot.live.some(isOutstanding))
    return (await change(world, slot, { type: 'settle' })) ? 'settled' : undefined;
  if (thing?.presence.state === 'online') return undefined;
  return (await change(world, slot, { type: 'thing offline' })) ? 'thing offline' : undefined;
};

/**
 * Confirmed, and yet there is a message: it comes twice, or whoever had it before died between its write and its look,
 * and may have left an old target behind.
 */
const makeSure = async (world: Needs, slot: Slot): Promise<CarriedOut> => {
  const shadow = await world.shadows.read(slot.id.thing, slot.id.channel);
  if (shadow === undefined || seqOf(shadow.target) === slot.target?.seq) return 'nothing to do';
  await write(world, slot);
  return 'written';
};

/** An operator has sent the message back from where it waited. */
const takeBack = async (world: Needs, slot: Slot): Promise<CarriedOut> =>
  (await change(world, slot, { type: 'redrive' })) ? 'taken back' : 'nothing to do';

/** After these there is nothing left to write. */
const ends: ReadonlySet<CarriedOut> = new Set<CarriedOut>(['healed', 'settled', 'abandoned']);

/** Twice, late, out of order or never: it makes no difference. */
export const carryOut =
  (world: Needs) =>
  async (id: SlotId): Promise<CarriedOut> => {
    const slot = await world.slots.load(id);
    if (slot?.target == null) return 'nothing to do';
    if (slot.waiting === null) return makeSure(world, slot);
    if (slot.waiting.for === 'operator') return takeBack(world, slot);
    const found = slot.waiting.times > 0 ? await investigate(world, slot) : undefined;
    if (found !== undefined && ends.has(found)) return found;
    const now = found === undefined ? slot : ((await world.slots.load(id)) ?? slot);
    await write(world, now);
    return found ?? 'written';
  };
