// Orders that are left out come to the same as those that are not: held here to all of them, in a world that is small enough.
import { describe, expect, it } from 'vitest';
import { memoryWorld } from '#adapters/memory/world';
import type { World } from '#engine/ports';
import { testChance, testClock } from '#test/support/clock';
import { explore } from './explore.ts';
import { start } from './gate.ts';

const entry = (id: string) =>
  ({ kind: 'note', id, organization: 'acme', createdAt: 0, updatedAt: 0, unique: {} }) as const;

/** Reads one note, writes over it what it has read and its own name, if nobody was faster, and reads the other. */
const writes = (name: string, id: string, other: string, into: string[]) => async (on: World) => {
  const found = await on.catalog.load('acme', 'note', id);
  const text = `${found?.body.text ?? ''}${name}`;
  const { saved } = await on.catalog.save({
    ...entry(id),
    version: (found?.version ?? 0) + 1,
    body: { text },
  });
  const seen = await on.catalog.load('acme', 'note', other);
  into.push(`${name} ${saved} ${seen?.body.text ?? 'nothing'}`);
};

const endsOf = async (isEveryOrder: boolean, deaths: number) => {
  const ends = new Set<string>();
  const set = async () => {
    const { world } = memoryWorld({ clock: testClock(), chance: testChance() });
    const said: string[] = [];
    const ada = start(world, writes('ada', 'one', 'two', said));
    const eve = start(world, writes('eve', 'one', 'one', said));
    const bob = () => start(world, writes('bob', 'two', 'one', said));
    // A death for each call: two are enough for that.
    const running = new Map([['ada', ada], ['eve', eve], ...(deaths === 0 ? [['bob', bob()] as const] : [])]);
    return {
      running,
      finish: async () => {
        const notes = await world.catalog.loadMany('acme', 'note', ['one', 'two']);
        ends.add(JSON.stringify([notes.map(({ id, body }) => [id, body]).sort(), said.toSorted()]));
      },
    };
  };
  const { schedules, isComplete } = await explore(set, { deaths, schedulesMax: 100_000, isEveryOrder });
  return { ends: [...ends].sort(), schedules, isComplete };
};

describe('orders that differ in calls that do not touch each other', () => {
  it.each([0, 1])('come to the same ends, with %i deaths', async (deaths) => {
    const [some, all] = [await endsOf(false, deaths), await endsOf(true, deaths)];
    expect([some.isComplete, all.isComplete]).toEqual([true, true]);
    expect(some.ends).toEqual(all.ends);
    expect(some.ends.length).toBeGreaterThan(3);
    expect(some.schedules).toBeLessThan(all.schedules / 2);
  });
});
