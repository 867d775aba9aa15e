// A group of a few things for the scheduler of `explore.ts`: the engine's own fleet verbs in memory, every save held to the invariants.
//
// Whose group it is keeps one entry, as a dialect does: the rollout that it names, and what the last success brought.
import { memoryWorld } from '#adapters/memory/world';
import { target } from '#device/shadow';
import type { RolloutEvent } from '#domain/decide-rollout';
import type { Digest } from '#domain/deployment';
import { allAtOnce, type Plan } from '#domain/plan';
import { isRunning, type Rollout } from '#domain/rollout';
import { type Slot, wakeAtOf } from '#domain/slot';
import { carryOut } from '#engine/carry-out';
import { changeKnownSlot } from '#engine/change-slot';
import { carryShard } from '#engine/fleet/carry-shard';
import { changeRollout } from '#engine/fleet/change-rollout';
import { countDeliveries } from '#engine/fleet/count-deliveries';
import { haltRollouts } from '#engine/fleet/halt-rollouts';
import { lookAtRollout, type RolloutOwner } from '#engine/fleet/look-at-rollout';
import { type GroupsOwn, joinGroup, leaveGroup } from '#engine/fleet/membership';
import { beginRollout, reserveRollout } from '#engine/fleet/start-rollout';
import { sweepRollouts } from '#engine/fleet/sweep-rollouts';
import type { Entry, FanOutMessage, SaveEntry, World } from '#engine/ports';
import { sealContent, sealManifest } from '#engine/seal';
import { takeReport } from '#engine/take-report';
import { nameOfThing } from '#test/engine/given';
import { testChance, testClock } from '#test/support/clock';
import { ofGroupsAtRest } from './fleet-invariants.ts';
import { channel, watchedFleet } from './fleet-watch.ts';
import { hold, ofRest } from './invariants.ts';

const organization = 'acme';
const group = 'line 1';
const groupId = { organization, group } as const;
export const alarm = 'errors';

interface Standing {
  readonly last: string | null;
  readonly lastAt: number;
  readonly good: GroupsOwn | null;
}

const plenty = () => 60_000;
const secondsMs = 20_000;

const where = (organizationOf: string) => [organizationOf, 'group', group] as const;

const standing = ({ body }: Entry): Standing => body as unknown as Standing;

const withGood = (now: Standing, rollout: Rollout | undefined): Standing =>
  rollout?.end?.status === 'succeeded' && rollout.id === now.last
    ? {
        ...now,
        good: { id: rollout.id, revision: rollout.revision, generation: rollout.generation, about: {} },
      }
    : now;

const entryOf = async (world: World): Promise<Entry> => {
  const entry = await world.catalog.load(...where(organization));
  if (entry === undefined) throw new Error('There is no group.');
  return entry;
};

const saved = (world: World, entry: Entry, now: Standing): Promise<SaveEntry> =>
  world.catalog.save({ ...entry, version: entry.version + 1, body: { ...now } });

/** As a dialect's: its entry names one rollout, and learns how that ended. */
const ownerIn = (world: World): RolloutOwner => ({
  stands: async ({ id }) => standing(await entryOf(world)).last === id,
  ended: async (rollout) => {
    for (;;) {
      const entry = await entryOf(world);
      const now = standing(entry);
      const next = withGood(now, rollout);
      if (next === now || next.good?.id === now.good?.id) return;
      if ((await saved(world, entry, next)).saved) return;
    }
  },
});

export type Verb = (world: World) => Promise<unknown>;

export interface FleetWish {
  readonly things: number;
  readonly plan?: Partial<Plan>;
  /** Things that cannot apply what rollout brings them, by their place among the names. */
  readonly fails?: (thing: number, rollout: string) => boolean;
}

