// The real world: a function is given what its role allows, and told plainly what it was not.
import { describe, expect, it } from 'vitest';
import { memoryWorld } from '#adapters/memory/world';
import { worldOf } from '#functions/wiring/live';
import { testChance, testClock } from '#test/support/clock';

const { world } = memoryWorld({ clock: testClock(), chance: testChance() });

describe('a world with withheld ports', () => {
  it('has what it was given, of which each unit of work is told', async () => {
    const { slots, things } = worldOf(world);
    expect(things).toBe(world.things);
    expect(await slots.load({ thing: 'x', channel: 'release' })).toBe(undefined);
  });

  it('says what a function wanted of what it has not', () => {
    const narrow = worldOf({ clock: world.clock, chance: world.chance });
    const ports = [
      ['slots', () => narrow.slots.load({ thing: 'x', channel: 'release' })],
      ['records', () => narrow.records.load('x', 'y')],
      ['members', () => narrow.members.remove({ organization: 'x', group: 'y' }, 'z')],
      ['rollouts', () => narrow.rollouts.load('x')],
      ['deliveries', () => narrow.deliveries.progressOf('x', 0)],
      ['fanOut', () => narrow.fanOut.send([])],
      ['contents', () => narrow.contents.get('x', 'y')],
      ['things', () => narrow.things.load('x')],
      ['repeats', () => narrow.repeats.find('x', 'y')],
      ['pongs', () => narrow.pongs.find('x', 'y')],
      ['keys', () => narrow.keys.load('x')],
      ['quotas', () => narrow.quotas.agreed('x')],
      ['estate', () => narrow.estate.thingsOf('x')],
      ['audit', () => narrow.audit.entriesOf('x', { from: 0, to: 1 }, 'newest first')],
      ['catalog', () => narrow.catalog.load('x', 'y', 'z')],
      ['transitions', () => narrow.transitions.backlog()],
      ['notices', () => narrow.notices.send({} as never, 0)],
      ['receivers', () => narrow.receivers.objection('x')],
      ['shadows', () => narrow.shadows.read('x', 'release')],
      ['publisher', () => narrow.publisher.publish('x', new Uint8Array())],
      ['certificates', () => narrow.certificates.endpoint()],
    ] as const;
    for (const [port, ask] of ports) expect(ask).toThrow(`This function has no ${port}: it cannot `);
    expect(ports.map(([port]) => port).toSorted()).toEqual(
      Object.keys(narrow)
        .filter((name) => name !== 'clock' && name !== 'chance')
        .toSorted(),
    );
  });

  it('can be copied and spread without being asked for anything', () => {
    const narrow = worldOf({ clock: world.clock, chance: world.chance });
    expect(Object.keys({ ...narrow }).length).toBe(Object.keys(world).length);
  });
});
