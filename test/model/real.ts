// The real side of a replay: the engine's verbs, standing before each call, and the memory world in the model's terms.
import { memoryWorld } from '#adapters/memory/world';
import type { Current } from '#device/shadow';
import type { NewDeployment, Report, SlotEvent } from '#domain/event';
import { type Slot, type SlotId, wakeAtOf } from '#domain/slot';
import { carryOut } from '#engine/carry-out';
import { changeKnownSlot, changeSlot } from '#engine/change-slot';
import { createDeployment } from '#engine/create-deployment';
import { type Gift, giftId, give, onRecord, wantedOf } from '#engine/fleet/deploy-part';
import { joinGroup, leaveGroup } from '#engine/fleet/membership';
import { giveUp } from '#engine/hand-over';
import { deploymentId, idempotentUids, idOfRestore } from '#engine/ids';
import { archiveDeployment, deployStaged } from '#engine/move-deployment';
import type { World } from '#engine/ports';
import { nothing as realNothing, sealContent, sealManifest } from '#engine/seal';
import { takePresence } from '#engine/take-presence';
import { takeReport } from '#engine/take-report';
import { nameOfThing } from '#test/engine/given';
import { testChance, testClock } from '#test/support/clock';
import type { Bounds } from './bounds.ts';
import { nothing, organization } from './cell.ts';
import type { Happening } from './deciding.ts';
import { attemptsMax } from './deciding.ts';
import { fallbackOf, group } from './group.ts';
import { type Facts, type Names, names } from './likeness.ts';

const route = 'wish';
const realAttemptsMax = 8;
const other = `sha256:${'0'.repeat(64)}`;

/** The last attempt that is given is another one there. */
const attemptThere = (attempt: number): number => (attempt >= attemptsMax ? realAttemptsMax : attempt);
const attemptHere = (attempt: number): number => (attempt >= realAttemptsMax ? attemptsMax : attempt);

const orNone = (value: string | null | undefined): string => value ?? 'none';

export const slotFacts = (slot: Slot, attempts: (attempt: number) => number): Facts => ({
  named: [
    ['seq', slot.seq],
    ['seq', slot.target?.seq ?? 0],
    ['id', orNone(slot.target?.deployment)],
    ['revision', orNone(slot.target?.revision)],
    ...[...slot.live, ...slot.leaving].flatMap((one) => [
      ['id', one.id] as const,
      ['seq', one.seq] as const,
      ['revision', one.revision] as const,
      ['id', orNone(one.restores)] as const,
    ]),
  ],
  plain: {
    saved: slot.version > 0,
    member: slot.member?.generation,
    target: slot.target !== null,
    waiting: slot.waiting && [slot.waiting.for, slot.waiting.until !== null, slot.waiting.times > 0],
    live: slot.live.map((one) => [one.phase, attempts(one.attempts)]),
    leaving: slot.leaving.map((one) => one.phase),
  },
});

export const asHere = (slot: Slot): Facts => slotFacts(slot, (attempt) => attempt);
export const asThere = (slot: Slot): Facts => slotFacts(slot, attemptHere);

const withClock = (world: World, now: () => number): World => ({
  ...world,
  clock: { ...world.clock, now },
});

