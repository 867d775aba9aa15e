// A few days of the whole system; `npm run simulate` takes it further. The same seed is the same run, and what is taken out is missed.
import { describe, expect, it } from 'vitest';
import { fleetSabotages, sabotages } from './plan.ts';
import { shrink } from './shrink.ts';
import { simulate } from './simulate.ts';

/** `SIMULATIONS=50` runs more seeds. */
const count = Number(process.env.SIMULATIONS ?? 1);
const seeds = Array.from({ length: count }, (_, at) => at + 1);
const small = { days: 2, devices: 15 } as const;

describe('two days of fifteen devices', () => {
  const histories = new Map<number, string>();

  it.each(seeds)('with seed %i break nothing, and come to rest', async (seed) => {
    const simulated = await simulate({ seed, ...small });
    histories.set(seed, simulated.history);
    expect(simulated.violation).toBeUndefined();
    expect(simulated.deployments).toBeGreaterThan(10);
    expect(simulated.faults.get('messages lost')).toBeGreaterThan(0);
    expect([...simulated.ends.keys()]).not.toContain('queued');
  });

  it('are the very same with the same seed, and others with another', async () => {
    expect((await simulate({ seed: 1, ...small })).history).toBe(histories.get(1));
    expect(new Set(histories.values()).size).toBe(count);
  });
});

describe.each(sabotages)('%s', (sabotage) => {
  it('are found, and told in a shorter run', async () => {
    const plan = { seed: 7, days: 6, devices: 12, sabotage };
    const simulated = await simulate(plan);
    const shrunk = await shrink(plan, simulated, 4);
    const sentence = simulated.violation?.message.split(':')[0];
    expect(sentence).toBeDefined();
    expect(shrunk.simulated.violation?.message.split(':')[0]).toBe(sentence);
    expect(shrunk.plan).not.toEqual(plan);
    expect(shrunk.simulated.trace.length).toBeGreaterThan(0);
  });
});

describe.each(fleetSabotages)('%s', (sabotage) => {
  /** What is taken out is missed in most runs, not in each. */
  const seeds = [7, 8, 9, 10];

  it('are found', async () => {
    let found: string | undefined;
    for (const seed of seeds)
      found ??= (await simulate({ seed, days: 6, devices: 30, sabotage })).violation?.message;
    expect(found).toBeDefined();
  });
});
