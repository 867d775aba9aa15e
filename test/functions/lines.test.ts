// The lines of all functions: one for each unit of work, which CloudWatch can read metrics from, and by which one deployment is followed.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { busy } from '#functions/wiring/together';
import { dimensionSets, type MetricName, metrics, namespace } from '#operations/metrics';
import { givenHeat } from '../dialects/heat/given.ts';
import { givenFleet } from '../dialects/miru/given.ts';
import { givenHouse, type Written } from './house.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const given = async () => {
  const house = givenHouse();
  const fleet = await givenFleet(house);
  house.texts.length = 0;
  // Nobody is busy any more.
  house.clock.pass(busy.withinMs);
  return { ...house, ...fleet, system: house };
};

/** What CloudWatch reads from a line: name, value and dimensions. */
const measuredIn = (line: Written) =>
  (line._aws?.CloudWatchMetrics ?? []).flatMap((directive: Written) =>
    directive.Metrics.map(({ Name, Unit }: Written) => ({
      name: Name,
      unit: Unit,
      namespace: directive.Namespace,
      value: line[Name],
      dimensions: directive.Dimensions,
    })),
  );
const valuesIn = (line: Written | undefined): Record<string, number> =>
  Object.fromEntries(measuredIn(line ?? {}).map(({ name, value }: Written) => [name, value]));

describe('one life of a deployment', () => {
  const live = async () => {
    const house = await given();
    const { deploy, system, thing, texts } = house;
    const id = await deploy(2);
    // Its content has come in with a request of its own.
    texts.shift();
    await system.carryOutAll();
    await system.report(thing);
    return { ...house, id };
  };

  it('is three lines, each with its id, thing, channel and seq', async () => {
    const { lines, linesOf, id, thing } = await live();
    expect(lines().map(({ code }) => code)).toEqual([
      'request.answered',
      'transition.carried_out',
      'report.taken',
    ]);
    expect(linesOf(id)).toHaveLength(3);
    const [first] = lines();
    for (const line of lines())
      expect(line).toMatchObject({
        deployment: id,
        thing,
        channel: 'release',
        seq: first?.seq,
        organization: 'acme',
      });
    expect(lines().map(({ phase }) => phase)).toEqual(['queued', undefined, 'deployed']);
  });

  it('says how long it took until the shadow had it, and until the thing had it', async () => {
    const { lines } = await live();
    const [asked, carried, confirmed] = lines().map(valuesIn);
    expect(asked).toMatchObject({ DeploymentQueued: 1, RequestLatency: expect.any(Number) });
    expect(carried).toMatchObject({
      TransitionWritten: 1,
      TransitionAge: 40,
      DeliveryTime: expect.any(Number),
    });
    expect(confirmed).toMatchObject({ DeploymentConfirmed: 1, ConfirmationTime: expect.any(Number) });
  });

  it('weighs little', async () => {
    const { texts } = await live();
    expect(Buffer.byteLength(texts.join('\n'))).toBeLessThan(1800);
  });
});

describe('the time until a shadow has it', () => {
  it('is told once, however often it is said again', async () => {
    const { deploy, system, thing, lines } = await given();
    await deploy(1);
    await system.carryOutAll();
    system.clock.pass(2 * 60_000);
    await system.sweepAll();
    await system.carryOutAll();
    await system.hear({
      kind: 'presence',
      thing,
      eventType: 'connected',
      versionNumber: 1,
      timestamp: system.clock.now(),
    });
    await system.carryOutAll();
    const carried = lines().filter(({ code }) => code === 'transition.carried_out');
    expect(carried.length).toBeGreaterThan(1);
    expect(carried.map((line) => 'DeliveryTime' in valuesIn(line))).toEqual(carried.map((_, at) => at === 0));
  });

  it('is told also where its message was lost, and the sweep has found it', async () => {
    const { deploy, system, lines } = await given();
    await deploy(1);
    system.transitions.take();
    system.clock.pass(2 * 60_000);
    await system.sweepAll();
    await system.carryOutAll();
    expect(lines().at(-1)).toMatchObject({ code: 'transition.carried_out', DeliveryTime: 120_000 });
  });
});

