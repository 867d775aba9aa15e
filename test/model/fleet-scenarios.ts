// What happens to a group at once: two or three of the fleet's verbs, from a state in which they meet.
import type { Plan } from '#domain/plan';
import type { World } from '#engine/ports';
import type { Play } from './explore.ts';
import { alarm, type FleetStage, type FleetWish, fleetStage, type Verb } from './fleet-stage.ts';
import { start } from './gate.ts';

export type Act = (stage: FleetStage) => Promise<Verb> | Verb;

export interface FleetScenario {
  readonly fleet: FleetWish;
  /** What has happened before; nothing goes wrong in it. */
  readonly given: (stage: FleetStage) => Promise<unknown>;
  readonly atOnce: Readonly<Record<string, Act>>;
  /** What a person does after it, before everything comes to rest. */
  readonly afterwards?: Act;
}

const oneByOne: Partial<Plan> = { waves: [{ count: 1 }] };
const pair: FleetWish = { things: 2, plan: oneByOne };

export const one = 'one';

// ---- given

/** Something has succeeded before. */
const hadBefore = async (stage: FleetStage): Promise<void> => {
  await stage.starts('zero', { waves: [] })(stage.world);
  await stage.settles();
};
const begun = async (stage: FleetStage): Promise<void> => {
  await stage.starts(one)(stage.world);
};
/** Its first wave is open, and nobody has been told. */
const opened = async (stage: FleetStage): Promise<void> => {
  await begun(stage);
  await stage.looks(one)(stage.world);
};
const shown = async (stage: FleetStage): Promise<void> => {
  await opened(stage);
  await stage.carries(one)(stage.world);
  await stage.shows();
};
/** The first wave is through, and nobody has counted. */
export const through = async (stage: FleetStage): Promise<void> => {
  await shown(stage);
  await stage.reports(await stage.thingAt(one, 0))(stage.world);
  await stage.passToLook(one);
};
/** The last wave is through, too. */
const allThrough = async (stage: FleetStage): Promise<void> => {
  await through(stage);
  await stage.looks(one)(stage.world);
  await stage.carries(one)(stage.world);
  await stage.shows();
  await stage.reports(await stage.thingAt(one, 1))(stage.world);
  await stage.passToLook(one);
};
/** Looked at so often that the next look heals. */
const looksInVain = async (stage: FleetStage): Promise<void> => {
  for (let looks = 0; looks < 4; looks += 1) {
    await stage.passToLook(one);
    await stage.looks(one)(stage.world);
  }
  await stage.passToLook(one);
};
const aboutToHeal = async (stage: FleetStage): Promise<void> => {
  await shown(stage);
  await looksInVain(stage);
};
const openedAndAboutToHeal = async (stage: FleetStage): Promise<void> => {
  await opened(stage);
  await looksInVain(stage);
};
const cancelled = async (stage: FleetStage): Promise<void> => {
  await hadBefore(stage);
  await shown(stage);
  await stage.changes(one, { type: 'cancel' })(stage.world);
};

// ---- at once

const later = ({ clock }: FleetStage, on: World, ms: number): World => ({
  ...on,
  clock: { ...on.clock, now: () => clock.now() + ms },
});

export const look: Act = (stage) => stage.looks(one);
const carry: Act = (stage) => stage.carries(one);
const cancel: Act = (stage) => stage.changes(one, { type: 'cancel' });
const startTwo: Act = (stage) => stage.starts('two');
export const report: Act = async (stage) => stage.reports(await stage.thingAt(one, 0));
const leave: Act = async (stage) => stage.leaves(await stage.thingAt(one, 0));
const join: Act = async (stage) => stage.joins(await stage.newThing('newcomer'));
const leaveAndComeBack: Act = async (stage) => {
  const thing = await stage.thingAt(one, 0);
  return async (on) => {
    await stage.leaves(thing)(on);
    await stage.joins(thing)(on);
  };
};
const startAndCarry: Act = (stage) => async (on) => {
  await stage.starts(one)(on);
  await stage.looks(one)(on);
  await stage.carries(one)(on);
};
/** Succeeds, and is tidied: between the two some seconds pass. */
const lookTwice: Act = (stage) => async (on) => {
  await stage.looks(one)(on);
  await stage.looks(one)(later(stage, on, 6_000));
};
const halt: Act = (stage) => stage.halts;

