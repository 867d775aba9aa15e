// Things come into a group and leave it. The slot decides; the group's list only helps to find them.
import type { Channel } from '#domain/channel';
import type { Digest } from '#domain/deployment';
import { isRefusal, type Refusal } from '#domain/refusal';
import { headOf, type Slot } from '#domain/slot';
import { type ChangesSlots, changeSlot } from '../change-slot.ts';
import type { GroupId, World } from '../ports.ts';
import { giftId, give } from './deploy-part.ts';

export interface WhichMember extends GroupId {
  readonly channel: Channel;
  readonly thing: string;
  readonly by: string;
}

/** What the group has: what its last successful rollout brought. */
export interface GroupsOwn {
  readonly id: string;
  readonly revision: Digest;
  readonly generation: number;
  readonly about: Readonly<Record<string, unknown>>;
}

/** Asked once the thing is in: whoever succeeds after that sees it in the list, whoever did before is seen here. */
export type OwnOf = () => Promise<GroupsOwn | null>;

type Needs = ChangesSlots & Pick<World, 'members'>;

/** Who comes, comes up to date: with nothing older, and with nothing that is still being tried out. */
const catchUp = async (
  world: Needs,
  { organization, group, channel, thing }: WhichMember,
  slot: Slot,
  ownOf: OwnOf,
): Promise<void> => {
  if (headOf(slot) !== undefined) return;
  const own = await ownOf();
  if (own === null) return;
  await give(world)({
    organization,
    channel,
    thing,
    id: giftId(thing, 'joined', own.id, String(slot.seq)),
    revision: own.revision,
    within: { group, generation: own.generation },
    by: 'engine',
    about: own.about,
  });
};

/** Again is fine. Refused where the thing belongs to another group. */
export const joinGroup =
  (world: Needs) =>
  async (which: WhichMember, ownOf: OwnOf): Promise<Slot | Refusal> => {
    const { organization, group, channel, thing, by } = which;
    // Listed first: a thing that belongs and is not listed would be forgotten, one that is listed and does not belong is passed over.
    await world.members.add(which, { thing, joinedAt: world.clock.now() });
    const joined = await changeSlot(world)({
      id: { thing, channel },
      organization,
      event: { type: 'join', group },
      by,
    });
    if (isRefusal(joined)) {
      await world.members.remove({ organization, group }, thing);
      return joined;
    }
    await catchUp(world, which, joined.slot, ownOf);
    return joined.slot;
  };

/** Takes away what the group has brought. False: it did not belong to the group. */
export const leaveGroup =
  (world: Needs) =>
  async ({ organization, group, channel, thing, by }: WhichMember): Promise<boolean> => {
    const left = await changeSlot(world)({
      id: { thing, channel },
      event: { type: 'leave', group },
      by,
    });
    await world.members.remove({ organization, group }, thing);
    return !isRefusal(left) && left.changed;
  };
