// Devices of an environment: found by what their owners call them, told with what they have of the environment.
import { isRefusal, type Refusal } from '#domain/refusal';
import { headOf, type Slot } from '#domain/slot';
import { joinGroup, leaveGroup } from '#engine/fleet/membership';
import type { Member, Thing, World } from '#engine/ports';
import { registerThing } from '#engine/register-thing';
import { load, revise } from '../store/entries.ts';
import { type FoundEnv, notFound } from '../store/paths.ts';
import { aboutOf, channel } from './begin.ts';
import { revisionOfGood } from './revision.ts';

/** The list that they stand in: the same devices as everywhere else. */
const roster = 'devices';

export interface DeviceOf {
  readonly thing: Thing;
  readonly slot: Slot;
}

const groupOf = ({ app, item }: FoundEnv) => ({ organization: app.organization, group: item.uid });

const whichOf = (env: FoundEnv, thing: string, by: string) =>
  ({ ...groupOf(env), channel, thing, by }) as const;

const slotId = (thing: string) => ({ thing, channel }) as const;

const named = async ({ things }: Pick<World, 'things'>, organization: string, label: string) => {
  const thing = await things.byLabel(organization, label);
  return thing?.roster === roster && thing.retiredAt === null ? thing : undefined;
};

/** One that belongs to this environment. */
export const findDevice = async (world: World, env: FoundEnv, label: string): Promise<DeviceOf | Refusal> => {
  const thing = await named(world, env.app.organization, label);
  const slot = thing && (await world.slots.load(slotId(thing.name)));
  return thing !== undefined && slot?.member?.group === env.item.uid
    ? { thing, slot }
    : notFound('device', label);
};

/** From now on deployments of this environment are rolled out: said before the first device is in. */
const becomeFleet = async (world: World, env: FoundEnv): Promise<FoundEnv | Refusal> => {
  if (env.entry.body.isFleet) return env;
  const entry = await revise(world)(env.entry.place, env.entry.id, ({ body }) => ({
    ...body,
    isFleet: true,
  }));
  if (entry === undefined) return notFound('environment', env.item.id);
  return isRefusal(entry) ? entry : { ...env, entry };
};

/** What a device gets that comes now; null: nothing has succeeded yet. */
const ownOf = async (world: World, found: FoundEnv) => {
  const entry = await load(world, found.entry.place, found.entry.id);
  if (entry === undefined) return null;
  const env = { ...found, entry };
  const { good, last } = entry.body;
  // One without devices has succeeded when it was made, and is written down as such when the next one starts.
  const latest = last !== null && last.rollout === null && last.ended === null ? last : good;
  if (latest === null) return null;
  const revision = await revisionOfGood(world, { app: env.app, envUid: env.item.uid }, latest);
  if (revision === null) return null;
  return { id: latest.id, revision, generation: latest.createdAt, about: aboutOf(env, latest) };
};

/** Somebody else may be making it known in this very moment. */
const knownOrNew = async (world: World, organization: string, label: string): Promise<Thing | Refusal> => {
  const known = await named(world, organization, label);
  if (known !== undefined) return known;
  const made = await registerThing(world)({ organization, roster, label });
  return isRefusal(made) ? ((await named(world, organization, label)) ?? made) : made;
};

export interface Joined extends DeviceOf {
  readonly isNew: boolean;
}

/** Makes it known if nobody knows it, and brings it into the environment. Again is fine. */
export const joinEnvironment = async (
  world: World,
  found: FoundEnv,
  label: string,
  by: string,
): Promise<Joined | Refusal> => {
  const env = await becomeFleet(world, found);
  if (isRefusal(env)) return env;
  const { organization } = env.app;
  const thing = await knownOrNew(world, organization, label);
  if (isRefusal(thing)) return thing;
  const before = await world.slots.load(slotId(thing.name));
  const slot = await joinGroup(world)(whichOf(env, thing.name, by), () => ownOf(world, env));
  if (isRefusal(slot)) return slot;
  return { thing, slot, isNew: before?.member?.group !== env.item.uid };
};

export const leaveEnvironment = (world: World, env: FoundEnv, { thing }: DeviceOf, by: string) =>
  leaveGroup(world)(whichOf(env, thing.name, by));

const withSlots = async (world: World, env: FoundEnv, members: readonly Member[]): Promise<DeviceOf[]> => {
  const names = members.map(({ thing }) => thing);
  const [things, slots] = await Promise.all([
    world.things.loadMany(names),
    world.slots.loadMany(names.map(slotId)),
  ]);
  const slotOf = new Map(slots.map((slot) => [slot.id.thing, slot]));
  const thingOf = new Map(things.map((thing) => [thing.name, thing]));
  return names.flatMap((name) => {
    const [thing, slot] = [thingOf.get(name), slotOf.get(name)];
    return thing !== undefined && slot?.member?.group === env.item.uid ? { thing, slot } : [];
  });
};

export interface DevicePage {
  readonly devices: readonly DeviceOf[];
  /** Where the next page begins; null: there is none. */
  readonly next: string | null;
}

/** In an order that stays; a page may be shorter than asked for although another follows. */
export const pageOfDevices = async (
  world: World,
  env: FoundEnv,
  after: string | null,
  limit: number,
): Promise<DevicePage> => {
  const members = await world.members.page(groupOf(env), after, limit);
  return {
    devices: await withSlots(world, env, members),
    next: members.length < limit ? null : (members.at(-1)?.thing ?? null),
  };
};

const countPage = 1000;

/** Reads all names: for a preview. */
export const countDevices = async ({ members }: World, env: FoundEnv): Promise<number> => {
  let count = 0;
  let after: string | null = null;
  for (;;) {
    const page: readonly Member[] = await members.page(groupOf(env), after, countPage);
    count += page.length;
    after = page.at(-1)?.thing ?? null;
    if (page.length < countPage) return count;
  }
};

/** The environment's deployment that a device has, or is being brought. */
export const deploymentOn = ({ slot }: DeviceOf): string | null => {
  const head = headOf(slot);
  return head?.part === undefined ? null : head.id;
};

/** Takes everybody out; false when the time is up. */
export const emptyEnvironment = async (
  world: World,
  group: { readonly organization: string; readonly group: string },
  until: number,
): Promise<boolean> => {
  for (;;) {
    const page = await world.members.page(group, null, 50);
    if (page.length === 0) return true;
    if (world.clock.now() > until) return false;
    await Promise.all(page.map(({ thing }) => leaveGroup(world)({ ...group, channel, thing, by: 'engine' })));
  }
};
