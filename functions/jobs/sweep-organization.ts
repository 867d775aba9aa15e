// What an organization has and needs no more: its history first, so that the content which that named is found unnamed from then on.
import { isToldRollout } from '#dialects/humanitec/fleet/owner';
import { sweepHistory } from '#dialects/humanitec/store/sweep-history';
import { ageRollouts } from '#engine/fleet/age-rollouts';
import type { World } from '#engine/ports';
import { type SweptContents, sweepContents } from '#engine/sweep-contents';
import type { Retention } from '#operations/retention';

export type Kept = Pick<Retention, 'contentMs' | 'endedMs'>;

export interface SweptOrganization extends SweptContents {
  /** Of the history: deployments, deltas and sets. */
  readonly removedEntries: number;
  readonly removedRollouts: number;
  /** Held for so long that they had to be ended. */
  readonly endedRollouts: number;
}

export const sweepOrganization =
  (world: World, retention: Kept) =>
  async (organization: string): Promise<SweptOrganization> => {
    const { deployments, deltas, sets } = await sweepHistory(world, retention)(organization);
    const aged = await ageRollouts(world, retention, isToldRollout(world))(organization);
    return {
      removedEntries: deployments + deltas + sets,
      removedRollouts: aged.remove,
      endedRollouts: aged.end,
      ...(await sweepContents(world, retention)(organization)),
    };
  };
