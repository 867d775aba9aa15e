// Things that came into their group while a rollout was under way get what it brought, once it has succeeded.
import type { Rollout } from '#domain/rollout';
import type { ChangesSlots } from '../change-slot.ts';
import type { World } from '../ports.ts';
import { giftId, give } from './deploy-part.ts';

const pageSize = 1000;

/**
 * Who has taken part. Not who was withdrawn: it had left, or did not belong yet when it was to be given its part. Clocks do not tell, as
 * one that is behind lets a thing join before a rollout whose list it has missed.
 */
const thoseIn = async (
  { deliveries }: Pick<World, 'deliveries'>,
  { id, total }: Rollout,
): Promise<ReadonlySet<string>> => {
  const things = new Set<string>();
  for await (const { thing, mark } of deliveries.between(id, 0, total))
    if (mark?.state !== 'withdrawn') things.add(thing);
  return things;
};

export const welcomeLateJoiners =
  (world: ChangesSlots & Pick<World, 'members'>) =>
  async (rollout: Rollout): Promise<void> => {
    const { organization, channel, group, generation, revision } = rollout;
    const tookPart = await thoseIn(world, rollout);
    let after: string | null = null;
    for (;;) {
      const page = await world.members.page({ organization, group }, after, pageSize);
      for (const { thing } of page.filter(({ thing }) => !tookPart.has(thing)))
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
