// Whatever several organizations ask of the three APIs, in whatever order: answers and slots keep every invariant.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commands, freshModel } from './commands.ts';
import { type Quirks, town } from './town.ts';

/** `PROPERTY_RUNS=300` asks more; `SEED=7` asks something else, and a failure prints its own. */
const numRuns = Number(process.env.PROPERTY_RUNS ?? 5);
const seed = Number(process.env.SEED ?? 20260309);

/** More than enough for each, and more runs need more of it. */
const timeoutMs = 60_000 + numRuns * 10_000;

const answering = (quirks: Quirks) =>
  fc.asyncProperty(commands(60), (sequence) =>
    fc.asyncModelRun(async () => ({ model: freshModel(), real: await town(quirks) }), sequence),
  );

describe('three APIs', () => {
  it(
    'answer every sequence of requests as the model says',
    async () => {
      let runs = 0;
      const property = answering({}).beforeEach(() => {
        runs += 1;
      });
      await fc.assert(property, { seed, numRuns });
      expect(runs).toBe(numRuns);
    },
    timeoutMs,
  );

  it('are found out where their doors forget idempotency keys', async () => {
    const property = answering({ forgetsKeys: true });
    const { failed, counterexample } = await fc.check(property, { seed, numRuns: 30, endOnFailure: true });
    console.log(`Found by: ${counterexample}`);
    expect(failed).toBe(true);
  });
});
