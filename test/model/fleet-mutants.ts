// The fleet's verbs with one thing done otherwise: what the interleavings are for is to find each of these.

import { changeRollout } from '#engine/fleet/change-rollout';
import { countDeliveries } from '#engine/fleet/count-deliveries';
import type { World } from '#engine/ports';
import { type FleetScenario, fleetScenarios, look, one, report, through } from './fleet-scenarios.ts';
import type { Verb } from './fleet-stage.ts';

const rolloutIn = async (on: World) => {
  const rollout = await on.rollouts.load(one);
  if (rollout === undefined) throw new Error('There is no rollout.');
  return rollout;
};

/** Counts, and then decides on the rollout as it is by then. */
const looksWithOldCounts: Verb = async (on) => {
  const counts = await countDeliveries(on)(await rolloutIn(on));
  await changeRollout(on)(one, { type: 'count', counts }, 'engine');
};

/** Whoever takes a word adds one. */
const addsTo =
  (takes: Verb): Verb =>
  async (on) => {
    await takes(on);
    const { counts } = await rolloutIn(on);
    const added = { ...counts, applied: counts.applied + 1, outstanding: counts.outstanding - 1 };
    await changeRollout(on)(one, { type: 'count', counts: added }, 'engine');
  };

/** Saves whatever it has decided, whoever was faster. */
const withoutCondition =
  (verb: Verb): Verb =>
  (on) =>
    verb({
      ...on,
      slots: {
        ...on.slots,
        save: async (slot) => {
          const now = await on.slots.load(slot.id);
          return on.slots.save({ ...slot, version: (now?.version ?? 0) + 1 });
        },
      },
    });

export interface FleetMutant extends FleetScenario {
  /** The invariant that must be seen broken. */
  readonly breaks: string;
}

const threeWaves = { things: 3, plan: { waves: [{ count: 1 }, { count: 2 }] } } as const;

export const fleetMutants: Readonly<Record<string, FleetMutant>> = {
  'a wave that is opened on counts of the one before': {
    fleet: threeWaves,
    given: through,
    atOnce: { look, 'look with old counts': () => looksWithOldCounts },
    breaks:
      'a wave opens only when nobody of the one before is waited for, and no more have failed than it bears',
  },
  'a rollout that is counted by adding': {
    fleet: threeWaves,
    given: async (stage) => {
      await through(stage);
      await stage.looks(one)(stage.world);
    },
    atOnce: { report: async (stage) => addsTo(await report(stage)), look },
    breaks: 'no more things are counted done than are',
  },
  'a slot that is saved without its version while its thing leaves': {
    ...(fleetScenarios['a thing leaves while it is given its part'] as FleetScenario),
    atOnce: {
      leave: async (stage) => stage.leaves(await stage.thingAt(one, 0)),
      carry: (stage) => withoutCondition(stage.carries(one)),
    },
    breaks: 'at rest whoever belongs to a group is listed in it',
  },
};