export const fleetStage = async ({ things: count, plan = {}, fails = () => false }: FleetWish) => {
  const clock = testClock();
  const memory = memoryWorld({ clock, chance: testChance() });
  const revisions = new Map<string, Digest>();
  const rolloutOf = new Map<Digest, string>();

  const { world, slots, rollouts, partsOf, heard, away } = watchedFleet(memory.world);

  // ---- verbs

  const which = (thing: string) => ({ ...groupId, channel, thing, by: 'key:ada' }) as const;
  const wanted = (id: string, now: Standing, own: Partial<Plan>) => {
    const createdAt = Math.max(clock.now(), now.lastAt + 1);
    return {
      ...groupId,
      id,
      channel,
      generation: createdAt,
      revision: revisions.get(id) ?? '',
      fallback: now.good?.revision ?? null,
      plan: { ...allAtOnce, ...plan, ...own },
      createdAt,
      createdBy: 'key:ada',
      about: {},
    } as const;
  };
  /** Refused while another is under way, or was named in the meantime. */
  const starts =
    (id: string, own: Partial<Plan> = {}): Verb =>
    async (on) => {
      const entry = await entryOf(on);
      const now = standing(entry);
      const before = now.last === null ? undefined : await on.rollouts.load(now.last);
      if (before !== undefined && isRunning(before)) return;
      const settled = withGood(now, before);
      const next = wanted(id, settled, own);
      await reserveRollout(on)(next);
      const named = await saved(on, entry, { ...settled, last: id, lastAt: next.createdAt });
      if (named.saved) await beginRollout(on)(id);
    };
  const changes =
    (id: string, event: RolloutEvent): Verb =>
    (on) =>
      changeRollout(on)(id, event, 'key:ada');
  const looks =
    (id: string): Verb =>
    (on) =>
      lookAtRollout(on, ownerIn(on))(id, plenty);
  const carries =
    (id: string, shard = 0): Verb =>
    (on) =>
      carryShard(on)(id, shard, plenty);
  const joins =
    (thing: string): Verb =>
    (on) =>
      joinGroup(on)(which(thing), async () => standing(await entryOf(on)).good);
  const leaves =
    (thing: string): Verb =>
    (on) =>
      leaveGroup(on)(which(thing));

  // ---- things

  const isKnown = (thing: string) => memory.shadows.stateOf(thing, channel)?.target !== undefined;
  const names: string[] = [];
  const inForce = new Map<string, { readonly seq: number; readonly revision: string }>();
  const fences = new Map<string, number>();
  /** What it makes of what its shadow shows; nothing, if it is older than what it took last. */
  const word = (thing: string) => {
    if (!isKnown(thing)) return undefined;
    const { seq, deployment, manifest, items } = target.parse(memory.shadows.stateOf(thing, channel)?.target);
    if (seq < (fences.get(thing) ?? 0)) return undefined;
    fences.set(thing, seq);
    const about = { v: 1, seq, deployment, manifest, attempt: 1 } as const;
    if (fails(names.indexOf(thing), rolloutOf.get(manifest) ?? ''))
      return { ...about, state: 'failed', error: { code: 'no_space', message: 'Full.' } } as const;
    heard.add(`${thing} ${seq} ${manifest}`);
    inForce.set(thing, { seq, revision: manifest });
    return { ...about, state: items?.length === 0 ? 'removed' : 'applied', error: null } as const;
  };
  const reports =
    (thing: string): Verb =>
    async (on) => {
      const said = word(thing);
      if (said === undefined) return;
      memory.shadows.report(thing, channel, said);
      await takeReport(on)({ thing, channel }, said);
    };

  // ---- time

  const take = async ({ rollout, shard }: FanOutMessage): Promise<void> => {
    await (shard === undefined ? looks(rollout) : carries(rollout, shard))(world);
  };
  /** All that waits is done, in its order. */
  const drain = async (): Promise<void> => {
    for (let next = memory.fanOut.take(); next !== undefined; next = memory.fanOut.take()) await take(next);
    for (let next = memory.transitions.take(); next !== undefined; next = memory.transitions.take())
      await carryOut(world)(next.slot);
  };
  const lookAtSlots = async (): Promise<void> => {
    for (const slot of slots.values()) {
      const at = wakeAtOf(slot);
      if (at !== null && at <= clock.now())
        await changeKnownSlot(world)({ id: slot.id, event: { type: 'look' }, by: 'engine' });
    }
  };
  const isResting = (): boolean =>
    [...rollouts.values()].every(({ lookAt, phase }) => lookAt === null && phase !== 'rolling') &&
    [...slots.values()].every(({ waiting }) => waiting === null);
  /** A person goes on with what is held. */
  const letGo = async (): Promise<void> => {
    for (const { id, hold: held, end } of rollouts.values())
      if (held !== null && end === null) await changes(id, { type: 'resume' })(world);
  };
  const round = async (): Promise<void> => {
    await letGo();
    await drain();
    for (const thing of names) await reports(thing)(world);
    // Messages come within a few seconds of their time, and before the sweeper does.
    clock.pass(secondsMs);
    await drain();
    await sweepRollouts(world)();
    await lookAtSlots();
  };

  // ---- at rest

  /** It has confirmed what did not succeed elsewhere, or could not apply what did. */
  const keptBy = ({ id, live }: Slot): boolean => {
    const part = live.find(({ phase }) => phase === 'deployed')?.part;
    const from = part === undefined ? undefined : rollouts.get(part.rollout);
    const isLeftOver = from?.end != null && from.end.status !== 'succeeded';
    return isLeftOver || [...rollouts.keys()].some((rollout) => fails(names.indexOf(id.thing), rollout));
  };
  const roundsMax = 100;
  const factAtRest = async () => {
    const { last, good } = standing(await entryOf(world));
    const listed = (await world.members.page(groupId, null, 100)).map(({ thing }) => thing);
    const named = last === null ? undefined : rollouts.get(last);
    const brought = withGood({ last, lastAt: 0, good }, named).good?.revision ?? null;
    const counts = [];
    for (const rollout of rollouts.values()) {
      const recount = await countDeliveries(world)(rollout);
      const parts = await partsOf(rollout);
      for (const state of ['applied', 'failed', 'withdrawn'] as const)
        counts.push({
          told: recount[state],
          recounted: parts.filter(({ mark }, at) => mark === state && at < rollout.exposed).length,
        });
    }
    return {
      rollouts: [...rollouts.values()].filter(({ id, phase }) => phase !== 'reserved' || id === last),
      group,
      revision: brought,
      members: [...slots.values()].map((slot) => ({
        slot,
        isListed: listed.includes(slot.id.thing),
        keeps: keptBy(slot),
      })),
      counts,
    };
  };
  const comeToRest = async (): Promise<void> => {
    for (let rounds = 0; rounds < roundsMax && !isResting(); rounds += 1) await round();
    const fact = await factAtRest();
    hold(ofGroupsAtRest, fact, () => JSON.stringify(fact));
    for (const slot of slots.values())
      hold(ofRest, { slot, inForce: inForce.get(slot.id.thing) }, () => JSON.stringify(slot));
  };

  // ---- who is there

  const connected = async (label: string): Promise<string> => {
    const name = await nameOfThing(world, label);
    const thing = await world.things.load(name);
    if (thing === undefined) throw new Error(`${label} is not known.`);
    await world.things.save({
      ...thing,
      version: thing.version + 1,
      presence: { ...thing.presence, state: 'online', connectedAt: clock.now() },
    });
    names.push(name);
    return name;
  };
  for (const id of ['zero', 'one', 'two']) {
    const digest = await sealContent(memory.world.contents, organization, Buffer.from(id));
    const item = { id, path: 'module.json', digest, size: id.length, format: 'json' };
    const revision = await sealManifest(memory.world.contents, organization, [item]);
    revisions.set(id, revision);
    rolloutOf.set(revision, id);
  }
  const empty: Standing = { last: null, lastAt: 0, good: null };
  await world.catalog.save({
    kind: 'group',
    id: group,
    organization,
    createdAt: clock.now(),
    updatedAt: clock.now(),
    version: 1,
    body: { ...empty },
    unique: {},
  });
  for (let at = 0; at < count; at += 1) await joins(await connected(`robot-${at}`))(world);
  clock.pass(1);

  return {
    world,
    clock,
    things: names as readonly string[],
    newThing: async (label: string) => {
      const thing = await connected(label);
      away.add(thing);
      return thing;
    },
    starts,
    changes,
    looks,
    carries,
    joins,
    leaves,
    reports,
    halts: ((on) => haltRollouts(on)(alarm, 'stage')) satisfies Verb,
    sweeps: ((on) => sweepRollouts(on)()) satisfies Verb,
    settles: async () => {
      for (let rounds = 0; rounds < roundsMax && !isResting(); rounds += 1) await round();
    },
    /** In the order of a rollout. */
    thingAt: async (id: string, ordinal: number): Promise<string> => {
      for await (const { thing } of memory.world.deliveries.between(id, ordinal, ordinal + 1)) return thing;
      throw new Error(`Rollout ${id} has no thing ${ordinal}.`);
    },
    /** The shadows show what their slots say. */
    shows: async () => {
      for (let next = memory.transitions.take(); next !== undefined; next = memory.transitions.take())
        await carryOut(world)(next.slot);
    },
    /** Its next look is due. */
    passToLook: async (id: string) => {
      const at = (await world.rollouts.load(id))?.lookAt ?? clock.now();
      clock.pass(Math.max(0, at - clock.now()));
    },
    comeToRest,
  };
};

export type FleetStage = Awaited<ReturnType<typeof fleetStage>>;
