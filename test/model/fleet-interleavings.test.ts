// Every order in which the calls of two or three fleet verbs can arrive, and a death of any of them at any call.
import { describe, expect, it } from 'vitest';
import { explore, exploreOrSample } from './explore.ts';
import { fleetMutants } from './fleet-mutants.ts';
import { fleetScenarios, setUpFleet } from './fleet-scenarios.ts';
import { dice } from './random.ts';

/** `INTERLEAVINGS=5000` goes through more of them. */
const schedulesMax = Number(process.env.INTERLEAVINGS ?? 4);

/** More than enough for each, and more orders need more of it. */
const timeoutMs = 60_000 + schedulesMax * 200;

describe.each(Object.entries(fleetScenarios))('%s', (name, scenario) => {
  it.each([0, 1])(
    'and it comes out right in every order, with %i deaths',
    async (deaths) => {
      const effort = { deaths, schedulesMax };
      const explored = await exploreOrSample(setUpFleet(scenario), effort, dice(7));
      const { schedules, isComplete, violation } = explored;
      console.log(`${name}, ${deaths} deaths: ${schedules} orders${isComplete ? ', all of them' : ''}`);
      expect(violation).toBeUndefined();
      expect(schedules).toBeGreaterThan(1);
    },
    timeoutMs,
  );
});

describe('the check finds', () => {
  it.each(Object.entries(fleetMutants))('%s', async (name, { breaks, ...scenario }) => {
    const effort = { deaths: 0, schedulesMax: 40, isThorough: true };
    const { violation } = await explore(setUpFleet(scenario), effort);
    const sentence = violation?.message.split(': {')[0];
    console.log([`${name} breaks: ${sentence}`, ...(violation?.schedule ?? [])].join('\n  '));
    expect(sentence?.split('; ')).toContain(breaks);
  });
});
