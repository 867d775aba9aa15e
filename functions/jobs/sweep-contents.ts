// What is done every day: history that is over for long and content that nothing names any more go, one organization after the other, until there is no time left.
import type { World } from '#engine/ports';
import type { Log } from '../wiring/log.ts';
import { type Kept, sweepOrganization } from './sweep-organization.ts';

/** An organization that is begun now may take so long; the others are found tomorrow. */
const reserveMs = 5 * 60_000;

/** From another one every day, so that those at the end of the list come to their turn, too. */
const fromAnyOf = (world: World, organizations: readonly string[]): readonly string[] => {
  const day = Math.floor(world.clock.now() / (24 * 60 * 60 * 1000));
  const first = organizations.length === 0 ? 0 : day % organizations.length;
  return [...organizations.slice(first), ...organizations.slice(0, first)];
};

export const sweepAllContents =
  (world: World, retention: Kept) =>
  async (remainingMs: () => number, log: Log): Promise<void> => {
    const all = fromAnyOf(world, await Array.fromAsync(world.estate.organizations()));
    for (const [at, organization] of all.entries()) {
      if (remainingMs() < reserveMs)
        return log.line({ code: 'contents.unfinished', organizations: all.length - at });
      try {
        log.line({
          code: 'contents.swept',
          organization,
          ...(await sweepOrganization(world, retention)(organization)),
        });
      } catch (cause) {
        // The others do not wait for it.
        log.fault({ code: 'contents.sweep_failed', organization }, cause);
      }
    }
  };
