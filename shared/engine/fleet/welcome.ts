// Things that joined their group while a rollout was under way get what it brought, once it has succeeded.
import type { Rollout } from '#domain/rollout';
import type { ChangesSlots } from '../change-slot.ts';
import type { World } from '../ports.ts';
import { giftId, give } from './deploy-part.ts';

const pageSize = 1000;

/** Who has taken part is refused nothing by this: it is only for those that were not there. */
export const welcomeLateJoiners =
  (world: ChangesSlots & Pick<World, 'members'>) =>
  async (rollout: Rollout): Promise<void> => {
    const { organization, channel, group, generation, revision } = rollout;
    let after: string | null = null;
    for (;;) {
      const page = await world.members.page({ organization, group }, after, pageSize);
      for (const { thing } of page.filter(({ joinedAt }) => joinedAt > rollout.createdAt))
        await give(world)({
          organization,
          channel,
          thing,
          id: giftId(thing, 'welcome', rollout.id),
          revision,
          within: { group, generation },
          by: rollout.createdBy,
          about: rollout.about,
        });
      after = page.at(-1)?.thing ?? null;
      if (page.length < pageSize) return;
    }
  };