export const fleetScenarios: Readonly<Record<string, FleetScenario>> = {
  'two workers look when a wave is through': {
    fleet: pair,
    given: through,
    atOnce: { look, 'look too': look },
  },
  'two workers carry one shard': {
    fleet: { things: 1 },
    given: opened,
    atOnce: { carry, 'carry too': carry },
  },
  'a person cancels while a shard is carried, which is called back': {
    fleet: { things: 1 },
    given: opened,
    atOnce: { carry, cancel, 'carry too': carry },
  },
  'a shard is carried and called back where there was something before': {
    fleet: { things: 1 },
    given: async (stage) => {
      await hadBefore(stage);
      await opened(stage);
    },
    atOnce: { carry, cancel, 'carry too': carry },
  },
  'a word comes while its rollout is counted and healed': {
    fleet: pair,
    given: aboutToHeal,
    atOnce: { report, look },
  },
  'a word comes twice while a wave is counted': {
    fleet: pair,
    given: async (stage) => {
      await shown(stage);
      await stage.passToLook(one);
    },
    atOnce: { report, again: report, look },
  },
  'a word comes while its thing is called back': {
    fleet: pair,
    given: cancelled,
    atOnce: { report, 'call back': carry },
  },
  'a thing joins while its rollout is sealed': {
    fleet: { things: 1 },
    given: begun,
    atOnce: { join, look },
  },
  'a thing joins while the last wave opens': { fleet: pair, given: through, atOnce: { join, look } },
  'a thing joins while its rollout succeeds': { fleet: pair, given: allThrough, atOnce: { join, look } },
  'a thing joins while its rollout succeeds and is tidied': {
    fleet: { things: 1 },
    given: async (stage) => {
      await shown(stage);
      await stage.reports(await stage.thingAt(one, 0))(stage.world);
      await stage.passToLook(one);
    },
    atOnce: { join, 'look twice': lookTwice },
  },
  'a thing leaves while it is given its part': {
    fleet: { things: 1 },
    given: opened,
    atOnce: { leave, carry },
  },
  'a thing joins while its group’s rollout begins and is carried': {
    fleet: { things: 0 },
    given: async () => undefined,
    atOnce: { join, start: startAndCarry },
  },
  'a thing leaves and comes back while it is given its part, and then it is cancelled': {
    fleet: { things: 1 },
    given: openedAndAboutToHeal,
    atOnce: { 'leave and come back': leaveAndComeBack, carry, look },
    afterwards: cancel,
  },
  'a thing leaves while a wave is counted and healed': {
    fleet: pair,
    given: aboutToHeal,
    atOnce: { leave, look },
  },
  'a thing leaves while it is called back': {
    fleet: pair,
    given: cancelled,
    atOnce: { leave, 'call back': carry },
  },
  'an alarm halts while the last wave opens': {
    fleet: { things: 2, plan: { ...oneByOne, alarms: [alarm] } },
    given: through,
    atOnce: { halt, look },
  },
  'an alarm ends it while the last wave opens, and its shard is carried': {
    fleet: { things: 2, plan: { ...oneByOne, alarms: [alarm], rollsBack: true } },
    given: through,
    atOnce: { halt, look, carry },
  },
  'a person pauses while a wave opens and is carried': {
    fleet: pair,
    given: through,
    atOnce: { pause: (stage) => stage.changes(one, { type: 'pause' }), look, carry },
  },
  'two start at once': {
    fleet: { things: 1 },
    given: async () => undefined,
    atOnce: { one: (stage) => stage.starts(one), two: startTwo },
  },
  'one starts while the one before succeeds': {
    fleet: pair,
    given: allThrough,
    atOnce: { two: startTwo, look },
  },
  'one starts while the one before is cancelled and called back': {
    fleet: { things: 1 },
    given: shown,
    atOnce: { two: startTwo, cancel, carry },
  },
  'a request that slept names what is dropped': {
    fleet: { things: 1 },
    given: async () => undefined,
    atOnce: {
      start: (stage) => stage.starts(one),
      'drop, much later': (stage) => (on) => stage.looks(one)(later(stage, on, 11 * 60_000)),
    },
  },
  'the sweeper finds it while a worker looks': {
    fleet: pair,
    given: async (stage) => {
      await through(stage);
      stage.clock.pass(31_000);
    },
    atOnce: { sweep: (stage) => stage.sweeps, look },
  },
};

export const setUpFleet = (scenario: FleetScenario) => async (): Promise<Play> => {
  const stage = await fleetStage(scenario.fleet);
  await scenario.given(stage);
  const verbs: [string, Verb][] = [];
  for (const [name, act] of Object.entries(scenario.atOnce)) verbs.push([name, await act(stage)]);
  return {
    running: new Map(verbs.map(([name, verb]) => [name, start(stage.world, verb)])),
    finish: async () => {
      await (await scenario.afterwards?.(stage))?.(stage.world);
      await stage.comeToRest();
    },
  };
};
