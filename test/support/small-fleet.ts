// A fleet in one process: things of one group, and rollouts to them. No dialect.
import type { Digest } from '#domain/deployment';
import { allAtOnce, type Plan } from '#domain/plan';
import { isRefusal } from '#domain/refusal';
import type { Rollout } from '#domain/rollout';
import { changeRollout } from '#engine/fleet/change-rollout';
import type { RolloutOwner } from '#engine/fleet/look-at-rollout';
import { type GroupsOwn, joinGroup } from '#engine/fleet/membership';
import { beginRollout, reserveRollout } from '#engine/fleet/start-rollout';
import { sweepRollouts } from '#engine/fleet/sweep-rollouts';
import type { Delivery } from '#engine/ports';
import { registerThing } from '#engine/register-thing';
import { sealContent, sealManifest } from '#engine/seal';
import { fleetLife } from './fleet-life.ts';
import { type SmallSystem, smallSystem } from './small-system.ts';

export interface FleetWish {
  readonly things: number;
  /** How many of them, the last ones, are not connected. */
  readonly offline?: number;
  readonly system?: SmallSystem;
}

const channel = 'environment';

export const smallFleet = async ({ things: count, offline = 0, system = smallSystem() }: FleetWish) => {
  const { world, clock } = system;
  const organization = 'acme';
  const group = 'line 1';
  const ends: string[] = [];

  const owner: RolloutOwner = {
    stands: async () => true,
    ended: async ({ id, end }) => {
      ends.push(`${id} ${end?.status}`);
    },
  };

  const life = fleetLife(system, owner);

  const newThing = async (label: string, isOnline = true): Promise<string> => {
    const made = await registerThing(world)({ organization, roster: 'devices', label });
    if (isRefusal(made)) throw new Error(made.message);
    if (isOnline) await life.connect(made.name);
    return made.name;
  };

  const join = (thing: string, own: GroupsOwn | null = null) =>
    joinGroup(world)({ organization, group, channel, thing, by: 'key:ada' }, async () => own);

  for (let at = 0; at < count; at += 1) {
    const thing = await newThing(`robot-${at}`, at < count - offline);
    await join(thing);
    life.things.push(thing);
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
    ...life,
    ends,
    owner,
    newThing,
    join,
    reserve,
    start,
    see,
    deliveriesOf,
    change,
    revisionOf,
    sweep: sweepRollouts(world),
    which: (thing: string) => ({ organization, group, channel, thing, by: 'key:ada' }) as const,
  };
};

export type SmallFleet = Awaited<ReturnType<typeof smallFleet>>;
