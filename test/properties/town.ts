// Several organizations behind three doors, in memory; every save of a slot is held to the invariants.
import { current, runTarget, target } from '#device/shadow';
import { ownerOf } from '#dialects/humanitec/fleet/owner';
import type { Phase } from '#domain/phase';
import type { SlotId } from '#domain/slot';
import { carryOut } from '#engine/carry-out';
import { carryShard } from '#engine/fleet/carry-shard';
import { lookAtRollout } from '#engine/fleet/look-at-rollout';
import type { FanOutMessage } from '#engine/ports';
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
  const errands: { readonly message: FanOutMessage; readonly at: number }[] = [];
  const { world, shadows, ...watched } = cloud({ seed: 1, days: 1, devices: 1 }, timeline, {
    wasHeard: ({ thing, channel }, seq, revision) => heard.has(`${thing} ${channel} ${seq} ${revision}`),
    send: (id) => waiting.push(id),
    onLine: () => undefined,
    fanOut: (message, delayMs) => errands.push({ message, at: timeline.now() + delayMs }),
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

  const plenty = () => 60_000;
  /** What rollouts have to do by now. */
  const rollOut = async (): Promise<void> => {
    const isDue = ({ at }: { readonly at: number }): boolean => at <= timeline.now();
    for (let next = errands.findIndex(isDue); next >= 0; next = errands.findIndex(isDue)) {
      const [{ message }] = errands.splice(next, 1) as [(typeof errands)[number]];
      await (message.shard === undefined
        ? lookAtRollout(world, ownerOf(world))(message.rollout, plenty)
        : carryShard(world)(message.rollout, message.shard, plenty));
    }
  };
  const carryAll = async (): Promise<void> => {
    await rollOut();
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) await carryOut(world)(id);
  };
  const hears = (thing: string, seq: number, revision: string): void => {
    heard.add(`${thing} ${seq} ${revision}`);
  };

  /** A device says of what its shadow shows that it is in force, or that it is not. */
  const reportOn = async (
    thing: string,
    channel: 'release' | 'environment',
    state: 'applied' | 'failed',
  ): Promise<void> => {
    const { data } = target.safeParse(shadows.stateOf(thing, channel)?.target);
    if (data === undefined) return;
    const { seq, deployment, manifest, items } = data;
    const done = items?.length === 0 ? 'removed' : 'applied';
    if (state === 'applied') hears(`${thing} ${channel}`, seq, manifest);
    const word = current.parse({
      v: 1,
      seq,
      deployment,
      manifest,
      state: state === 'applied' ? done : state,
      attempt: 1,
    });
    shadows.report(thing, channel, word);
    await takeReport(world)({ thing, channel }, word);
    await carryAll();
  };
  const reports = async (thing: string, state: 'applied' | 'failed'): Promise<void> => {
    await carryAll();
    for (const channel of ['release', 'environment'] as const) await reportOn(thing, channel, state);
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
    hears(`${thing} software`, first.seq, first.manifest);
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
    pass: async (ms: number): Promise<void> => {
      await timeline.runUntil(timeline.now() + ms);
      await carryAll();
    },
    /** What Humanitec's answers are compared with. */
    told: {
      ask: door.ask,
      books: watched.books,
      slotOf: (thing: string) => watched.latest().get(`${thing}/environment`),
    },
    reports,
    finishes,
    phaseOf,
    phaseOfRun,
  };
};

export type Town = Awaited<ReturnType<typeof town>>;
