// Whom something waits for: by the id of a deployment, a thing or a rollout, whoever has it from wherever.

import { thingOfDevice } from '#dialects/miru/ids';
import { type Rollout, rolloutWaitsFor } from '#domain/rollout';
import { findIn, type Slot, waitOf } from '#domain/slot';
import { type WaitingFor, waits } from '#domain/waiting';
import { thingOf } from '#engine/ids';
import { inBatches } from '#engine/in-batches';
import type { Thing, World } from '#engine/ports';

export interface Why {
  readonly what: string;
  readonly organization: string;
  readonly state: string;
  readonly waitingFor: string | null;
  readonly since: number | null;
  readonly until: number | null;
  readonly endedBy: string | null;
  readonly consequence: string | null;
  readonly reason: string | null;
}

const rowOf = (waitingFor: WaitingFor | null) => {
  const row = waitingFor === null ? undefined : waits[waitingFor];
  return { waitingFor, endedBy: row?.endedBy ?? null, consequence: row?.consequence ?? null };
};

export const whyOfRollout = (rollout: Rollout): Why => ({
  what: `rollout ${rollout.id} (deployment ${String(rollout.about.deployment)})`,
  organization: rollout.organization,
  state: `${rollout.phase}, ${rollout.exposed} of ${rollout.total} exposed${rollout.end === null ? '' : `, ${rollout.end.status}`}`,
  ...rowOf(rolloutWaitsFor(rollout)),
  since: rollout.hold?.at ?? rollout.since,
  until: rollout.lookAt,
  reason: rollout.hold?.why ?? rollout.end?.failure?.message ?? null,
});

/** Each deployment of a slot that is not over. */
export const whysOfSlot = (slot: Slot): Why[] =>
  slot.live.map((deployment) => {
    const wait = waitOf(slot, deployment);
    return {
      what: `deployment ${deployment.id} on ${slot.id.thing}/${slot.id.channel}`,
      organization: slot.organization,
      state: deployment.phase,
      ...rowOf(wait?.for ?? null),
      since: wait?.since ?? null,
      until: wait?.until ?? null,
      reason: deployment.failure?.message ?? null,
    };
  });

const whyOfDeployment = async (world: World, id: string): Promise<Why[]> => {
  const thing = thingOf(id);
  const record = thing === undefined ? undefined : await world.records.load(thing, id);
  if (record === undefined) return [];
  const slot = await world.slots.load(record.slot);
  if (slot?.live.some((deployment) => deployment.id === id))
    return whysOfSlot(slot).filter(({ what }) => what.startsWith(`deployment ${id} `));
  // It may have left its slot a moment ago, and its record does not say so yet.
  const ended = record.ended ?? (slot && findIn(slot, id));
  return [
    {
      what: `deployment ${id} on ${record.slot.thing}/${record.slot.channel}`,
      organization: record.organization,
      state: ended?.phase ?? 'never accepted',
      ...rowOf(null),
      since: ended?.updatedAt ?? record.createdAt,
      until: null,
      reason: ended?.failure?.message ?? ended?.history.at(-1)?.why ?? null,
    },
  ];
};

const standingOf = ({ retiredAt, certificate }: Thing): string => {
  if (retiredAt !== null) return 'retired';
  return certificate === null ? 'not activated' : 'activated';
};

/** Nobody waits for it, and nothing is wrong with its id. */
const whyOfIdle = (thing: Thing): Why => ({
  what: `thing ${thing.name} (${thing.label})`,
  organization: thing.organization,
  state: `has nothing deployed, is ${standingOf(thing)}`,
  ...rowOf(null),
  since: null,
  until: null,
  reason: null,
});

/** By its own name, or by the id that Miru gives it. */
const whyOfThing = async (world: World, id: string): Promise<Why[]> => {
  const name = thingOfDevice(id) || id;
  const thing = await world.things.load(name);
  if (thing === undefined) return [];
  const whys = (await world.slots.ofThing(name)).flatMap(whysOfSlot);
  return whys.length === 0 ? [whyOfIdle(thing)] : whys;
};

/** Of every organization, and over or not: one that is held stands in no list of what is due. */
async function* allRollouts({ estate, rollouts }: World): AsyncGenerator<Rollout> {
  for await (const organization of estate.organizations())
    for await (const ids of inBatches(estate.rolloutsOf(organization)))
      for (const rollout of await Promise.all(ids.map(rollouts.load)))
        if (rollout !== undefined) yield rollout;
}

/** Those with which something is left to do. */
export const openRollouts = async (world: World): Promise<Rollout[]> => {
  const open: Rollout[] = [];
  for await (const rollout of allRollouts(world)) if (rollout.phase !== 'over') open.push(rollout);
  return open;
};

const isOver = ({ phase }: Rollout): number => Number(phase === 'over');

/** A deployment may have had one that was ended before it began: both are as old as the deployment, and the other one went on. */
const isNewer = (one: Rollout, other: Rollout): boolean =>
  (one.createdAt - other.createdAt || isOver(other) - isOver(one) || one.since - other.since) > 0;

/** By its own id, or by that of the deployment that it carries: then the newest. */
export const findRollout = async (world: World, id: string): Promise<Rollout | undefined> => {
  const direct = await world.rollouts.load(id);
  if (direct !== undefined) return direct;
  let newest: Rollout | undefined;
  for await (const rollout of allRollouts(world))
    if (rollout.about.deployment === id && (newest === undefined || isNewer(rollout, newest)))
      newest = rollout;
  return newest;
};

export const explain = async (world: World, id: string): Promise<readonly Why[]> => {
  const [deployment, thing] = await Promise.all([whyOfDeployment(world, id), whyOfThing(world, id)]);
  const found = [...deployment, ...thing];
  // Last, and only then: all rollouts are looked through.
  const rollout = found.length === 0 ? await findRollout(world, id) : undefined;
  return rollout === undefined ? found : [whyOfRollout(rollout)];
};
