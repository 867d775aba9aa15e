// Every order in which the calls of two or three verbs can arrive, and a death of any of them at any call.
import { describe, expect, it } from 'vitest';
import { carryOut } from '#engine/carry-out';
import { changeKnownSlot } from '#engine/change-slot';
import { createDeployment } from '#engine/create-deployment';
import { archiveDeployment } from '#engine/move-deployment';
import type { World } from '#engine/ports';
import { sealContent } from '#engine/seal';
import { takeReport } from '#engine/take-report';
import { granted } from '#test/engine/given';
import { interleave, type Scenario, type Stage } from './interleavings.ts';

const organization = 'acme';
const channel = 'release';

const deploys = (name: string) => (stage: Stage) => async (world: World) => {
  const { slot } = stage;
  const digest = await sealContent(stage.world.contents, organization, Buffer.from(name));
  const items = [{ id: name, path: 'file', digest, size: name.length, format: 'text' }];
  const wish = { organization, by: 'key:ada', slot, idPrefix: '', wanted: 'deployed', items } as const;
  const about = { name };
  return granted(
    await createDeployment(world)({
      ...wish,
      track: null,
      about,
      request: about,
      idempotency: { route: 'r', key: name },
    }),
  );
};

const carries = (stage: Stage) => (world: World) => carryOut(world)(stage.slot);
const reports = (stage: Stage) => (world: World) => takeReport(world)(stage.slot, stage.obey());
const looks = (stage: Stage) => (world: World) =>
  changeKnownSlot(world)({ id: stage.slot, event: { type: 'look' }, by: 'engine' });
const archives = (stage: Stage) => async (world: World) => {
  const [first] = (await stage.world.slots.load(stage.slot))?.live ?? [];
  return archiveDeployment(world)({ organization, channel, id: first?.id ?? '', by: 'key:ada' });
};

const queued = async (stage: Stage): Promise<void> => {
  await deploys('first')(stage)(stage.world);
};
const shown = async (stage: Stage): Promise<void> => {
  await queued(stage);
  await carries(stage)(stage.world);
};
const confirmed = async (stage: Stage): Promise<void> => {
  await shown(stage);
  await reports(stage)(stage.world);
};
const overdue = async (stage: Stage): Promise<void> => {
  await shown(stage);
  stage.clock.pass(120_000);
  await looks(stage)(stage.world);
  stage.clock.pass(240_000);
};

const scenarios: Readonly<Record<string, Scenario>> = {
  'two deploy at once': {
    given: async () => undefined,
    atOnce: { one: deploys('one'), other: deploys('other') },
  },
  'the same request comes twice at once': {
    given: async () => undefined,
    atOnce: { one: deploys('one'), again: deploys('one') },
    made: 1,
  },
  'one deploys while the one before is carried out': {
    given: queued,
    atOnce: { carry: carries, deploy: deploys('second') },
  },
  'two workers have the message, and one deploys': {
    given: queued,
    atOnce: { carry: carries, 'carry too': carries, deploy: deploys('second') },
  },
  'one archives while the thing confirms': { given: shown, atOnce: { archive: archives, report: reports } },
  'one deploys while what was confirmed is archived': {
    given: confirmed,
    atOnce: { archive: archives, deploy: deploys('second') },
  },
  'it is looked at, investigated and confirmed at once': {
    given: overdue,
    atOnce: { look: looks, carry: carries, report: reports },
  },
  'a word comes twice while the thing is thought to be silent': {
    given: overdue,
    atOnce: { report: reports, again: reports, carry: carries },
  },
};

/** `INTERLEAVINGS=5000` goes through more of them. */
const schedulesMax = Number(process.env.INTERLEAVINGS ?? 40);

/** More than enough for each, and more orders need more of it. */
const timeoutMs = 60_000 + schedulesMax * 100;

describe.each(Object.entries(scenarios))('%s', (name, scenario) => {
  it.each([0, 1])(
    'and it comes out right in every order, with %i deaths',
    async (deaths) => {
      const { schedules, isComplete, violation } = await interleave(scenario, { deaths, schedulesMax });
      console.log(`${name}, ${deaths} deaths: ${schedules} orders${isComplete ? ', all of them' : ''}`);
      expect(violation).toBeUndefined();
      expect(schedules).toBeGreaterThan(2);
    },
    timeoutMs,
  );
});
