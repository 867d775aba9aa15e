// What the engine may rely on when it writes down who takes part in a rollout, and what became of each.
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { dynamoDeliveries } from '#adapters/dynamodb/deliveries';
import { memoryDeliveries } from '#adapters/memory/deliveries';
import type { Clock, Deliveries, Delivery, Mark } from '#engine/ports';
import { deliveriesMs } from '#operations/retention';
import { testClock } from '#test/support/clock';
import { freshTable } from '#test/support/dynamodb-table';
import { range, start } from './given.ts';

const sealed = (ordinal: number) => ({
  ordinal,
  thing: `robot-${ordinal}`,
  isReachable: ordinal % 2 === 0,
});
const applied: Mark = { state: 'applied', at: start, failure: null };
const failed: Mark = {
  state: 'failed',
  at: start + 1,
  failure: { code: 'no_space', message: 'It is full.' },
};

const all = async (deliveries: Deliveries, from: number, to: number, rollout = 'r1'): Promise<Delivery[]> => {
  const found: Delivery[] = [];
  for await (const delivery of deliveries.between(rollout, from, to)) found.push(delivery);
  return found;
};

const deliveriesContract = (make: (clock: Clock) => Promise<Deliveries>, clock = testClock(start)) => {
  it('has none before any was written down', async () => {
    expect(await all(await make(clock), 0, 10)).toEqual([]);
  });

  it('enlists a page once: whoever comes second, or has slept, is answered what was decided', async () => {
    const deliveries = await make(clock);
    const page = (...names: string[]) => ({
      things: names.map((thing) => ({ thing, isReachable: thing < 'c' })),
      upTo: names.at(-1) ?? '',
      isLast: false,
    });
    expect(await deliveries.enlist('r1', null, page('a', 'c'))).toEqual(page('a', 'c'));
    expect(await deliveries.enlist('r1', null, page('c', 'd'))).toEqual(page('a', 'c'));
    expect(await deliveries.enlist('r1', '', page())).toEqual(page());
    expect(await deliveries.enlist('r1', 'c', page('d'))).toEqual(page('d'));
    expect(await deliveries.enlist('r2', null, page('d'))).toEqual(page('d'));
    expect(await all(deliveries, 0, 10)).toEqual([]);
  });

  it('tells them in order, each with its mark', async () => {
    const deliveries = await make(clock);
    await deliveries.seal('r1', [2, 0, 1, 3].map(sealed));
    await deliveries.mark('r1', 1, failed);
    await deliveries.mark('r1', 3, applied);
    expect(await all(deliveries, 0, 4)).toEqual([
      { ...sealed(0), mark: null },
      { ...sealed(1), mark: failed },
      { ...sealed(2), mark: null },
      { ...sealed(3), mark: applied },
    ]);
  });

  it.each([
    [0, 2, [0, 1]],
    [1, 2, [1]],
    [2, 100, [2, 3, 4]],
    [3, 3, []],
  ])('tells those from %i on, up to and without %i', async (from, to, ordinals) => {
    const deliveries = await make(clock);
    await deliveries.seal('r1', range(5).map(sealed));
    for (const ordinal of range(5)) await deliveries.mark('r1', ordinal, applied);
    expect((await all(deliveries, from, to)).map(({ ordinal }) => ordinal)).toEqual(ordinals);
  });

  it('keeps the first mark, and marks when the same is written down again', async () => {
    const deliveries = await make(clock);
    await deliveries.seal('r1', [sealed(0)]);
    await deliveries.mark('r1', 0, applied);
    await deliveries.mark('r1', 0, failed);
    await deliveries.seal('r1', [sealed(0)]);
    expect(await all(deliveries, 0, 1)).toEqual([{ ...sealed(0), mark: applied }]);
  });

  it('goes on from shard to shard', async () => {
    const deliveries = await make(clock);
    await deliveries.seal('r1', range(2100).map(sealed));
    await deliveries.mark('r1', 999, applied);
    await deliveries.mark('r1', 1000, failed);
    const found = await all(deliveries, 990, 2050);
    expect(found.map(({ ordinal }) => ordinal)).toEqual(range(1060).map((at) => at + 990));
    expect(found.filter(({ mark }) => mark !== null).map(({ ordinal }) => ordinal)).toEqual([999, 1000]);
  });

  it('keeps rollouts apart', async () => {
    const deliveries = await make(clock);
    await deliveries.seal('r1', [sealed(0)]);
    await deliveries.mark('r2', 0, failed);
    await deliveries.saveProgress('r1', 0, { sent: 5, isCalledBack: false });
    expect(await all(deliveries, 0, 10, 'r2')).toEqual([]);
    expect(await all(deliveries, 0, 10)).toEqual([{ ...sealed(0), mark: null }]);
    expect(await deliveries.progressOf('r2', 0)).toBeUndefined();
  });

  it('knows how far each shard is, and does not take that for a delivery', async () => {
    const deliveries = await make(clock);
    expect(await deliveries.progressOf('r1', 0)).toBeUndefined();
    await deliveries.saveProgress('r1', 0, { sent: 50, isCalledBack: false });
    await deliveries.saveProgress('r1', 0, { sent: 100, isCalledBack: true });
    await deliveries.saveProgress('r1', 1, { sent: 1050, isCalledBack: false });
    expect(await deliveries.progressOf('r1', 0)).toEqual({ sent: 100, isCalledBack: true });
    expect(await deliveries.progressOf('r1', 1)).toEqual({ sent: 1050, isCalledBack: false });
    expect(await all(deliveries, 0, 2000)).toEqual([]);
  });

  it('forgets who took part when its time is over, and not a moment earlier', async () => {
    const own = testClock(start);
    const deliveries = await make(own);
    await deliveries.seal('r1', [sealed(0)]);
    await deliveries.mark('r1', 0, applied);
    await deliveries.saveProgress('r1', 0, { sent: 1, isCalledBack: false });
    own.pass(deliveriesMs);
    expect(await all(deliveries, 0, 1)).toEqual([{ ...sealed(0), mark: applied }]);
    expect(await deliveries.progressOf('r1', 0)).toBeDefined();
    own.pass(1);
    expect(await all(deliveries, 0, 1)).toEqual([]);
    expect(await deliveries.progressOf('r1', 0)).toBeUndefined();
  });

  it('does not take what comes late for somebody who took part', async () => {
    const own = testClock(start);
    const deliveries = await make(own);
    await deliveries.seal('r1', [sealed(0)]);
    own.pass(deliveriesMs + 1);
    await deliveries.mark('r1', 0, applied);
    expect(await all(deliveries, 0, 1)).toEqual([]);
  });
};

describe('deliveries in memory', () =>
  deliveriesContract(async (clock) => memoryDeliveries(undefined, clock)));
describe('deliveries in DynamoDB', () => {
  deliveriesContract(async ({ now }) => dynamoDeliveries(await freshTable({ now })));

  it('date every item, so that all of it removes itself', async () => {
    const table = await freshTable({ now: () => start });
    const deliveries = dynamoDeliveries(table);
    await deliveries.seal('r1', [sealed(0)]);
    await deliveries.mark('r1', 0, applied);
    await deliveries.saveProgress('r1', 0, { sent: 1, isCalledBack: false });
    const { Items = [] } = await table.client.send(new ScanCommand({ TableName: table.name }));
    expect(Items.map(({ expiresAt }) => expiresAt?.N)).toEqual(
      range(3).map(() => String((start + deliveriesMs) / 1000)),
    );
  });
});
