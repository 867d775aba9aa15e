// Writing down who takes part in a rollout, and in which order: a page of members at a time, each page once.
import type { RolloutEvent } from '#domain/decide-rollout';
import type { Rollout } from '#domain/rollout';
import { derivedUid } from '../ids.ts';
import type { Member, World } from '../ports.ts';

type Needs = Pick<World, 'members' | 'things' | 'deliveries'>;

const pageSize = 500;

/** Behind the last name: from here on the order begins again with the first. */
const fromTheBeginning = '';

/**
 * The order is that of the names, which are chance, beginning somewhere else for each rollout: it is not always the same
 * robots that go first, and the next member is known from the last.
 */
const startOf = ({ id }: Rollout): string => derivedUid('order', id);

interface Page {
  readonly members: readonly Member[];
  readonly upTo: string | null;
  readonly isLast: boolean;
}

const upToStart = (members: readonly Member[], start: string): Member[] =>
  members.filter(({ thing }) => thing <= start);

const nextPage = async ({ members }: Needs, rollout: Rollout): Promise<Page> => {
  const start = startOf(rollout);
  const { sealedUpTo } = rollout;
  const isFirstHalf = sealedUpTo === null || sealedUpTo > start;
  const found = await members.page(
    rollout,
    isFirstHalf ? (sealedUpTo ?? start) : sealedUpTo || null,
    pageSize,
  );
  if (isFirstHalf) {
    const upTo = found.length < pageSize ? fromTheBeginning : (found.at(-1)?.thing ?? fromTheBeginning);
    return { members: found, upTo, isLast: false };
  }
  const left = upToStart(found, start);
  return { members: left, upTo: left.at(-1)?.thing ?? sealedUpTo, isLast: left.length < pageSize };
};

/** Who joined later gets it when it has succeeded. */
const wereThere = (members: readonly Member[], { createdAt }: Rollout): Member[] =>
  members.filter(({ joinedAt }) => joinedAt <= createdAt);

/** Twice, or by two at a time, is the same: ordinals follow from how many have been written down before. */
export const sealNextPage =
  (world: Needs) =>
  async (rollout: Rollout): Promise<Extract<RolloutEvent, { type: 'seal' }>> => {
    const { members, upTo, isLast } = await nextPage(world, rollout);
    const names = wereThere(members, rollout).map(({ thing }) => thing);
    const things = new Map((await world.things.loadMany(names)).map((thing) => [thing.name, thing]));
    const deliveries = names
      .filter((name) => things.get(name)?.retiredAt === null)
      .map((thing, at) => ({
        ordinal: rollout.total + at,
        thing,
        isReachable: things.get(thing)?.presence.state === 'online',
      }));
    await world.deliveries.seal(rollout.id, deliveries);
    const reachable = deliveries.filter(({ isReachable }) => isReachable).length;
    return { type: 'seal', upTo, added: deliveries.length, reachable, isLast };
  };
