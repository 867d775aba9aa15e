// An organization goes, whole: first nobody can ask for anything, then its things stop, then what it has is taken away. Doing it again
// does what was left undone.
import { isRefusal } from '#domain/refusal';
import { type EstatePart, estateParts } from './estate-parts.ts';
import { trustMs } from './keys.ts';
import type { World } from './ports.ts';
import { retireThing } from './retire-thing.ts';

export interface Removed {
  readonly what: 'keys revoked' | 'things retired' | EstatePart;
  readonly count: number;
}

const revokeKeys = async ({ clock, keys }: World, organization: string): Promise<number> => {
  const all = await keys.ofOrganization(organization);
  for (const { id } of all) await keys.revoke(id, clock.now());
  return all.length;
};

/** Doors trust a key that they have seen for a while: what is taken away before that is over could be made anew. */
const untilNobodyIsTrusted = async ({ clock, keys }: World, organization: string): Promise<void> => {
  const revoked = (await keys.ofOrganization(organization)).map(({ revokedAt }) => revokedAt ?? clock.now());
  const waitMs = Math.max(0, ...revoked.map((at) => at + trustMs - clock.now()));
  if (waitMs > 0) await clock.sleep(waitMs);
};

const retireThings = async (world: World, organization: string): Promise<number> => {
  let count = 0;
  // All of them first: one that is retired moves to another list, and would be met there again.
  for (const name of await Array.fromAsync(world.estate.thingsOf(organization))) {
    const retired = await retireThing(world)({ organization, name });
    if (!isRefusal(retired)) count += 1;
  }
  return count;
};

async function* removeParts({ estate }: World, organization: string, wanted: readonly EstatePart[]) {
  for (const what of wanted)
    for await (const count of estate.remove(organization, what)) yield { what, count };
}

/** Rollouts go before the things: a worker that looks for the next one finds none. */
const [first, ...others] = estateParts;

export const removeOrganization = (world: World) =>
  async function* (organization: string): AsyncGenerator<Removed> {
    yield { what: 'keys revoked', count: await revokeKeys(world, organization) };
    await untilNobodyIsTrusted(world, organization);
    yield* removeParts(world, organization, [first]);
    yield { what: 'things retired', count: await retireThings(world, organization) };
    yield* removeParts(world, organization, others);
  };
