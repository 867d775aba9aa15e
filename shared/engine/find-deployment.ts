// Reading a deployment: its slot knows how it is, its record what it is and how it ended.
import type { Channel } from '#domain/channel';
import type { Deployment } from '#domain/deployment';
import { findIn, type Slot, type WaitOf, waitOf } from '#domain/slot';
import { endedMsMin } from '#operations/retention';
import { thingOf } from './ids.ts';
import type { DeploymentRecord, World } from './ports.ts';

export interface DeploymentView {
  readonly record: DeploymentRecord;
  readonly state: Deployment;
  /** Null when it is over. */
  readonly wait: WaitOf | null;
}

/**
 * The slot comes first: what it holds is the truth. A record that nobody ended and no slot holds was never accepted
 * (its request died before the slot was saved): it is not there.
 */
export const viewOf = (record: DeploymentRecord, slot: Slot | undefined): DeploymentView | undefined => {
  const inSlot = slot && findIn(slot, record.id);
  const state = inSlot ?? record.ended;
  if (state === undefined) return undefined;
  return { record, state, wait: slot && inSlot ? waitOf(slot, inSlot) : null };
};

/** Whether a deployment that was made then, and is not found, may have been removed for its age. */
export const mayBeForgotten = (madeAt: number, now: number): boolean => now - madeAt >= endedMsMin;

export interface WhichDeployment {
  readonly organization: string;
  readonly channel: Channel;
  readonly id: string;
}

type Needs = Pick<World, 'slots' | 'records'>;

/** Undefined also for somebody else's. */
export const findDeployment =
  ({ slots, records }: Needs) =>
  async ({ organization, channel, id }: WhichDeployment): Promise<DeploymentView | undefined> => {
    const thing = thingOf(id);
    if (thing === undefined) return undefined;
    const [record, slot] = await Promise.all([records.load(thing, id), slots.load({ thing, channel })]);
    if (record?.organization !== organization || record.slot.channel !== channel) return undefined;
    const view = viewOf(record, slot);
    if (view !== undefined) return view;
    // It may have left the slot between the two reads: then its record says so by now.
    const again = await records.load(thing, id);
    return again && viewOf(again, slot);
  };
