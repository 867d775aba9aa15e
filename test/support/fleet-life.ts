// How a fleet lives while time passes as fast as it can: messages are taken, shadows written, and things apply, fail or stay silent.
import type { Current } from '#device/shadow';
import type { Digest } from '#domain/deployment';
import { carryShard } from '#engine/fleet/carry-shard';
import { lookAtRollout, type RolloutOwner } from '#engine/fleet/look-at-rollout';
import type { FanOutMessage } from '#engine/ports';
import { takePresence } from '#engine/take-presence';
import type { SmallSystem } from './small-system.ts';

export type Conduct = 'applies' | 'fails' | 'is silent';

const plenty = () => 60_000;
const channel = 'environment';
const noSpace = { state: 'failed', error: { code: 'no_space', message: 'The disk is full.' } } as const;

export const fleetLife = (system: SmallSystem, owner: RolloutOwner) => {
  const { world, clock } = system;
  const things: string[] = [];
  /** How a thing takes what it is shown; absent: it applies. */
  const conducts = new Map<string, (revision: Digest) => Conduct>();
  /** Every target that a thing has heard, in order. */
  const shown = new Map<string, string[]>();
  const heard = new Map<string, number>();

  const connect = (thing: string, versionNumber = 1) =>
    takePresence(world)({ thing, eventType: 'connected', versionNumber, at: clock.now() });

  const isOnline = async (thing: string): Promise<boolean> =>
    (await world.things.load(thing))?.presence.state === 'online';

  const wordOn = (thing: string): Current | undefined => {
    if (system.shadows.stateOf(thing, channel)?.target === undefined) return undefined;
    const { manifest } = system.targetOf(thing, channel);
    const conduct = conducts.get(thing)?.(manifest) ?? 'applies';
    return conduct === 'is silent'
      ? undefined
      : system.wordOf(thing, conduct === 'fails' ? noSpace : {}, channel);
  };

  /** Every thing that is connected says what it has made of its shadow. */
  const report = async (): Promise<void> => {
    for (const thing of things) {
      const word = wordOn(thing);
      if (word === undefined || word.seq <= (heard.get(thing) ?? 0) || !(await isOnline(thing))) continue;
      heard.set(thing, word.seq);
      shown.set(thing, [...(shown.get(thing) ?? []), word.manifest]);
      await system.report(thing, word, channel);
    }
  };

  const take = async ({ rollout, shard }: FanOutMessage): Promise<void> => {
    await (shard === undefined
      ? lookAtRollout(world, owner)(rollout, plenty)
      : carryShard(world)(rollout, shard, plenty));
  };

  /** Everything that waits, and what comes of it; a second at a time. */
  const run = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      for (let next = system.fanOut.take(); next !== undefined; next = system.fanOut.take()) await take(next);
      await system.carryOutAll();
      await report();
      clock.pass(1000);
    }
  };

  return { things, conducts, shown, connect, take, run };
};