describe('a deployment that a dialect knows by an id of its own', () => {
  it('is named by both ids where it begins, and by ours from there on', async () => {
    const house = givenHouse();
    const { activate, deployment } = await givenHeat('demo', house);
    const thing = await activate();
    const { id } = await deployment();
    await house.carryOutAll();
    const begun = house.lines().find(({ knownAs }) => knownAs === id);
    expect(begun).toMatchObject({ thing, channel: 'software' });
    expect(house.linesOf(begun?.deployment).map(({ code }) => code)).toEqual([
      'request.answered',
      'transition.carried_out',
    ]);
  });
});

describe('every line', () => {
  it('is read by CloudWatch: each metric is in our table, with its unit and its dimensions', async () => {
    const { deploy, system, thing, ask, lines } = await given();
    const id = await deploy(1);
    await deploy(2);
    await system.carryOutAll();
    await system.report(thing, { state: 'failed', error: { code: 'disk_full', message: 'no' } });
    await ask(`GET /beta/deployments/${id}`);
    await ask('GET /beta/deployments/dpl_nothing');
    system.clock.pass(24 * 3600_000);
    await system.sweepAll();
    const measured = lines().flatMap((line) => measuredIn(line).map((each: Written) => ({ ...each, line })));
    expect(measured.length).toBeGreaterThan(10);
    for (const { name, unit, value, dimensions, line, ...where } of measured) {
      const described = metrics[name as MetricName];
      expect([where.namespace, unit, dimensions]).toEqual([
        namespace,
        described.unit === 'Count' ? undefined : described.unit,
        [[...dimensionSets[described.dimensions]]],
      ]);
      for (const one of [value].flat()) expect(one).toEqual(expect.any(Number));
      for (const dimension of dimensions[0]) expect(line[dimension]).toEqual(expect.any(String));
    }
  });

  it('is one for each unit of work, refused and failed ones too', async () => {
    const { ask, system, texts } = await given();
    await ask('GET /beta/deployments/dpl_nothing');
    await ask('GET /beta/nothing');
    await system.carryOutMessage('not ours');
    await system.hear({ kind: 'nothing' });
    await system.fetch({ thing: 7 });
    await system.sweepAll();
    expect(texts).toHaveLength(6);
  });

  it('names what else has moved', async () => {
    const { deploy, lines } = await given();
    const first = await deploy(1);
    const second = await deploy(2);
    const line = lines().findLast(({ deployment }) => deployment === second);
    expect(line?.others.split(' ')).toContain(first);
  });

  it('of a sweep names the deployments that it has looked at', async () => {
    const { deploy, system, linesOf } = await given();
    const id = await deploy(1);
    system.clock.pass(3600_000);
    await system.sweepAll();
    expect(linesOf(id).at(-1)).toMatchObject({ code: 'sweep.done' });
    expect(valuesIn(linesOf(id).at(-1))).toMatchObject({ OverdueSlots: 1, SweepLag: expect.any(Number) });
  });

  it('of a sweep that finds nothing says so too: silence means that nobody sweeps', async () => {
    const { system, lines } = await given();
    await system.sweepAll();
    expect(valuesIn(lines().at(-1)).OverdueSlots).toBe(0);
  });

  it('of a second delivery says the outcome and the try', async () => {
    const { deploy, system, thing, lines } = await given();
    await deploy(1);
    system.transitions.take();
    await system.carryOutMessage({ v: 1, thing, channel: 'release' }, 3);
    expect(lines().at(-1)).toMatchObject({ outcome: 'written', TransitionRetries: 2 });
  });

  it('of a fault counts as one, and says where it was', async () => {
    const { deploy, system, thing, lines } = await given();
    await deploy(1);
    system.setFault(({ port }, moment) => {
      if (port === 'shadows' && moment === 'before') throw new Error('broken');
    });
    await system.carryOutAll();
    expect(lines().at(-1)).toMatchObject({
      level: 'ERROR',
      code: 'transition.later',
      outcome: 'later',
      thing,
      Faults: 1,
      error: 'Error: broken',
      stack: expect.stringMatching(/^at /),
    });
  });
});
