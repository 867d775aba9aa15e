// What the engine may rely on when it keeps rollouts.
import { describe, expect, it } from 'vitest';
import { dynamoRollouts } from '#adapters/dynamodb/rollouts';
import { memoryRollouts } from '#adapters/memory/rollouts';
import { newRollout, type Rollout } from '#domain/rollout';
import type { Rollouts } from '#engine/ports';
import { freshTable } from '#test/support/dynamodb-table';
import { digestOf, minutes, range, start } from './given.ts';

const aRollout = (id: string, changes: Partial<Rollout> = {}): Rollout => ({
  ...newRollout({
    id,
    organization: 'acme',
    channel: 'environment',
    group: 'line 1',
    generation: start,
    revision: digestOf(id),
    fallback: digestOf('before'),
    plan: {
      waves: [{ percent: 2.5 }, { count: 100 }],
      bakeMs: 5 * minutes,
      failuresMax: { percent: 1 },
      deadlineMs: 60 * minutes,
      alarms: ['motors-too-hot'],
      rollsBack: true,
    },
    createdAt: start,
    createdBy: 'key:ada',
    about: { deployment: id, list: [1, '', null, {}] },
  }),
  ...changes,
});

const rolloutsContract = (make: () => Promise<Rollouts>) => {
  it('finds nothing where nothing was saved', async () => {
    expect(await (await make()).load('r1')).toBeUndefined();
  });

  it('keeps all of it', async () => {
    const rollouts = await make();
    const whole = aRollout('r1', {
      phase: 'ending',
      hold: { for: 'operator', at: start, by: 'engine', why: 'Every delivery has failed.' },
      sealedUpTo: '',
      total: 12,
      reachable: 7,
      exposed: 12,
      counts: { applied: 1, failed: 2, withdrawn: 3, offline: 4, outstanding: 5 },
      countedAt: start + 1,
      deliveriesUntil: start + 3,
      end: { status: 'failed', at: start + 2, by: 'engine', failure: { code: 'alarm', message: 'It rang.' } },
    });
    expect(await rollouts.save(whole)).toBe(true);
    expect(await rollouts.load('r1')).toEqual(whole);
  });

  it('is saved over the version that was read, and over no other', async () => {
    const rollouts = await make();
    await rollouts.save(aRollout('r1'));
    expect(await rollouts.save(aRollout('r1'))).toBe(false);
    expect(await rollouts.save(aRollout('r1', { version: 3 }))).toBe(false);
    expect(await rollouts.save(aRollout('r1', { version: 2, exposed: 1 }))).toBe(true);
    expect(await rollouts.load('r1')).toMatchObject({ version: 2, exposed: 1 });
  });

  it('lets one of many win', async () => {
    const rollouts = await make();
    const saved = await Promise.all(range(10).map(() => rollouts.save(aRollout('r1'))));
    expect(saved.filter(Boolean)).toHaveLength(1);
  });

  it('finds those whose time has come, most overdue first, and those that have none never', async () => {
    const rollouts = await make();
    await rollouts.save(aRollout('later', { lookAt: start + 20 }));
    await rollouts.save(aRollout('soon', { lookAt: start + 10 }));
    await rollouts.save(aRollout('held', { lookAt: null }));
    await rollouts.save(aRollout('tomorrow', { lookAt: start + 1000 }));
    expect(await rollouts.due(start + 20, 10)).toEqual(['soon', 'later']);
    expect(await rollouts.due(start + 20, 1)).toEqual(['soon']);
    expect(await rollouts.due(start + 9, 10)).toEqual([]);
    expect(await rollouts.due(Number.MAX_SAFE_INTEGER, 10)).toEqual(['soon', 'later', 'tomorrow']);
    expect(await rollouts.due(start + 20, 0)).toEqual([]);
  });

  it('is gone when it is removed, once or twice, and due no more', async () => {
    const rollouts = await make();
    await rollouts.save(aRollout('r1', { lookAt: start }));
    await rollouts.save(aRollout('r2', { lookAt: start }));
    await rollouts.remove('r1');
    await rollouts.remove('r1');
    expect(await rollouts.load('r1')).toBeUndefined();
    expect(await rollouts.due(start, 10)).toEqual(['r2']);
  });

  it('is due no more when it is saved without a time', async () => {
    const rollouts = await make();
    await rollouts.save(aRollout('r1', { lookAt: start }));
    await rollouts.save(aRollout('r1', { version: 2, lookAt: null }));
    expect(await rollouts.due(start, 10)).toEqual([]);
  });
};

describe('rollouts in memory', () => rolloutsContract(async () => memoryRollouts()));
describe('rollouts in DynamoDB', () => rolloutsContract(async () => dynamoRollouts(await freshTable())));
