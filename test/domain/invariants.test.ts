// What stays true whatever happens: in everything that three deployments can go through, and along long random walks.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explore } from './exhaustive.ts';
import { lawNames } from './laws.ts';
import { setOut, walks } from './walk.ts';

const channels = ['release', 'software'] as const;
const atLeast = { release: 9_000, software: 4_000 };

describe.each(channels)('in every state that three deployments of the %s channel can reach', (channel) => {
  const { states, violations } = explore(channel);

  it(`of which there are at least ${atLeast[channel]}`, () => {
    expect(states).toBeGreaterThanOrEqual(atLeast[channel]);
  });

  it.each(lawNames)('%s', (law) => {
    expect(violations.get(law)).toBeUndefined();
  });
});

/** `SEED=7 npx vitest run test/domain` walks elsewhere; a failure prints its seed and its shortest walk. */
const seed = Number(process.env.SEED ?? 20260309);

describe.each(channels)('along random walks of the %s channel', (channel) => {
  it('all of that holds, and nothing is lost or comes back', () => {
    let steps = 0;
    fc.assert(
      fc.property(walks, (commands) => {
        const walk = setOut(channel);
        fc.modelRun(() => ({ model: walk, real: null }), commands);
        steps += walk.steps;
      }),
      { seed, numRuns: 300 },
    );
    expect(steps).toBeGreaterThan(3_000);
  });
});
