// What a watcher keeps of groups and their rollouts, from what is saved and nothing else; every step is held to the invariants.
import { copied } from '#adapters/memory/copied';
import { memoryDeliveries } from '#adapters/memory/deliveries';
import { memoryMembers } from '#adapters/memory/members';
import { memoryRollouts } from '#adapters/memory/rollouts';
import { type Deployment, isOutstanding } from '#domain/deployment';
import type { Phase } from '#domain/phase';
import { isRunning, type Rollout } from '#domain/rollout';
import type { Slot } from '#domain/slot';
import type { Mark, SealedDelivery, World } from '#engine/ports';
import { ofGroups, ofGroupsAtRest, ofRollouts, type PartTold } from '#test/model/fleet-invariants';
import { broken, hold } from '#test/model/invariants';

/** One thing's part of a rollout. */
export interface PartKept extends SealedDelivery {
  readonly mark: Mark['state'] | null;
  /** Undefined: it was never given. */
  readonly phase: Phase | undefined;
  /** It has confirmed it once: it keeps that, and gets it again when it starts from nothing. */
  readonly wasConfirmed: boolean;
}

interface Kept {
  rollout: Rollout;
  readonly parts: Map<string, PartKept>;
  /** One more than the place of the last that was given it. */
  given: number;
}

export type FleetPorts = Pick<World, 'rollouts' | 'deliveries' | 'members'>;

