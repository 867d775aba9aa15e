// Somebody dies, is faster, or comes years later, between a deployment's record and its run: nothing runs twice, none that nobody wants.
import { describe, expect, it } from 'vitest';
import { channels } from '#domain/channel';
import type { Entry, World } from '#engine/ports';
import { retireThing } from '#engine/retire-thing';
import { givenHeat } from './given.ts';

const day = 24 * 60 * 60 * 1000;
type Heat = Awaited<ReturnType<typeof givenHeat>>;
type Calls = Record<string, (...args: unknown[]) => unknown>;

const newest = async ({ world }: Heat): Promise<string> =>
  (await Array.fromAsync(world.catalog.idsOf('demo', 'heat_deployment', 'newest first')))[0] ?? '';

/** While it is done, no slot can be saved: whoever starts a run dies there. */
const dying = async ({ world }: Heat, act: () => Promise<unknown>): Promise<void> => {
  const { slots } = world;
  Object.assign(world, { slots: { ...slots, save: async () => Promise.reject(new Error('died')) } });
  await act().catch(() => undefined);
  Object.assign(world, { slots });
};

/** Its record names a run, and there is none. */
const unstarted = async (heat: Heat, over: object = {}): Promise<string> => {
  const config_id = await heat.config();
  await dying(heat, () => heat.deployment({ config_id, ...over }));
  return newest(heat);
};

/** Something happens right before a call of a port, until it says that it has happened. */
const rightBefore = (
  world: World,
  port: 'catalog' | 'slots' | 'records',
  call: string,
  happen: (...args: never[]) => Promise<boolean>,
) => {
  const real = world[port] as unknown as Calls;
  let done = false;
  const wrapped = async (...args: unknown[]) => {
    if (!done) {
      done = true;
      done = await happen(...(args as never[]));
    }
    return real[call]?.(...args);
  };
  Object.assign(world, { [port]: { ...real, [call]: wrapped } });
  return () => void Object.assign(world, { [port]: real });
};

const died = async () => Promise.reject(new Error('died'));
const ofDeployment = (entry: Entry): boolean => entry.kind === 'heat_deployment';

describe('a token, after a run was removed for its age', () => {
  it('is answered, where its slot has not changed since', async () => {
    const { activate, deployment, system, finish, told } = await givenHeat();
    const thing = await activate();
    await deployment();
    await finish(thing);
    system.clock.pass(500 * day);
    expect(await told(await activate())).toEqual([]);
  });

  it('does not run it again, where its slot has changed since', async () => {
    const { activate, deployment, system, finish, told, show } = await givenHeat();
    const thing = await activate();
    await deployment();
    await finish(thing);
    const { id } = await deployment();
    await finish(thing);
    await show(id);
    system.clock.pass(500 * day);
    await deployment();
    expect(await told(await activate())).toHaveLength(1);
  });
});

describe('what began to wait long before its server was a thing', () => {
  it('runs, though a token died between the name and the run', async () => {
    const heat = await givenHeat();
    const { id } = await heat.deployment();
    heat.system.clock.pass(100 * day);
    await dying(heat, () => heat.activate());
    expect((await heat.show(id)).status).toBe('IN_PROGRESS');
    expect(await heat.told(await heat.activate())).toHaveLength(1);
  });

  it('runs, though a reader comes between the name and the run', async () => {
    const heat = await givenHeat();
    const { id } = await heat.deployment();
    heat.system.clock.pass(100 * day);
    const undo = rightBefore(heat.world, 'slots', 'save', async () => {
      undo();
      await heat.ask('GET /software_deployments');
      return true;
    });
    const thing = await heat.activate();
    expect([(await heat.show(id)).status, (await heat.told(thing)).length]).toEqual(['IN_PROGRESS', 1]);
  });

  it('waits for its turn while the queue is full, and begins when somebody asks after that', async () => {
    const { activate, ask, deployment, show, system, config, finish, told } = await givenHeat();
    const config_id = await config();
    const ids: string[] = [];
    for (let count = 0; count <= channels.software.liveMax; count += 1) {
      ids.push((await deployment({ config_id })).id);
      system.clock.pass(1);
    }
    const last = ids.at(-1) ?? '';
    system.clock.pass(100 * day);
    const thing = await activate();
    expect((await show(last)).status).toBe('IN_PROGRESS');
    const why = async () => (await ask(`GET /deployments/${last}/why`)).body;
    expect(await why()).toMatchObject({ waiting_for: 'turn', status: 'IN_PROGRESS' });
    await finish(thing);
    await told(thing);
    await show(last);
    expect(await why()).toMatchObject({
      waiting_for: 'turn',
      ended_by: 'the deployments before it in the queue',
    });
  });
});

