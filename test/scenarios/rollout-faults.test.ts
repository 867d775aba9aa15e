// Rollouts whose processes die: before and after every outward call, and now and then twice. What comes of it is always the same.
import { describe, expect, it } from 'vitest';
import type { Plan } from '#domain/plan';
import { headOf } from '#domain/slot';
import { changeRollout } from '#engine/fleet/change-rollout';
import { countDeliveries } from '#engine/fleet/count-deliveries';
import { beginRollout } from '#engine/fleet/start-rollout';
import type { Delivery } from '#engine/ports';
import type { Conduct } from '#test/support/fleet-life';
import { type Death, drawnPairs, everyDeath, mortalProcesses, tracedOf } from '#test/support/mortal';
import { mortalFleet } from '#test/support/mortal-fleet';
import { isWhole, shareOf } from '#test/support/share';
import { smallFleet } from '#test/support/small-fleet';

/** `CRASH_POINTS=all` is every call, and every pair that is drawn; every run of the tests has a share of them. */
const pairs = isWhole ? 2000 : 20;
/** Odd, so that it falls before calls as often as after. */
const every = 10;
const minutes = 60_000;

interface Story {
  readonly plan: Partial<Plan>;
  /** Has everybody had something else before? */
  readonly hadBefore: boolean;
  /** How the thing that is the so-many-th in the order of this rollout takes what is new. */
  readonly conducts: readonly Conduct[];
  /** A person cancels it as soon as so many are shown it. */
  readonly cancelledAt?: number;
  readonly expected: object;
}

const plan: Partial<Plan> = { waves: [{ count: 1 }, { count: 2 }], bakeMs: 5000 };
const all: readonly Conduct[] = ['applies', 'applies', 'applies', 'applies'];

const stories = {
  succeeds: {
    plan,
    hadBefore: false,
    conducts: all,
    expected: {
      end: 'over: succeeded, undefined',
      exposed: 4,
      counts: { applied: 3, failed: 0, withdrawn: 0, outstanding: 0, offline: 1 },
      have: Array.from({ length: 4 }, () => 'applied: new deployed, of 1'),
    },
  },
  'fails in its second wave, and calls back': {
    plan: { ...plan, waves: [{ count: 1 }, { count: 3 }] },
    hadBefore: true,
    conducts: ['applies', 'is silent', 'fails', 'applies'],
    expected: {
      end: 'over: failed, too_many_failures',
      exposed: 3,
      counts: { applied: 1, failed: 1, withdrawn: 1, outstanding: 0, offline: 1 },
      have: [
        'applied: new deployed, of 2',
        'withdrawn: old deployed, of 3',
        'failed: old deployed, of 3',
        'not sent: old deployed, of 1',
      ],
    },
  },
  'is cancelled in its second wave': {
    plan,
    hadBefore: true,
    conducts: ['applies', 'is silent', 'applies', 'applies'],
    cancelledAt: 2,
    expected: {
      end: 'over: cancelled, cancelled',
      exposed: 2,
      counts: { applied: 1, failed: 0, withdrawn: 1, outstanding: 0, offline: 1 },
      have: [
        'applied: new deployed, of 2',
        'withdrawn: old deployed, of 3',
        'not sent: old deployed, of 1',
        'not sent: old deployed, of 1',
      ],
    },
  },
} as const satisfies Readonly<Record<string, Story>>;

const channel = 'environment';

/** In its order the one that is offline comes last. */
const id = 'b';

