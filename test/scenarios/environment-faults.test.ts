// An environment that is a fleet, and processes that die: its client asks again, and what comes of its deployment is always the same.
import { describe, expect, it } from 'vitest';
import { ownerOf } from '#dialects/humanitec/fleet/owner';
import { type Conduct, fleetLife } from '#test/support/fleet-life';
import { type Death, drawnPairs, everyDeath, mortalProcesses, tracedOf } from '#test/support/mortal';
import { mortalFleet } from '#test/support/mortal-fleet';
import { isWhole, shareOf } from '#test/support/share';
import { env, givenApp, moduleOf } from '../dialects/humanitec/given.ts';

/** `CRASH_POINTS=all` is every point, and every pair that is drawn; every run of the tests has a share of them. */
const pairs = isWhole ? 1000 : 10;
/** Odd, so that it falls before calls as often as after. */
const every = 14;
const minutes = 60_000;
const channel = 'environment';

interface Story {
  /** How those behave that come after the first wave. */
  readonly conduct: Conduct;
  readonly isCancelled: boolean;
  readonly expected: object;
}

/** As the API tells it. */
const progress = (applied: number, failed: number, withdrawn: number): string =>
  JSON.stringify({ total: 4, applied, failed, waiting: 0, offline: 0, withdrawn });

const before = `succeeded, over, of 4: ${progress(4, 0, 0)}`;
const everywhere = (what: string) => Array.from({ length: 4 }, () => `${what} deployed`);

const stories = {
  succeeds: {
    conduct: 'applies',
    isCancelled: false,
    expected: {
      started: 201,
      deployments: [`succeeded, over, of 4: ${progress(4, 0, 0)}`, before],
      errors: [],
      devices: everywhere('new'),
    },
  },
  'fails in its second wave, and is rolled back': {
    conduct: 'fails',
    isCancelled: false,
    expected: {
      started: 201,
      deployments: [
        `succeeded, over, of 4: ${progress(4, 0, 0)}`,
        `failed, over, of 2: ${progress(1, 1, 2)}`,
        before,
      ],
      errors: ['too_many_failures', 'no_space'],
      devices: everywhere('old'),
    },
  },
  'is cancelled in its second wave': {
    conduct: 'is silent',
    isCancelled: true,
    expected: {
      started: 201,
      deployments: [`failed, over, of 2: ${progress(1, 0, 3)}`, before],
      errors: ['cancelled'],
      devices: ['new deployed', 'old deployed', 'old deployed', 'old deployed'],
    },
  },
} as const satisfies Readonly<Record<string, Story>>;

const rollout = { waves: [{ count: 1 }, { count: 2 }], bake_seconds: 5, rollback_on_failure: true };

const live = async ({ conduct, isCancelled }: Story, deaths: readonly Death[]) => {
  const { system, ask, does, delta } = await givenApp();
  const { world, shadows } = system;
  const fleet = fleetLife(system, ownerOf(world));
  for (const name of ['robot-0', 'robot-1', 'robot-2', 'robot-3']) {
    const { thing } = await does(`PUT ${env}/devices/${name}`);
    fleet.things.push(thing);
    await fleet.connect(thing);
  }
  await does(`POST ${env}/deploys`, { delta_id: await delta({ add: { web: moduleOf('old') } }) });
  await fleet.run(20);
  const [first = ''] = fleet.things;
  const old = system.targetOf(first, channel).manifest;
  const body = { delta_id: await delta({ add: { web: moduleOf('new') } }), rollout };

  const shown = new Set<string>();
  const rollouts = new Set<string>();
  const stop = shadows.onWrite(({ thing, target }) => void (target.manifest !== old && shown.add(thing)));
  const processes = mortalProcesses(system, deaths, async ({ port, method, args }) => {
    if (port === 'rollouts' && method === 'save') rollouts.add((args[0] as { readonly id: string }).id);
    if (port !== 'shadows') return;
    const found = await Promise.all([...rollouts].map((id) => world.rollouts.load(id)));
    const exposed = found.map((one) => (one?.plan.rollsBack === true ? one.exposed : 0));
    expect(shown.size).toBeLessThanOrEqual(Math.max(0, ...exposed));
  });
  const { settle } = mortalFleet({
    system,
    processes,
    things: fleet.things,
    online: new Set(fleet.things),
    take: fleet.take,
    conduct: (thing, seen) => (seen === old || [...shown][0] === thing ? 'applies' : conduct),
  });

  const started = await processes.insist(() =>
    ask(`POST ${env}/deploys`, body, { 'idempotency-key': 'new' }),
  );
  const path = `${env}/deploys/${started.body.id}`;
  let wasCancelled = false;
  await settle(async () => {
    if (!isCancelled || wasCancelled || shown.size < 2) return;
    wasCancelled = true;
    expect((await processes.insist(() => ask(`POST ${path}/cancel`))).status).toBe(200);
  });
  stop();

  const told = await does(`GET ${env}/deploys`);
  const whole = await Promise.all(told.map(({ id }: { id: string }) => does(`GET ${env}/deploys/${id}`)));
  const devices = await does(`GET ${env}/devices`);
  return {
    processes,
    verdict: {
      started: started.status,
      deployments: whole.map(
        ({ status, progress, rollout: { phase, exposed } }) =>
          `${status}, ${phase}, of ${exposed}: ${JSON.stringify(progress)}`,
      ),
      errors: (await does(`GET ${path}/errors`)).map(({ code }: { code: string }) => code),
      devices: devices
        .map(
          (one: { manifest: string; delivery: string }) =>
            `${one.manifest === old ? 'old' : 'new'} ${one.delivery}`,
        )
        .toSorted(),
    },
  };
};

describe.each(Object.entries(stories))('a deployment that %s', async (name, story) => {
  const whole = await live(story, []);
  const calls = whole.processes.made.length;

  it('has a whole life to die in', () => {
    expect(whole.verdict).toEqual(story.expected);
  });

  it('comes to the same when a process dies before or after any single outward call', {
    timeout: 5 * minutes,
  }, async () => {
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
