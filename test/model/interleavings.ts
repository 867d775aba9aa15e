// The engine's own verbs at one slot, under a scheduler: see `explore.ts`.
import { copied } from '#adapters/memory/copied';
import { memoryWorld } from '#adapters/memory/world';
import { type Current, target } from '#device/shadow';
import { emptySlot, type Slot, type SlotId, wakeAtOf } from '#domain/slot';
import { carryOut } from '#engine/carry-out';
import { changeKnownSlot } from '#engine/change-slot';
import type { World } from '#engine/ports';
import { takeReport } from '#engine/take-report';
import { nameOfThing } from '#test/engine/given';
import { type TestClock, testChance, testClock } from '#test/support/clock';
import { type Effort, type Explored, exploreOrSample, type Play } from './explore.ts';
import { start } from './gate.ts';
import { hold, ofBooks, ofRest, ofSlots, type RecordState, Violation } from './invariants.ts';
import { dice } from './random.ts';

export interface Stage {
  readonly world: World;
  readonly clock: TestClock;
  readonly slot: SlotId;
  /** What an obedient thing says of the target that its shadow shows now. */
  readonly word: () => Current;
  /** The thing has done it, and its shadow says so. */
  readonly obey: () => Current;
}

export interface Scenario {
  /** What has happened before; nothing goes wrong in it. */
  readonly given: (stage: Stage) => Promise<unknown>;
  /** What happens at once, by what it is called. */
  readonly atOnce: Readonly<Record<string, (stage: Stage) => (world: World) => Promise<unknown>>>;
  /** How many deployments there are at the end. */
  readonly made?: number;
}

/** A world whose saves are held to the invariants. */
const watchedStage = async () => {
  const clock = testClock();
  const memory = memoryWorld({ clock, chance: testChance() });
  const heard = new Set<string>();
  let current: Slot | undefined;
  let accepted: string[] = [];
  let slot: SlotId = { thing: '', channel: 'release' };

  const recordsOf = async (): Promise<Map<string, RecordState>> => {
    const states = new Map<string, RecordState>();
    for await (const { id, ended } of memory.world.records.ofSlot(slot))
      states.set(id, ended?.phase ?? 'filed');
    return states;
  };
  const judge = async (after: Slot): Promise<void> => {
    const before = current ?? emptySlot(after.id, after.organization);
    const where = () => JSON.stringify({ before, after });
    hold(ofSlots, { before, after, wasHeard: (seq, revision) => heard.has(`${seq} ${revision}`) }, where);
    current = copied(after);
    accepted = [...new Set([...accepted, ...[...after.live, ...after.leaving].map(({ id }) => id)])];
    const states = await recordsOf();
    hold(ofBooks, { slot: after, recordOf: (id) => states.get(id), accepted }, where);
  };
  const world: World = {
    ...memory.world,
    slots: {
      ...memory.world.slots,
      save: async (given) => {
        const isSaved = await memory.world.slots.save(given);
        if (isSaved) await judge(given);
        return isSaved;
      },
    },
  };
  slot = { thing: await nameOfThing(world, 'robot-7'), channel: 'release' };

  const word = (): Current => {
    const shown = target.parse(memory.shadows.stateOf(slot.thing, slot.channel)?.target);
    const { seq, deployment, manifest, items } = shown;
    return {
      v: 1,
      seq,
      deployment,
      manifest,
      state: items?.length === 0 ? 'removed' : 'applied',
      attempt: 1,
      error: null,
    };
  };
  const obey = (): Current => {
    const said = word();
    heard.add(`${said.seq} ${said.manifest}`);
    memory.shadows.report(slot.thing, slot.channel, said);
    return said;
  };
  const stage: Stage = { world, clock, slot, word, obey };
  return { stage, memory, slotNow: () => current, count: async () => (await recordsOf()).size };
};

type Staged = Awaited<ReturnType<typeof watchedStage>>;

/** Looks and messages until nothing moves any more; a handful of rounds is plenty. */
const roundsMax = 12;

const comeToRest = async ({ stage, memory, slotNow }: Staged): Promise<void> => {
  const { world, clock, slot } = stage;
  let fence = -1;
  let inForce: { readonly seq: number; readonly revision: string } | undefined;
  const isResting = (): boolean => {
    const now = slotNow();
    return now === undefined || now.waiting === null;
  };
  for (let rounds = 0; rounds < roundsMax && !isResting(); rounds += 1) {
    for (let next = memory.transitions.take(); next !== undefined; next = memory.transitions.take())
      await carryOut(world)(next.slot);
    const shown = memory.shadows.stateOf(slot.thing, slot.channel)?.target;
    if (shown !== undefined && stage.word().seq >= fence) {
      const said = stage.obey();
      fence = said.seq;
      inForce = { seq: said.seq, revision: said.manifest };
      await takeReport(world)(slot, said);
    }
    const now = slotNow();
    const wakeAt = now === undefined ? null : wakeAtOf(now);
    if (wakeAt === null) continue;
    clock.pass(Math.max(0, wakeAt - clock.now()));
    await changeKnownSlot(world)({ id: slot, event: { type: 'look' }, by: 'engine' });
  }
  const now = slotNow();
  const before = stage.slot;
  if (now === undefined) return;
  // What was in force before it all began is still: nobody had to say it again.
  const deployed = now.live.find(({ phase }) => phase === 'deployed');
  const seen = inForce ?? (deployed && { seq: deployed.seq, revision: deployed.revision });
  hold(ofRest, { slot: now, inForce: seen }, () => `${before.thing}: ${JSON.stringify(now)}`);
};

/** A scenario, set up: its processes stand before their first calls. */
const setUp = (scenario: Scenario) => async (): Promise<Play> => {
  const staged = await watchedStage();
  await scenario.given(staged.stage);
  const running = new Map(
    Object.entries(scenario.atOnce).map(([name, act]) => [
      name,
      start(staged.stage.world, act(staged.stage), ['deliveries']),
    ]),
  );
  return {
    running,
    finish: async (dead) => {
      await comeToRest(staged);
      const there = await staged.count();
      if (dead.size === 0 && scenario.made !== undefined && there !== scenario.made)
        throw new Violation(`the same idempotency key has one effect: ${there} deployments`);
    },
  };
};

export const interleave = (scenario: Scenario, effort: Effort): Promise<Explored> =>
  exploreOrSample(setUp(scenario), effort, dice(effort.schedulesMax));
