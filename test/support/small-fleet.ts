// A fleet in one process: things of one group that connect, apply, fail or stay silent, while time passes as fast as it can.
import type { Current } from '#device/shadow';
import type { Digest } from '#domain/deployment';
import { allAtOnce, type Plan } from '#domain/plan';
import { isRefusal } from '#domain/refusal';
import type { Rollout } from '#domain/rollout';
import { carryShard } from '#engine/fleet/carry-shard';
import { changeRollout } from '#engine/fleet/change-rollout';
import { lookAtRollout, type RolloutOwner } from '#engine/fleet/look-at-rollout';
import { joinGroup } from '#engine/fleet/membership';
import { beginRollout, reserveRollout } from '#engine/fleet/start-rollout';
import { sweepRollouts } from '#engine/fleet/sweep-rollouts';
import type { Delivery, FanOutMessage } from '#engine/ports';
import { registerThing } from '#engine/register-thing';
import { sealContent, sealManifest } from '#engine/seal';
import { takePresence } from '#engine/take-presence';
import { type SmallSystem, smallSystem } from './small-system.ts';

export type Conduct = 'applies' | 'fails' | 'is silent';

export interface FleetWish {
  readonly things: number;
  /** How many of them, the last ones, are not connected. */
  readonly offline?: number;
  readonly system?: SmallSystem;
}

const plenty = () => 60_000;
const channel = 'environment';

export const smallFleet = async ({ things: count, offline = 0, system = smallSystem() }: FleetWish) => {
  const { world, clock } = system;
  const organization = 'acme';
  const group = 'line 1';
  const conducts = new Map<string, (revision: Digest) => Conduct>();
  /** Every target that a thing was shown, in order. */
  const shown = new Map<string, string[]>();
  const ends: string[] = [];

  const owner: RolloutOwner = {
    stands: async () => true,
    ended: async ({ id, end }) => {
      ends.push(`${id} ${end?.status}`);
    },
  };

  const connect = (thing: string, versionNumber = 1) =>
    takePresence(world)({ thing, eventType: 'connected', versionNumber, at: clock.now() });

  const newThing = async (label: string, isOnline = true): Promise<string> => {
    const made = await registerThing(world)({ organization, roster: 'devices', label });
    if (isRefusal(made)) throw new Error(made.message);
    if (isOnline) await connect(made.name);
    return made.name;
  };

  const join = (thing: string, own: Parameters<ReturnType<typeof joinGroup>>[1] = null) =>
    joinGroup(world)({ organization, group, channel, thing, by: 'key:ada' }, own);

  const things: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const thing = await newThing(`robot-${at}`, at < count - offline);
    await join(thing);
    things.push(thing);
  }
  clock.pass(1);

  const revisionOf = async (content: string): Promise<Digest> => {
    const digest = await sealContent(world.contents, organization, Buffer.from(content));
    return sealManifest(world.contents, organization, [
      { id: content, path: 'module.json', digest, size: content.length, format: 'json' },
    ]);
  };

  const reserve = async (id: string, plan: Partial<Plan> = {}, fallback: string | null = null) => {
    clock.pass(1);
    await reserveRollout(world)({
      id,
      organization,
      channel,
      group,
      generation: clock.now(),
      revision: await revisionOf(id),
      fallback: fallback === null ? null : await revisionOf(fallback),
      plan: { ...allAtOnce, ...plan },
      createdAt: clock.now(),
      createdBy: 'key:ada',
      about: { rollout: id },
    });
  };

  const start = async (id: string, plan: Partial<Plan> = {}, fallback: string | null = null) => {
    await reserve(id, plan, fallback);
    await beginRollout(world)(id);
  };

  const isOnline = async (thing: string): Promise<boolean> =>
    (await world.things.load(thing))?.presence.state === 'online';

  const wordOn = (thing: string): Current | undefined => {
    const target = system.shadows.stateOf(thing, channel)?.target;
    if (target === undefined) return undefined;
    const { manifest } = system.targetOf(thing, channel);
    const conduct = conducts.get(thing)?.(manifest) ?? 'applies';
    if (conduct === 'is silent') return undefined;
    return system.wordOf(
      thing,
      conduct === 'fails'
        ? { state: 'failed', error: { code: 'no_space', message: 'The disk is full.' } }
        : {},
      channel,
    );
  };

  const heard = new Map<string, number>();

  /** Every thing that is connected says what it has made of its shadow. */
  const report = async (): Promise<void> => {
    for (const thing of things) {
      const word = wordOn(thing);
      if (word === undefined || heard.get(thing) === word.seq || !(await isOnline(thing))) continue;
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

  const see = async (id: string): Promise<Rollout> => {
    const rollout = await world.rollouts.load(id);
    if (rollout === undefined) throw new Error(`There is no rollout ${id}.`);
    return rollout;
  };

  const deliveriesOf = async (id: string): Promise<Delivery[]> => {
    const all: Delivery[] = [];
    for await (const delivery of world.deliveries.between(id, 0, count + 1000)) all.push(delivery);
    return all;
  };

  const change = async (id: string, type: 'pause' | 'resume' | 'cancel') => {
    const changed = await changeRollout(world)(id, { type }, 'key:ada');
    if (changed === undefined || isRefusal(changed)) throw new Error(`Rollout ${id} cannot ${type}.`);
  };

  return {
    system,
    world,
    clock,
    things,
    conducts,
    shown,
    ends,
    owner,
    newThing,
    connect,
    join,
    reserve,
    start,
    run,
    take,
    see,
    deliveriesOf,
    change,
    revisionOf,
    sweep: sweepRollouts(world),
    which: (thing: string) => ({ organization, group, channel, thing, by: 'key:ada' }) as const,
  };
};

export type SmallFleet = Awaited<ReturnType<typeof smallFleet>>;