describe('a reader that looked before the run began', () => {
  const meanwhile = ({ world }: Heat, happen: () => Promise<unknown>) => {
    const { slots } = world;
    const loadMany: typeof slots.loadMany = async (ids) => {
      const found = await slots.loadMany(ids);
      Object.assign(world, { slots });
      await happen();
      return found;
    };
    Object.assign(world, { slots: { ...slots, loadMany } });
  };

  it('and writes that its deadline has passed leaves nothing that runs', async () => {
    const heat = await givenHeat();
    const thing = await heat.activate();
    const id = await unstarted(heat, { deadline_seconds: 60 });
    heat.system.clock.pass(59_999);
    meanwhile(heat, async () => {
      await heat.show(id);
      heat.system.clock.pass(2);
    });
    await heat.ask('GET /software_deployments');
    expect([(await heat.show(id)).status, await heat.told(thing)]).toEqual(['FAILED', []]);
  });

  it('and writes that it was forgotten leaves nothing that runs', async () => {
    const heat = await givenHeat();
    await heat.deployment();
    heat.system.clock.pass(100 * day);
    await dying(heat, () => heat.activate());
    let thing = '';
    meanwhile(heat, async () => {
      thing = await heat.activate();
    });
    const [listed] = (await heat.ask('GET /software_deployments')).body.software_deployments;
    expect([listed.status, (await heat.told(thing)).length]).not.toEqual(['FAILED', 1]);
  });
});

describe('DELETE', () => {
  it.each([
    ['GET', async (heat: Heat, id: string) => heat.show(id)],
    [
      'PUT',
      async (heat: Heat, id: string) => {
        const config_id = await heat.config({ name: 'next' });
        await heat.ask(`PUT /software_deployments/${id}`, { config_id, status: 'IN_PROGRESS' });
      },
    ],
  ] as const)('leaves nothing that a %s starts between its cancelling and its removal', async (_, start) => {
    const heat = await givenHeat();
    const thing = await heat.activate();
    const id = await unstarted(heat);
    rightBefore(heat.world, 'catalog', 'remove', async (entry: Entry) => {
      if (!ofDeployment(entry)) return false;
      await start(heat, id);
      return true;
    });
    await heat.ask(`DELETE /software_deployments/${id}`);
    expect((await heat.ask(`GET /software_deployments/${id}`)).status).toBe(404);
    expect(await heat.told(thing)).toEqual([]);
  });
});

describe('whoever dies after the record was saved', () => {
  it('with a new config: only that runs, once the PUT was repeated', async () => {
    const heat = await givenHeat();
    const { activate, deployment, config, told, fetched, ask, show, world } = heat;
    const thing = await activate();
    const { id } = await deployment();
    const config_id = await config({ name: 'next' });
    const undo = rightBefore(world, 'records', 'load', died);
    await ask(`PUT /software_deployments/${id}`, { config_id }).catch(() => undefined);
    undo();
    await ask(`PUT /software_deployments/${id}`, { config_id });
    await show(id);
    const names = (await told(thing)).map(async ({ manifest }) => (await fetched(manifest)).name);
    expect(await Promise.all(names)).toEqual(['next']);
  });

  it('with an end: nothing runs, once somebody looked', async () => {
    const { activate, ask, deployment, show, told, world } = await givenHeat();
    const thing = await activate();
    const { id } = await deployment();
    const undo = rightBefore(world, 'records', 'load', died);
    await ask(`PUT /software_deployments/${id}`, { status: 'COMPLETE' }).catch(() => undefined);
    undo();
    expect((await show(id)).status).toBe('COMPLETE');
    expect(await told(thing)).toEqual([]);
  });

  it('whoever started it, while somebody else ended it: nothing runs, once somebody looked', async () => {
    const heat = await givenHeat();
    const { activate, ask, config, deployment, show, told, world } = heat;
    const thing = await activate();
    const config_id = await config();
    rightBefore(world, 'slots', 'save', async () => {
      await ask(`PUT /software_deployments/${await newest(heat)}`, { status: 'COMPLETE' });
      const undo = rightBefore(world, 'catalog', 'load', async () => {
        undo();
        return died();
      });
      return true;
    });
    await deployment({ config_id }).catch(() => undefined);
    expect((await show(await newest(heat))).status).toBe('COMPLETE');
    expect(await told(thing)).toEqual([]);
  });
});

describe('a run that was named in another way', () => {
  it('is not joined by a second run', async () => {
    const { activate, deployment, told, ask, world } = await givenHeat();
    const thing = await activate();
    const { id } = await deployment();
    const entry = await world.catalog.load('demo', 'heat_deployment', id);
    if (entry === undefined) throw new Error('There is none.');
    // The run that is there is not what attempt 7 would be called: as if it had been named in another way.
    const run = { ...(entry.body.run as object), count: 7 };
    await world.catalog.save({ ...entry, version: entry.version + 1, body: { ...entry.body, run } });
    await ask(`PUT /software_deployments/${id}`, {});
    expect(await told(thing)).toHaveLength(1);
  });
});

