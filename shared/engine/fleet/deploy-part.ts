// One thing's part of a rollout: a deployment in its slot, made once, and only if the slot still belongs to the group.
import type { Digest, Part } from '#domain/deployment';
import { isRefusal } from '#domain/refusal';
import type { Rollout } from '#domain/rollout';
import { findIn, type Membership, type Slot } from '#domain/slot';
import { type ChangesSlots, changeSlot } from '../change-slot.ts';
import { deploymentId, derivedUid } from '../ids.ts';
import type { DeploymentRecord, SealedDelivery } from '../ports.ts';
import { withdrawn } from './mark-parts.ts';

/** What a group gives to one of its things. */
export interface Gift {
  readonly organization: string;
  readonly channel: Rollout['channel'];
  readonly thing: string;
  /** A function of why it is given, so that giving it again is the same. */
  readonly id: string;
  readonly revision: Digest;
  readonly within: Membership;
  readonly part?: Part;
  readonly by: string;
  readonly about: Readonly<Record<string, unknown>>;
}

export const giftId = (thing: string, ...why: readonly string[]): string =>
  deploymentId('', thing, derivedUid(...why, thing));

export const recordOf = (gift: Gift, now: number): DeploymentRecord => ({
  id: gift.id,
  organization: gift.organization,
  slot: { thing: gift.thing, channel: gift.channel },
  revision: gift.revision,
  track: null,
  restores: null,
  createdAt: now,
  createdBy: gift.by,
  about: gift.about,
  request: '',
});

export const wantedOf = ({ id, revision, part }: Gift) => ({
  id,
  revision,
  track: null,
  deadline: null,
  ...(part === undefined ? {} : { part }),
});

/** On record before the slot names it, if it does; what has ended is not given again. */
export const onRecord =
  (world: ChangesSlots, gift: Gift) =>
  async (decided: Slot): Promise<'done already' | undefined> => {
    if (findIn(decided, gift.id) === undefined) return undefined;
    const filed = await world.records.file(recordOf(gift, world.clock.now()));
    return filed.ended === undefined ? undefined : 'done already';
  };

/** False: the slot does not take it, now or ever. */
export const give =
  (world: ChangesSlots) =>
  async (gift: Gift): Promise<boolean> => {
    const changed = await changeSlot(world)({
      id: { thing: gift.thing, channel: gift.channel },
      organization: gift.organization,
      event: { type: 'deploy', deployment: wantedOf(gift), within: gift.within },
      by: gift.by,
      beforeSave: onRecord(world, gift),
    });
    if (isRefusal(changed)) return false;
    return changed.changed || findIn(changed.slot, gift.id) !== undefined;
  };

export const partOf = (rollout: Rollout, { thing, ordinal }: SealedDelivery): Gift => ({
  organization: rollout.organization,
  channel: rollout.channel,
  thing,
  id: giftId(thing, 'part', rollout.id),
  revision: rollout.revision,
  within: { group: rollout.group, generation: rollout.generation },
  part: { rollout: rollout.id, ordinal },
  by: rollout.createdBy,
  about: rollout.about,
});

/** A thing that has left, or was retired, is not waited for. */
export const deployPart =
  (world: ChangesSlots) =>
  async (rollout: Rollout, delivery: SealedDelivery): Promise<void> => {
    const gift = partOf(rollout, delivery);
    if (await give(world)(gift)) return;
    const record = await world.records.load(gift.thing, gift.id);
    // It was there and is over: its mark is written by whoever ended it, or by the rollout's own look.
    if (record?.ended !== undefined) return;
    await world.deliveries.mark(rollout.id, delivery.ordinal, withdrawn(world.clock.now()));
  };
