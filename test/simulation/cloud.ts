// The cloud on memory adapters, watched: every save of a slot is held to the invariants, and becomes a line of the history's digest.
import { createHash } from 'node:crypto';
import { memoryCatalog } from '#adapters/memory/catalog';
import { copied } from '#adapters/memory/copied';
import { memoryRecords } from '#adapters/memory/records';
import { memorySlots } from '#adapters/memory/slots';
import { memoryThings } from '#adapters/memory/things';
import { memoryWorld } from '#adapters/memory/world';
import { dueShardOf } from '#adapters/shard';
import type { Rollout } from '#domain/rollout';
import { emptySlot, type Slot, type SlotId, wakeAtOf } from '#domain/slot';
import type { FanOutMessage, World } from '#engine/ports';
import { hold, ofBooks, ofSlots, type RecordState } from '#test/model/invariants';
import { testChance } from '#test/support/clock';
import { fleetBooks } from './fleet-books.ts';
import type { Plan } from './plan.ts';
import type { Timeline } from './timeline.ts';

export interface Watching {
  readonly wasHeard: (id: SlotId, seq: number, revision: string) => boolean;
  /** A slot's message is to be sent. */
  readonly send: (id: SlotId) => void;
  readonly onLine: (id: SlotId, line: string) => void;
  /** A message of a rollout is to be sent. */
  readonly fanOut?: (message: FanOutMessage, delayMs: number) => void;
  readonly onRollout?: (rollout: Rollout) => void;
}

const nameOf = ({ thing, channel }: SlotId): string => `${thing}/${channel}`;
const lineOf = (now: number, { id, version, waiting, live, leaving }: Slot): string =>
  `${now} ${nameOf(id)} v${version} ${[...live, ...leaving].map((one) => `${one.id.slice(-4)}:${one.phase}`).join(' ')} ${waiting?.for ?? 'at rest'}`;

export const cloud = ({ seed, sabotage }: Plan, timeline: Timeline, watching: Watching) => {
  const memory = memoryWorld({
    clock: { now: timeline.now, sleep: timeline.sleep },
    chance: testChance(`seed ${seed}`),
  });
  const digest = createHash('sha256');
  const latest = new Map<string, Slot>();
  const wakeAt = new Map<string, { readonly shard: number; readonly at: number }>();
  const states = new Map<string, RecordState>();
  const [slots, records] = [memorySlots(), memoryRecords()];
  const books = fleetBooks(timeline.now, (rollout) => {
    digest.update(`${timeline.now()} rollout ${rollout.group} v${rollout.version} ${rollout.phase}\n`);
    watching.onRollout?.(rollout);
  });
  let violation: unknown;
  let saves = 0;

  const judge = (before: Slot, after: Slot): void => {
    const where = () => lineOf(timeline.now(), after);
    const { id } = after;
    hold(
      ofSlots,
      { before, after, wasHeard: (seq, revision) => watching.wasHeard(id, seq, revision) },
      where,
    );
    const accepted = [...before.live, ...before.leaving].map((one) => one.id);
    hold(ofBooks, { slot: after, recordOf: (of) => states.get(of), accepted }, where);
    books.onSlot(before, after);
  };
  const judged = <Args extends readonly unknown[], Answer>(
    method: (...args: Args) => Promise<Answer>,
  ): ((...args: Args) => Promise<Answer>) => {
    return async (...args) => {
      try {
        return await method(...args);
      } catch (cause) {
        violation ??= cause;
        throw cause;
      }
    };
  };

  const noteSave = (after: Slot): void => {
    const name = nameOf(after.id);
    const before = latest.get(name) ?? emptySlot(after.id, after.organization);
    const line = lineOf(timeline.now(), after);
    saves += 1;
    latest.set(name, copied(after));
    const at = wakeAtOf(after);
    if (at === null) wakeAt.delete(name);
    else wakeAt.set(name, { shard: dueShardOf(after.id.thing), at });
    digest.update(`${line}\n`);
    watching.onLine(after.id, line);
    try {
      judge(before, after);
    } catch (cause) {
      violation ??= cause;
      throw cause;
    }
  };

  /** As if nobody had saved since it was loaded. */
  const inPlaceOf = (slot: Slot): Slot => ({
    ...slot,
    version: (latest.get(nameOf(slot.id))?.version ?? 0) + 1,
  });

  const isAnyDue = (now: number, shard?: number): boolean =>
    [...wakeAt.values()].some((one) => one.at <= now && (shard === undefined || one.shard === shard));

  const world: World = {
    ...memory.world,
    slots: {
      ...slots,
      save: async (given) => {
        const slot = sabotage === 'saves without a condition' ? inPlaceOf(given) : given;
        const isSaved = await slots.save(slot);
        if (isSaved) noteSave(slot);
        return isSaved;
      },
      due: async (shard, now, limit) => (isAnyDue(now, shard) ? slots.due(shard, now, limit) : []),
    },
    records: {
      ...records,
      file: async (record) => {
        const filed = await records.file(record);
        if (!states.has(record.id)) states.set(record.id, 'filed');
        return filed;
      },
      end: async (slot, deployment) => {
        await records.end(slot, deployment);
        if (states.get(deployment.id) === 'filed') states.set(deployment.id, deployment.phase);
      },
    },
    members: books.ports.members,
    rollouts: {
      ...books.ports.rollouts,
      save: judged(async (rollout) =>
        books.ports.rollouts.save(
          sabotage === 'rollouts saved without a condition' ? books.inPlaceOf(rollout) : rollout,
        ),
      ),
    },
    deliveries: { ...books.ports.deliveries, mark: judged(books.ports.deliveries.mark) },
    fanOut: {
      send: async (messages, delayMs = 0) => {
        for (const message of messages) watching.fanOut?.(message, delayMs);
      },
    },
    catalog: memoryCatalog(),
    things: memoryThings(),
    transitions: {
      send: async (id) => watching.send(id),
      backlog: async () => 0,
    },
  };

  return {
    world,
    shadows: memory.shadows,
    isAnyDue,
    books,
    latest: (): ReadonlyMap<string, Slot> => latest,
    stateOf: (id: string) => states.get(id),
    records: (): ReadonlyMap<string, RecordState> => states,
    violation: () => violation,
    saves: () => saves,
    history: () => digest.copy().digest('hex'),
  };
};

export type Cloud = ReturnType<typeof cloud>;