describe('a key that is used again after DELETE', () => {
  it('runs what it asks for, and is not told what the deleted one gave back', async () => {
    const { activate, config, ask, finish, told, show } = await givenHeat();
    const thing = await activate();
    const post = async (config_id: string) => {
      const body = { config_id, server_id: 'srv1', action: 'CREATE', status: 'IN_PROGRESS' };
      const made = await ask('POST /software_deployments', body, { 'idempotency-key': 'k' });
      return made.body.software_deployment.id;
    };
    const one = await post(await config());
    await finish(thing);
    await show(one);
    await ask(`DELETE /software_deployments/${one}`);
    const two = await post(await config({ name: 'another' }));
    expect([(await show(two)).status, (await told(thing)).length]).toEqual(['IN_PROGRESS', 1]);
  });
});

describe('a thing that was retired', () => {
  it('what never started there starts on the thing that took its place', async () => {
    const heat = await givenHeat();
    const thing = await heat.activate();
    const id = await unstarted(heat);
    await retireThing(heat.world)({ organization: 'demo', name: thing });
    const next = await heat.activate();
    await heat.show(id);
    await heat.system.carryOutAll();
    const live = (await heat.world.slots.load({ thing: next, channel: 'software' }))?.live ?? [];
    expect(live).toHaveLength(1);
  });
});

describe('past its deadline', () => {
  it('a token does not start what a polling server had until long ago', async () => {
    const { activate, deployment, system, world } = await givenHeat();
    await deployment({ deadline_seconds: 60 });
    system.clock.pass(3_600_000);
    const thing = await activate();
    await system.carryOutAll();
    expect((await world.slots.load({ thing, channel: 'software' }))?.live ?? []).toEqual([]);
  });
});

describe('a name without a run is started by whoever finds it', () => {
  it.each(['GET /software_deployments', 'GET /deployments/ID/history', 'GET /deployments/ID/why'])(
    '%s',
    async (request) => {
      const heat = await givenHeat();
      const thing = await heat.activate();
      const id = await unstarted(heat);
      await heat.ask(request.replace('ID', id));
      expect((await heat.world.slots.load({ thing, channel: 'software' }))?.live ?? []).toHaveLength(1);
    },
  );
});

describe('what runs already', () => {
  it.each(['PUT /software_deployments/ID', 'POST /servers/srv1/activation_token'])(
    'is not sealed and started again by %s',
    async (request) => {
      const { activate, deployment, ask, world } = await givenHeat();
      await activate();
      const { id } = await deployment();
      const calls: string[] = [];
      for (const port of ['records', 'contents', 'slots', 'catalog'] as const) {
        const spied = Object.entries(world[port] as unknown as Calls).map(([name, call]) => [
          name,
          (...args: unknown[]) => {
            calls.push(`${port}.${name}`);
            return call(...args);
          },
        ]);
        Object.assign(world, { [port]: Object.fromEntries(spied) });
      }
      await ask(request.replace('ID', id), {});
      expect(calls.filter((call) => call === 'contents.put')).toEqual([]);
    },
  );
});

describe('a repeat of a POST with its key', () => {
  const post = async ({ ask }: Heat, config_id: string) => {
    const body = { config_id, server_id: 'srv1', action: 'CREATE', status: 'IN_PROGRESS' };
    return ask('POST /software_deployments', body, { 'idempotency-key': 'k' });
  };

  it('starts what the first one died before starting', async () => {
    const heat = await givenHeat();
    const thing = await heat.activate();
    const config_id = await heat.config();
    await dying(heat, () => post(heat, config_id));
    expect((await post(heat, config_id)).status).toBe(200);
    expect(await heat.told(thing)).toHaveLength(1);
  });

  it('tells how it ended, though nobody had asked', async () => {
    const heat = await givenHeat();
    const thing = await heat.activate();
    const config_id = await heat.config();
    await post(heat, config_id);
    await heat.finish(thing);
    expect((await post(heat, config_id)).body.software_deployment.status).toBe('COMPLETE');
    expect(await heat.told(thing)).toEqual([]);
  });
});

describe('a deadline', () => {
  it('ends what was never started, and the engine says so', async () => {
    const heat = await givenHeat();
    await heat.activate();
    const id = await unstarted(heat, { deadline_seconds: 60 });
    heat.system.clock.pass(61_000);
    expect((await heat.show(id)).status).toBe('FAILED');
    const { body } = await heat.ask(`GET /deployments/${id}/history`);
    expect(body.events.at(-1)).toMatchObject({ by: 'engine', to: 'FAILED' });
  });
});
