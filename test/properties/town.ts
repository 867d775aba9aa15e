// Several organizations behind three doors, in memory; every save of a slot is held to the invariants.
import { current, runTarget, target } from '#device/shadow';
import type { Phase } from '#domain/phase';
import type { SlotId } from '#domain/slot';
import { carryOut } from '#engine/carry-out';
import { registerThing } from '#engine/register-thing';
import { takeReport } from '#engine/take-report';
import { takeResult } from '#engine/take-result';
import { granted } from '#test/engine/given';
import { cloud } from '#test/simulation/cloud';
import { doors, type Told, type Wish } from '#test/simulation/doors';
import { tally } from '#test/simulation/plan';
import { openShops } from '#test/simulation/shops';
import { timeline as newTimeline } from '#test/simulation/timeline';

export const organizations = ['acme', 'globex'] as const;
export type Organization = (typeof organizations)[number];

const start = Date.UTC(2026, 0, 1);

export interface Quirks {
  /** The doors never hear of an idempotency key: to see the properties fail. */
  readonly forgetsKeys?: boolean;
}

const withoutKey = ({ key: _, ...wish }: Wish): Wish => wish;

export const town = async ({ forgetsKeys = false }: Quirks = {}) => {
  const timeline = newTimeline(start);
  const heard = new Set<string>();
  const waiting: SlotId[] = [];
  const { world, shadows, ...watched } = cloud({ seed: 1, days: 1, devices: 1 }, timeline, {
    wasHeard: ({ thing }, seq, revision) => heard.has(`${thing} ${seq} ${revision}`),
    send: (id) => waiting.push(id),
    onLine: () => undefined,
  });
  const badness = { timeline, tally: tally(), isOn: () => false, listing: new Map() };
  const door = doors(badness, world);
  const shopOf = await openShops(door, organizations);
  const devices = new Map<Organization, readonly string[]>();
  for (const organization of organizations) {
    const names: string[] = [];
    for (const label of ['robot-1', 'robot-2'])
      names.push(granted(await registerThing(world)({ organization, roster: 'devices', label })).name);
    devices.set(organization, names);
    await door.ask({
      organization,
      dialect: 'heat',
      request: `POST /v1/${organization}/servers/srv1/activation_token`,
    });
    await door.ask({
      organization,
      dialect: 'humanitec',
      request: `POST /orgs/${organization}/apps`,
      body: { id: 'shop', name: 'Shop' },
    });
  }

  const carryAll = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) await carryOut(world)(id);
  };
  const hears = (thing: string, seq: number, revision: string): void => {
    heard.add(`${thing} ${seq} ${revision}`);
  };

  /** A device says of what its shadow shows that it is in force, or that it is not. */
  const reports = async (thing: string, state: 'applied' | 'failed'): Promise<void> => {
    await carryAll();
    const { data } = target.safeParse(shadows.stateOf(thing, 'release')?.target);
    if (data === undefined) return;
    const { seq, deployment, manifest, items } = data;
    const done = items?.length === 0 ? 'removed' : 'applied';
    if (state === 'applied') hears(thing, seq, manifest);
    const word = current.parse({
      v: 1,
      seq,
      deployment,
      manifest,
      state: state === 'applied' ? done : state,
      attempt: 1,
    });
    shadows.report(thing, 'release', word);
    await takeReport(world)({ thing, channel: 'release' }, word);
    await carryAll();
  };

  const queueOf = (organization: Organization) =>
    [...watched.latest().values()].find(
      (slot) => slot.organization === organization && slot.id.channel === 'software',
    );

  /** A server runs the first that it is told of. */
  const finishes = async (organization: Organization, statusCode: number): Promise<void> => {
    const thing = queueOf(organization)?.id.thing ?? '';
    await carryAll();
    const [first] = runTarget.safeParse(shadows.stateOf(thing, 'software')?.target).data?.run ?? [];
    if (first === undefined) return;
    hears(thing, first.seq, first.manifest);
    const at = new Date(timeline.now()).toISOString();
    const ends = {
      stdout: '',
      stderr: '',
      status_code: statusCode,
      trimmed: [],
      started_at: at,
      finished_at: at,
    };
    await takeResult(world)(thing, { v: 1, ...first, outputs: {}, ...ends });
    await carryAll();
  };

  const phaseOf = (id: string): Phase | undefined => {
    const slots = [...watched.latest().values()];
    const live = slots.flatMap((slot) => [...slot.live, ...slot.leaving]).find((one) => one.id === id);
    const ended = watched.stateOf(id);
    return live?.phase ?? (ended === 'filed' ? undefined : ended);
  };
  /** Of the run that a software deployment has become. */
  const phaseOfRun = async (organization: Organization, id: string): Promise<Phase | undefined> => {
    const slot = queueOf(organization);
    if (slot === undefined) return undefined;
    for await (const record of world.records.ofSlot(slot.id))
      if (record.about.deployment === id) return phaseOf(record.id);
    return undefined;
  };

  return {
    ask: (wish: Wish): Promise<Told> => door.ask(forgetsKeys ? withoutKey(wish) : wish),
    shopOf,
    devicesOf: (organization: Organization): readonly string[] => devices.get(organization) ?? [],
    pass: (ms: number) => timeline.runUntil(timeline.now() + ms),
    reports,
    finishes,
    phaseOf,
    phaseOfRun,
  };
};

export type Town = Awaited<ReturnType<typeof town>>;
