// The model tells the engine's verbs a second time; here that telling is held to the engine itself, call by call.
import { describe, expect, it } from 'vitest';
import { bounds } from './bounds.ts';
import { dice } from './random.ts';
import { replay } from './replay.ts';

const worlds = {
  'two processes at one slot': bounds({ deployments: 3, workers: 2, stages: true, wordsMax: 3 }),
  'a device that comes and goes': bounds({ deployments: 3, outages: true, givesUp: true, losses: 2 }),
  'a queue, and two processes': bounds({ deployments: 3, workers: 2, channel: 'software', wordsMax: 4 }),
  'a queue, and a device that comes and goes': bounds({
    deployments: 3,
    channel: 'software',
    outages: true,
    givesUp: true,
    losses: 2,
  }),
  'a group that gives and calls back, and two processes': bounds({
    deployments: 3,
    workers: 2,
    channel: 'environment',
    group: true,
    wordsMax: 3,
  }),
} as const;

/** `REPLAYS=500` plays more. */
const replays = Number(process.env.REPLAYS ?? 8);

/** More than enough for each, and more replays need more of it. */
const timeoutMs = 60_000 + replays * 5_000;

describe.each(Object.entries(worlds))('%s', (_, of) => {
  it(
    'is the same in the model and in the engine, after every call',
    async () => {
      let steps = 0;
      for (let seed = 1; seed <= replays; seed += 1) steps += (await replay(of, dice(seed), 150)).steps;
      expect(steps).toBeGreaterThan(replays * 100);
    },
    timeoutMs,
  );
});
