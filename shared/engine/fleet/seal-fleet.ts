// Writing down who takes part in a rollout, and in which order: a page of members at a time, each page once.
import type { RolloutEvent } from '#domain/decide-rollout';
import type { Rollout } from '#domain/rollout';
import { derivedUid } from '../ids.ts';
import type { EnlistedPage, Member, World } from '../ports.ts';

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

/** As it is now; who looks later may find somebody gone, or somebody else. */
const look = async (world: Needs, rollout: Rollout): Promise<EnlistedPage> => {
  const { members, upTo, isLast } = await nextPage(world, rollout);
  const names = wereThere(members, rollout).map(({ thing }) => thing);
  const found = new Map((await world.things.loadMany(names)).map((thing) => [thing.name, thing]));
  const things = names
    .filter((name) => found.get(name)?.retiredAt === null)
    .map((thing) => ({ thing, isReachable: found.get(thing)?.presence.state === 'online' }));
  return { things, upTo, isLast };
};

/**
 * Twice, by two at a time, or by one who has slept meanwhile is the same: who is on a page is decided once, and ordinals follow from how
 * many have been written down before.
 */
export const sealNextPage =
  (world: Needs) =>
  async (rollout: Rollout): Promise<Extract<RolloutEvent, { type: 'seal' }>> => {
    const found = await look(world, rollout);
    const { things, upTo, isLast } = await world.deliveries.enlist(rollout.id, rollout.sealedUpTo, found);
    const deliveries = things.map((one, at) => ({ ordinal: rollout.total + at, ...one }));
    await world.deliveries.seal(rollout.id, deliveries);
    const reachable = deliveries.filter(({ isReachable }) => isReachable).length;
    return { type: 'seal', upTo, added: deliveries.length, reachable, isLast };
  };
