// What the person wants who looks after an environment of devices: waves, pauses, other devices, and now and then a bad idea.
import { type Answers, hold, ofAnswers } from '#test/model/invariants';
import type { Dice } from '#test/model/random';
import type { Doors, Told, Wish } from './doors.ts';
import { compareDeployment, compareDevice, type FleetTold, foreignStatuses } from './fleet-answers.ts';
import { hour, minute, second } from './plan.ts';
import type { Timeline } from './timeline.ts';

export interface Floor {
  readonly organization: string;
  /** What its devices are called. */
  readonly labels: readonly string[];
}

export interface AroundFloor {
  readonly timeline: Timeline;
  readonly doors: Doors;
  readonly isBad: () => boolean;
  readonly isLeftOut: (wish: string) => boolean;
  readonly note: (line: string) => void;
  /** What it throws is a violation. */
  readonly watch: (reading: Promise<void>) => void;
  /** What slots, marks and other dialects say. */
  readonly told: FleetTold;
  readonly thingOf: (label: string) => string;
  /** The alarm that everybody names goes off. */
  readonly alarm: () => void;
}

export const alarmName = 'errors';
/** A configuration that no device can apply. */
export const broken = 'broken';

const appOf = (organization: string): string => `/orgs/${organization}/apps/shop`;
export const envOf = (organization: string): string => `${appOf(organization)}/envs/development`;

/** Half of them belong from the beginning; the others come and go. */
export const openFloor = async (doors: Doors, { organization, labels }: Floor): Promise<void> => {
  const asks = async (request: string, body?: unknown): Promise<void> => {
    const told = await doors.ask({ organization, dialect: 'humanitec', request, body });
    if (told.status >= 300) throw new Error(`${request}: ${told.status} ${JSON.stringify(told.body)}`);
  };
  await asks(`POST /orgs/${organization}/apps`, { id: 'shop', name: 'Shop' });
  for (const [at, label] of labels.entries())
    if (at % 2 === 0) await asks(`PUT ${envOf(organization)}/devices/${label}`);
};

export const floorPerson = (around: AroundFloor, { organization, labels }: Floor, dice: Dice) => {
  const { timeline, doors } = around;
  const env = envOf(organization);
  const ids: string[] = [];
  const made = new Map<string, Set<string>>();
  let wishes = 0;

  const judge = (over: Partial<Answers>): void =>
    hold(
      ofAnswers,
      { told: [], alike: [], foreign: [], counts: [], made, seen: [], ...over },
      () => `the answers about ${env} ${JSON.stringify(over)}`,
    );

  const asked = (
    wish: Omit<Wish, 'organization' | 'dialect'>,
    onAnswer: (told: Told) => void = () => undefined,
  ) => doors.insist(dice, { ...wish, organization, dialect: 'humanitec' }, onAnswer);

  const rolloutAsked = () => ({
    waves: dice.oneOf([[], [{ count: 1 }, { percent: 30 }], [{ percent: 10 }], [{ count: 2 }]]),
    bake_seconds: dice.oneOf([0, 60, 1800]),
    failure_threshold: dice.oneOf([{ count: 0 }, { percent: 10 }, { percent: 40 }, { percent: 40 }]),
    deadline_seconds: dice.oneOf([1800, 3600, 4 * 3600]),
    alarms: dice.oneOf([[], [alarmName]]),
    rollback_on_failure: dice.isHit(0.4),
  });

  const take = (key: string) => (told: Told) => {
    if (told.status >= 300) return;
    made.set(key, (made.get(key) ?? new Set()).add(told.body.id));
    if (!ids.includes(told.body.id)) ids.push(told.body.id);
    judge({});
  };

  const deploy = (name: string): void => {
    const comment = dice.isHit(0.15) ? broken : `wish ${name}`;
    const image = `${comment}:${name}`;
    const module = {
      profile: 'humanitec/default-module',
      spec: { containers: { main: { id: 'main', image } } },
    };
    const rollout = rolloutAsked();
    let isAsked = false;
    const start = ({ status, body }: Told): void => {
      if (status >= 300 || isAsked) return;
      isAsked = true;
      const key = `deploy ${name}`;
      const wanted = { delta_id: body.id, comment, rollout };
      void asked({ request: `POST ${env}/deploys`, body: wanted, key }, take(key));
    };
    const delta = { modules: { add: { web: module } } };
    void asked({ request: `POST ${appOf(organization)}/deltas`, body: delta, key: `delta ${name}` }, start);
  };
  const change = (verb: string) => (): void => {
    const id = ids.at(-1);
    if (id !== undefined) void asked({ request: `POST ${env}/deploys/${id}/${verb}` });
  };
  const device = (method: 'PUT' | 'DELETE') => (): void => {
    if (labels.length > 0) void asked({ request: `${method} ${env}/devices/${dice.oneOf(labels)}` });
  };
  const wanted: readonly ((name: string) => void)[] = [
    deploy,
    deploy,
    deploy,
    change('pause'),
    change('resume'),
    change('resume'),
    change('cancel'),
    device('PUT'),
    device('PUT'),
    device('DELETE'),
    // As somebody does who moves it, and thinks again.
    (name) => {
      device('DELETE')();
      timeline.after(dice.below(5 * minute), () => device('PUT')());
      deploy(name);
    },
    () => around.alarm(),
  ];

  const wish = (): void => {
    wishes += 1;
    const name = `${organization}/${wishes}`;
    const what = dice.below(wanted.length);
    if (around.isLeftOut(name)) return;
    around.note(
      `wish ${name}: ${['deploy', 'deploy', 'deploy', 'pause', 'resume', 'resume', 'cancel'][what] ?? 'devices'}`,
    );
    wanted[what]?.(name);
  };

  const readDeployment = async (id: string): Promise<void> => {
    const alike = await compareDeployment(around.told, organization, id);
    judge({ alike, foreign: await foreignStatuses(around.told, organization, id) });
  };
  const readDevice = async (label: string): Promise<void> => {
    const device = { label, thing: around.thingOf(label) };
    judge({ alike: await compareDevice(around.told, organization, device) });
  };

  const live = (): void => {
    timeline.after(dice.below(16 * hour), () => {
      if (!around.isBad()) return;
      const newest = ids.at(-1);
      if (newest !== undefined) around.watch(readDeployment(newest));
      const together = dice.isHit(0.3) ? 2 + dice.below(3) : 1;
      for (let times = 0; times < together; times += 1)
        timeline.after(dice.below(dice.oneOf([2 * second, hour])), wish);
      live();
    });
  };

  return {
    live,
    organization,
    /** All that may be read of it. */
    read: async (): Promise<void> => {
      for (const id of ids.slice(-20)) await readDeployment(id);
      for (const label of labels) await readDevice(label);
    },
    /** Nothing is left that waits for this person. */
    letGo: async (): Promise<void> => {
      for (const id of ids.slice(-3))
        await doors.ask({ organization, dialect: 'humanitec', request: `POST ${env}/deploys/${id}/resume` });
    },
  };
};

export type FloorPerson = ReturnType<typeof floorPerson>;