const live = async ({ plan: waves, hadBefore, conducts, cancelledAt }: Story, deaths: readonly Death[]) => {
  const fleet = await smallFleet({ things: 4, offline: 1 });
  const { system, world } = fleet;
  if (hadBefore) {
    await fleet.start('old');
    await fleet.run(20);
  }
  const before = hadBefore ? 'old' : null;
  const revision = await fleet.revisionOf(id);
  const order = new Map<string, number>();
  const shown = () =>
    fleet.things.filter(
      (thing) =>
        system.shadows.stateOf(thing, channel)?.target !== undefined &&
        system.targetOf(thing, channel).manifest === revision,
    );

  /** Whoever is shown it may be: the rollout's own word, in every moment. */
  const see = async (): Promise<void> => {
    const rollout = await world.rollouts.load(id);
    if (rollout === undefined) return;
    if (order.size < rollout.total)
      for (const { thing, ordinal } of await fleet.deliveriesOf(id)) order.set(thing, ordinal);
    for (const thing of shown()) expect(order.get(thing), thing).toBeLessThan(rollout.exposed);
  };
  const processes = mortalProcesses(system, deaths, ({ port }) =>
    port === 'shadows' || port === 'rollouts' ? see() : undefined,
  );
  const online = new Set(fleet.things.slice(0, -1));
  const { settle, connect } = mortalFleet({
    system,
    processes,
    things: fleet.things,
    online,
    take: fleet.take,
    conduct: (thing, seen) =>
      seen === revision ? (conducts[order.get(thing) ?? -1] ?? 'applies') : 'applies',
  });

  await processes.insist(() => fleet.reserve(id, waves, before));
  await processes.live(() => beginRollout(world)(id));
  let isCancelled = false;
  await settle(async () => {
    if (cancelledAt === undefined || isCancelled) return;
    isCancelled = shown().length >= cancelledAt;
    if (isCancelled) await processes.insist(() => changeRollout(world)(id, { type: 'cancel' }, 'key:ada'));
  });

  const ended = await fleet.see(id);
  const counts = await countDeliveries(world)(ended);
  for (const thing of fleet.things.filter((each) => !online.has(each))) await connect(thing);
  await settle();
  const hasNow = async ({ thing, mark }: Delivery): Promise<string> => {
    const slot = await world.slots.load({ thing, channel });
    const head = slot && headOf(slot);
    const filed = await Array.fromAsync(world.records.ofSlot({ thing, channel }));
    const what = shown().includes(thing) ? 'new' : 'old';
    expect(slot?.waiting, 'waits for nobody').toBeNull();
    expect(head?.revision === revision, 'is shown what its slot says').toBe(what === 'new');
    return `${mark?.state ?? 'not sent'}: ${what} ${head?.phase}, of ${filed.length}`;
  };
  return {
    processes,
    verdict: {
      end: `${ended.phase}: ${ended.end?.status}, ${ended.end?.failure?.code}`,
      exposed: ended.exposed,
      counts,
      have: await Promise.all((await fleet.deliveriesOf(id)).map(hasNow)),
    },
  };
};

describe.each(Object.entries(stories))('a rollout that %s', async (name, story) => {
  const whole = await live(story, []);
  const calls = whole.processes.made.length;

  it('has a whole life to die in', () => {
    expect(whole.verdict).toEqual(story.expected);
  });

  it('comes to the same when a process dies before or after any single outward call', async () => {
    for (const death of shareOf(everyDeath(calls), every)) {
      const { processes, verdict } = await live(story, [death]);
      expect(processes.died).toEqual([death]);
      expect(verdict, tracedOf(processes, [death])).toEqual(whole.verdict);
    }
  });

  it('comes to the same when two of them die', { timeout: 5 * minutes }, async () => {
    for (const deaths of drawnPairs(pairs, calls, name)) {
      const { processes, verdict } = await live(story, deaths);
      expect(verdict, tracedOf(processes, deaths)).toEqual(whole.verdict);
    }
  });
});

describe('a mark', () => {
  it('that was lost after its rollout was over is made up for by the report that comes again', async () => {
    const fleet = await smallFleet({ things: 2, offline: 1 });
    const [, late = ''] = fleet.things;
    await fleet.start('one');
    await fleet.run(20);
    fleet.system.setFault((call, moment) => {
      if (call.port === 'deliveries' && call.method === 'mark' && moment === 'before')
        throw new Error('died');
    });
    await fleet.connect(late);
    await fleet.run(3);
    expect((await countDeliveries(fleet.world)(await fleet.see('one'))).applied).toBe(1);
    fleet.system.setFault(undefined);
    expect(await fleet.system.report(late, {}, channel)).toBe(false);
    expect((await countDeliveries(fleet.world)(await fleet.see('one'))).applied).toBe(2);
  });
});
