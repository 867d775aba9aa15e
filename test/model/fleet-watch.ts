// A world whose group is watched: every save of a slot, every save of a rollout and every mark is held to the invariants.
import { copied } from '#adapters/memory/copied';
import type { Phase } from '#domain/phase';
import type { Rollout } from '#domain/rollout';
import { emptySlot, findIn, type Slot } from '#domain/slot';
import { giftId } from '#engine/fleet/deploy-part';
import type { Mark, World } from '#engine/ports';
import { ofGroups, ofRollouts, type PartTold } from './fleet-invariants.ts';
import { hold, ofBooks, ofSlots, type RecordState } from './invariants.ts';

export const channel = 'environment';

export const watchedFleet = (memory: World) => {
  const slots = new Map<string, Slot>();
  const rollouts = new Map<string, Rollout>();
  const accepted = new Map<string, Set<string>>();
  /** What a thing has said that it has: its name, the seq and the revision. */
  const heard = new Set<string>();
  /** Those that were not in the group at some time after the beginning. */
  const away = new Set<string>();

  const recordsOf = async (thing: string): Promise<Map<string, RecordState>> => {
    const states = new Map<string, RecordState>();
    for await (const { id, ended } of memory.records.ofSlot({ thing, channel }))
      states.set(id, ended?.phase ?? 'filed');
    return states;
  };
  /** Of everybody who takes part in it: its mark, and what has become of it. */
  const partsOf = async ({ id, total }: Rollout): Promise<PartTold[]> => {
    const parts: PartTold[] = [];
    for await (const { thing, mark } of memory.deliveries.between(id, 0, total)) {
      const part = giftId(thing, 'part', id);
      const slot = slots.get(thing);
      const ended = (await recordsOf(thing)).get(part);
      const phase = (slot && findIn(slot, part)?.phase) ?? (ended === 'filed' ? undefined : ended);
      const wasAway = away.has(thing);
      parts.push({
        mark: mark?.state ?? null,
        phase: phase as Phase | undefined,
        wasAway,
        wasConfirmed: false,
      });
    }
    return parts;
  };
  const allParts = () => [...slots.values()].flatMap(({ live, leaving }) => [...live, ...leaving]);
  const givenOf = ({ id }: Rollout): number =>
    Math.max(0, ...allParts().flatMap(({ part }) => (part?.rollout === id ? [part.ordinal + 1] : [])));
  const openOf = ({ id }: Rollout): number =>
    [...slots.values()].flatMap(({ live }) =>
      live.filter(({ part, phase }) => part?.rollout === id && /queued|retrying/.test(phase)),
    ).length;
  const judgeRollout = async (before: Rollout, after: Rollout): Promise<void> => {
    const parts = await Array.fromAsync(memory.deliveries.between(after.id, 0, after.total));
    const marked = (state: Mark['state']) => parts.filter(({ mark }) => mark?.state === state).length;
    const fact = {
      before,
      after,
      given: givenOf(after),
      open: openOf(after),
      waitedFor: parts.filter(
        ({ ordinal, isReachable, mark }) => ordinal < before.exposed && isReachable && mark === null,
      ).length,
      marked: { applied: marked('applied'), failed: marked('failed'), withdrawn: marked('withdrawn') },
    };
    hold(ofRollouts, fact, () => JSON.stringify(fact));
  };
  const judgeAll = async (): Promise<void> => {
    for (const rollout of rollouts.values()) await judgeRollout(rollout, rollout);
    const parts = (await Promise.all([...rollouts.values()].map(partsOf))).flat();
    const fact = { rollouts: [...rollouts.values()], parts };
    hold(ofGroups, fact, () => JSON.stringify(fact));
  };
  const judgeSlot = async (after: Slot): Promise<void> => {
    const { thing } = after.id;
    const before = slots.get(thing) ?? emptySlot(after.id, after.organization);
    const told = () => JSON.stringify({ before, after });
    hold(
      ofSlots,
      { before, after, wasHeard: (seq, revision) => heard.has(`${thing} ${seq} ${revision}`) },
      told,
    );
    slots.set(thing, copied(after));
    if (after.member === undefined) away.add(thing);
    const named = accepted.get(thing) ?? new Set();
    for (const { id } of [...after.live, ...after.leaving]) named.add(id);
    accepted.set(thing, named);
    const states = await recordsOf(thing);
    hold(ofBooks, { slot: after, recordOf: (id) => states.get(id), accepted: named }, told);
    await judgeAll();
  };
  const world: World = {
    ...memory,
    slots: {
      ...memory.slots,
      save: async (slot) => {
        const isSaved = await memory.slots.save(slot);
        if (isSaved) await judgeSlot(slot);
        return isSaved;
      },
    },
    rollouts: {
      ...memory.rollouts,
      save: async (rollout) => {
        const isSaved = await memory.rollouts.save(rollout);
        if (!isSaved) return false;
        await judgeRollout(rollouts.get(rollout.id) ?? rollout, rollout);
        rollouts.set(rollout.id, copied(rollout));
        await judgeAll();
        return true;
      },
    },
    deliveries: {
      ...memory.deliveries,
      mark: async (rollout, ordinal, mark) => {
        await memory.deliveries.mark(rollout, ordinal, mark);
        await judgeAll();
      },
    },
  };

  return { world, slots, rollouts, partsOf, heard, away };
};
