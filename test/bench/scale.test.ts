// The simulation obeys its limits, loses nobody, and says the same in every run.
import { describe, expect, it } from 'vitest';
import { counted } from './scale/scale.ts';
import { scenarios, simulate } from './scale/scenarios.ts';

const named = (name: string) => {
  const around = scenarios[name];
  if (around === undefined) throw new Error(`There is no scenario ${name}.`);
  // A hundredth of the devices, and of what there is for them: the same picture in a moment.
  return {
    ...around,
    devices: around.devices / 100,
    reconnecting: around.reconnecting / 100,
    shadowPerSecond: around.shadowPerSecond / 100,
    tableWriteUnits: around.tableWriteUnits / 100,
    createsPerSecond: around.createsPerSecond / 100,
    connectsPerSecond: around.connectsPerSecond / 100,
  };
};

describe('a simulated fleet', () => {
  it.each(Object.keys(scenarios))(
    'is confirmed to the last device, and not faster than can be: %s',
    (name) => {
      const around = named(name);
      const outcome = simulate(counted, around);
      expect(outcome.confirmed).toBe(around.devices);
      expect(outcome.finishedSeconds).toBeGreaterThanOrEqual(outcome.limitSeconds);
      expect(outcome.p99Seconds).toBeGreaterThanOrEqual(outcome.p50Seconds);
      expect(simulate(counted, around)).toEqual(outcome);
    },
  );

  it('is held back by a new table, and by shadows only once the table is warm', () => {
    expect(simulate(counted, named('a million devices, new table')).boundBy).toBe('table write units');
    const warm = simulate(counted, named('a million devices, warm table'));
    expect(warm.boundBy).toBe('shadow operations');
    expect(warm.finishedSeconds).toBeLessThan(1.05 * warm.limitSeconds);
  });

  it('waits while the functions are off, and has caught up soon after', () => {
    const { finishedSeconds, longestQueue } = simulate(
      counted,
      named('the same, functions off for the first ten minutes'),
    );
    expect(finishedSeconds).toBeGreaterThan(600);
    expect(finishedSeconds).toBeLessThan(900);
    expect(longestQueue).toBe(3000);
  });
});