export const fleetBooks = (now: () => number, onSave: (rollout: Rollout) => void) => {
  const kept = new Map<string, Kept>();
  const listed = new Map<string, Set<string>>();
  /** When a thing's slot was last seen outside of every group. */
  const outsideAt = new Map<string, number>();
  /** Revisions that a thing could not apply. */
  const failedOn = new Map<string, Set<string>>();
  const [rollouts, deliveries, members] = [memoryRollouts(), memoryDeliveries(), memoryMembers()];

  const told = (id: string) => () => JSON.stringify(kept.get(id)?.rollout);
  const partsOf = (id: string): PartKept[] => [...(kept.get(id)?.parts.values() ?? [])];
  const change = (id: string, thing: string, over: Partial<PartKept>): void => {
    const part = kept.get(id)?.parts.get(thing);
    if (part !== undefined) kept.get(id)?.parts.set(thing, { ...part, ...over });
  };

  const isOpen = ({ phase, wasConfirmed }: PartKept): boolean =>
    (phase === 'queued' || phase === 'retrying') && !wasConfirmed;
  /** Clocks are a little wrong. */
  const wasAway = ({ createdAt }: Rollout, thing: string): boolean =>
    (outsideAt.get(thing) ?? 0) > createdAt - 1000;

  const judge = (before: Rollout, { rollout: after, given }: Kept): void => {
    const parts = partsOf(after.id);
    const marked = (state: Mark['state']): number => parts.filter(({ mark }) => mark === state).length;
    const fact = {
      before,
      after,
      given,
      open: parts.filter((part) => isOpen(part)).length,
      waitedFor: parts.filter(
        ({ ordinal, isReachable, mark }) => ordinal < before.exposed && isReachable && mark === null,
      ).length,
      marked: { applied: marked('applied'), failed: marked('failed'), withdrawn: marked('withdrawn') },
    };
    hold(ofRollouts, fact, told(after.id));
  };
  const judgeGroup = (group: string, parts: readonly PartTold[]): void => {
    const all = [...kept.values()].map(({ rollout }) => rollout);
    const fact = { rollouts: all.filter((one) => one.group === group), parts };
    hold(ofGroups, fact, () => `${group}: ${JSON.stringify(parts)}`);
  };

  /** What a slot's save says of one part. */
  const notePart = (slot: Slot, { part, phase, revision }: Deployment): void => {
    const { thing } = slot.id;
    if (phase === 'failed') failedOn.set(thing, (failedOn.get(thing) ?? new Set()).add(revision));
    const of = part && kept.get(part.rollout);
    if (part === undefined || of === undefined) return;
    const before = of.parts.get(thing)?.phase;
    if (before === phase) return;
    const wasConfirmed = phase === 'deployed' || of.parts.get(thing)?.wasConfirmed === true;
    change(part.rollout, thing, { phase, wasConfirmed });
    of.given = Math.max(of.given, part.ordinal + 1);
    judge(of.rollout, of);
  };
  const ports: FleetPorts = {
    rollouts: {
      ...rollouts,
      save: async (rollout) => {
        const isSaved = await rollouts.save(rollout);
        if (!isSaved) return false;
        const there = kept.get(rollout.id) ?? { rollout, parts: new Map<string, PartKept>(), given: 0 };
        const before = there.rollout;
        there.rollout = copied(rollout);
        kept.set(rollout.id, there);
        onSave(rollout);
        judge(before, there);
        judgeGroup(rollout.group, []);
        return true;
      },
    },
    deliveries: {
      ...deliveries,
      seal: async (id, sealed, ...rest) => {
        await deliveries.seal(id, sealed, ...rest);
        for (const one of sealed) {
          const there = kept.get(id)?.parts.get(one.thing);
          kept
            .get(id)
            ?.parts.set(one.thing, { mark: null, phase: undefined, wasConfirmed: false, ...there, ...one });
        }
      },
      mark: async (id, ordinal, mark, ...rest) => {
        await deliveries.mark(id, ordinal, mark, ...rest);
        const part = partsOf(id).find((one) => one.ordinal === ordinal);
        const of = kept.get(id);
        if (part === undefined || of === undefined) return;
        change(id, part.thing, { mark: part.mark ?? mark.state });
        const marked = { ...part, mark: part.mark ?? mark.state };
        judgeGroup(of.rollout.group, [{ ...marked, wasAway: wasAway(of.rollout, part.thing) }]);
      },
    },
    members: {
      ...members,
      add: async (of, member) => {
        await members.add(of, member);
        listed.set(of.group, (listed.get(of.group) ?? new Set()).add(member.thing));
      },
      remove: async (of, thing) => {
        await members.remove(of, thing);
        listed.get(of.group)?.delete(thing);
      },
    },
  };

  const rolloutsNow = (): Rollout[] => [...kept.values()].map(({ rollout }) => rollout);
  const inGroup = (group: string): Rollout[] => rolloutsNow().filter((one) => one.group === group);
  /** Of the last success. */
  const revisionOf = (group: string): string | null =>
    inGroup(group)
      .filter(({ end }) => end?.status === 'succeeded')
      .sort((one, other) => other.generation - one.generation)[0]?.revision ?? null;

  const atRest = (group: string, slots: readonly Slot[]) => {
    const all = inGroup(group);
    const revision = revisionOf(group);
    const leftOvers = new Set(
      all.filter(({ end }) => end?.status !== 'succeeded').map((one) => one.revision),
    );
    const keeps = ({ id, live }: Slot): boolean => {
      const head = live.find((one) => one.phase === 'deployed' || isOutstanding(one));
      const isLeftOver = head !== undefined && leftOvers.has(head.revision);
      return isLeftOver || (revision !== null && failedOn.get(id.thing)?.has(revision) === true);
    };
    return {
      group,
      revision,
      rollouts: all.filter(({ phase, end }) => phase !== 'reserved' || end !== null),
      members: slots.map((slot) => ({
        slot,
        isListed: listed.get(group)?.has(slot.id.thing) === true,
        keeps: keeps(slot),
      })),
      counts: [],
    };
  };

  return {
    ports,
    onSlot: (before: Slot, after: Slot): void => {
      if (before.member === undefined || after.member === undefined) outsideAt.set(after.id.thing, now());
      for (const one of [...after.live, ...after.leaving]) notePart(after, one);
    },
    /** As if nobody had saved since it was loaded. */
    inPlaceOf: (rollout: Rollout): Rollout => ({
      ...rollout,
      version: (kept.get(rollout.id)?.rollout.version ?? 0) + 1,
    }),
    rollouts: rolloutsNow,
    partsOf,
    isAnyDue: (until: number): boolean =>
      rolloutsNow().some(({ lookAt }) => lookAt !== null && lookAt <= until),
    /** What is wrong with groups, when nobody acts any more. */
    breaksAtRest: (all: readonly Slot[]): string[] => {
      const slots = all.filter(({ id }) => id.channel === 'environment');
      const groups = new Set(rolloutsNow().map(({ group }) => group));
      return [...groups].flatMap((group) => {
        const inIt = slots.filter(({ member }) => member === undefined || member.group === group);
        return broken(ofGroupsAtRest, atRest(group, inIt)).map((name) => `${name}: ${group}`);
      });
    },
    held: (): Rollout[] => rolloutsNow().filter((one) => one.hold !== null && isRunning(one)),
  };
};

export type FleetBooks = ReturnType<typeof fleetBooks>;