export const realWorld = async ({ channel, group: isOfGroup }: Pick<Bounds, 'channel' | 'group'>) => {
  const memory = memoryWorld({ clock: testClock(), chance: testChance() });
  const { world, shadows } = memory;
  const thing = await nameOfThing(world, 'robot-7');
  const slot: SlotId = { thing, channel };
  const known: Names = names();
  let connections = 0;
  /** When the slot is due, as it was seen last: whoever looks looks then. */
  let wakeAt = 0;
  const connect = (eventType: 'connected' | 'disconnected') => (on: World) => {
    if (eventType === 'connected') connections += 1;
    return takePresence(on)({ thing, eventType, versionNumber: connections, at: 1000 * connections });
  };
  await connect('connected')(world);
  known.same('revision', nothing, realNothing);
  known.same('revision', 'sha256:other', other);
  for (const kind of ['id', 'revision']) known.same(kind, 'none', 'none');
  known.same('seq', 0, 0);

  const idOf = (id: string): string => String(known.thereOf('id', id));

  const create = async (on: World, id: string, wanted: 'staged' | 'deployed', track: string | null) => {
    const digest = await sealContent(world.contents, organization, Buffer.from(id));
    const items = [{ id, path: 'file', digest, size: id.length, format: 'text' }];
    const wish = { organization, by: 'key:ada', slot, idPrefix: '', wanted, items, track } as const;
    const request = { id };
    return createDeployment(on)({ ...wish, about: request, request, idempotency: { route, key: id } });
  };

  const wordThere = ({ seq, revision, state, attempt }: Report): Current => ({
    v: 1,
    seq: Number(known.thereOf('seq', seq)),
    deployment: '',
    manifest: String(known.thereOf('revision', revision)),
    state,
    attempt: attemptThere(attempt),
    error: null,
  });

  const which = { organization, group, channel, thing, by: 'key:ada' } as const;
  const sealed = new Map<string, string>();
  for (const id of ['a', 'b', 'c', 'd']) {
    const digest = await sealContent(world.contents, organization, Buffer.from(id));
    const item = { id, path: 'file', digest, size: id.length, format: 'text' };
    sealed.set(`sha256:${id}`, await sealManifest(world.contents, organization, [item]));
  }
  const giftIdOf = (id: string): string =>
    id.length > 1 ? giftId(thing, 'fallback', id.slice(1)) : giftId(thing, 'part', id);
  const giftOf = ({ id, revision, part }: NewDeployment): Gift => ({
    organization,
    channel,
    thing,
    id: giftIdOf(id),
    revision: sealed.get(revision) ?? '',
    within: { group, generation: 0 },
    ...(part === undefined ? {} : { part }),
    by: 'engine',
    about: {},
  });

  type Act = (world: World) => Promise<unknown>;
  type Acts = { readonly [Type in SlotEvent['type']]?: (event: Extract<SlotEvent, { type: Type }>) => Act };

  const acts: Acts = {
    deploy:
      ({ deployment, within }) =>
      (on) =>
        within === undefined
          ? create(on, deployment.id, 'deployed', deployment.track)
          : give(on)({ ...giftOf(deployment), within }),
    stage:
      ({ deployment }) =>
      (on) =>
        create(on, deployment.id, 'staged', deployment.track),
    archive:
      ({ id }) =>
      (on) =>
        archiveDeployment(on)({ organization, channel, id: idOf(id), by: 'key:ada' }),
    'deploy staged':
      ({ id }) =>
      (on) =>
        deployStaged(on)({ organization, channel, id: idOf(id), by: 'key:ada' }),
    report:
      ({ report }) =>
      (on) =>
        takeReport(on)(slot, wordThere(report)),
    look: () => (on) =>
      changeKnownSlot(withClock(on, () => wakeAt))({ id: slot, event: { type: 'look' }, by: 'engine' }),
    join: () => (on) => joinGroup(on)(which, async () => null),
    leave: () => (on) => leaveGroup(on)(which),
    'fall back':
      ({ from, to }) =>
      (on) =>
        changeSlot(on)({
          id: slot,
          event: { type: 'fall back', from, to: to && wantedOf(giftOf(to)) },
          by: 'engine',
          ...(to === null ? {} : { beforeSave: onRecord(on, giftOf(to)) }),
        }),
    'give up': () => (on) => giveUp(on)(slot),
    'thing online': () => connect('connected'),
    reissue: () => (on) =>
      changeSlot(on)({ id: slot, organization, event: { type: 'reissue' }, by: 'thing' }),
  };

  return {
    world,
    slot,
    known,
    /** The verb that brings an event about. */
    actOf: ({ event }: Happening): Act => {
      const act = acts[event.type] as ((event: SlotEvent) => Act) | undefined;
      if (act === undefined) throw new Error(`Nobody brings about a ${event.type} by itself.`);
      return act(event);
    },
    carry: (on: World) => carryOut(on)(slot),
    disconnect: () => connect('disconnected')(world),
    say: (word: Report) => shadows.report(thing, channel, wordThere(word)),
    /** A wish's id follows from its key, and that of what may bring back another from its id. */
    noteWish: (id: string): void => {
      if (isOfGroup) {
        for (const its of [id, fallbackOf(id)]) {
          known.same('id', its, giftIdOf(its));
          known.same('id', `r${its}`, idOfRestore(giftIdOf(its)));
        }
        return;
      }
      const [, uid] = idempotentUids(world.clock, organization, { route, key: id });
      known.same('id', id, deploymentId('', thing, uid));
      known.same('id', `r${id}`, idOfRestore(idOf(id)));
    },
    slotNow: async () => {
      const now = await world.slots.load(slot);
      if (now !== undefined) wakeAt = wakeAtOf(now) ?? wakeAt;
      return now;
    },
    recordOf: async (id: string) => {
      const there = known.thereOf('id', id);
      const record = there === undefined ? undefined : await world.records.load(thing, String(there));
      return record && (record.ended?.phase ?? 'filed');
    },
    shownSeq: (): unknown => (shadows.stateOf(thing, channel)?.target as { seq?: number } | undefined)?.seq,
    isBelievedOnline: async () => (await world.things.load(thing))?.presence.state === 'online',
  };
};

export type RealWorld = Awaited<ReturnType<typeof realWorld>>;
