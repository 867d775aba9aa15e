// The world as one process sees it: each call may be throttled, take long, take hours, or be the last that the process makes.
import { type Clock, Unavailable, type World } from '#engine/ports';
import type { Dice } from '#test/model/random';
import { odds, pauseMaxMs, second, type Tally } from './plan.ts';
import type { Timeline } from './timeline.ts';

export interface Badness {
  readonly timeline: Timeline;
  readonly tally: Tally;
  /** False: the faults have stopped. */
  readonly isOn: () => boolean;
  /** Methods that answer one by one, as their first answer tells; they are left in peace. */
  readonly listing: Map<string, boolean>;
}

type Method = (...args: readonly unknown[]) => unknown;

/** Whoever waits for it never goes on. */
const never = new Promise<never>(() => undefined);

const isListing = (answer: unknown): boolean =>
  typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;

const around =
  ({ timeline, tally }: Badness, dice: Dice, method: Method): Method =>
  async (...args) => {
    if (dice.isHit(odds.throttled)) {
      tally.add('calls throttled');
      throw new Unavailable('throttled');
    }
    const dies = dice.isHit(odds.crashed);
    if (dies) {
      tally.add('processes crashed');
      if (dice.below(2) === 0) return never;
    }
    if (dice.isHit(odds.paused)) {
      tally.add('processes paused');
      await timeline.sleep(dice.below(pauseMaxMs));
    }
    if (dice.isHit(odds.slow)) await timeline.sleep(dice.below(5 * second));
    const answer = await method(...args);
    if (dies) return never;
    if (dice.isHit(odds.slow)) await timeline.sleep(dice.below(5 * second));
    return answer;
  };

const badMethod = (badness: Badness, dice: Dice, name: string, method: Method): Method => {
  const bad = around(badness, dice, method);
  return (...args) => {
    const { isOn, listing } = badness;
    if (!isOn() || listing.get(name) === true) return method(...args);
    if (listing.get(name) === false) return bad(...args);
    const answer = method(...args);
    listing.set(name, isListing(answer));
    return answer;
  };
};

/** Ours is a little wrong, too. */
const skewed = ({ timeline, isOn }: Badness, dice: Dice): Clock => {
  const skewMs = isOn() ? dice.below(400) - 200 : 0;
  return { now: () => timeline.now() + skewMs, sleep: timeline.sleep };
};

export const badWorld = (badness: Badness, dice: Dice, world: World): World => {
  const ports = Object.entries(world).map(([port, over]) => [
    port,
    port === 'chance' || port === 'clock'
      ? over
      : Object.fromEntries(
          Object.entries(over).map(([name, method]) => [
            name,
            badMethod(badness, dice, `${port}.${name}`, method as Method),
          ]),
        ),
  ]);
  return { ...(Object.fromEntries(ports) as unknown as World), clock: skewed(badness, dice) };
};
