// Weeks of the whole system in virtual time: people, doors, workers, sweeper, shadows and devices, with everything going wrong that can.

import type { Result } from '#device/result';
import type { Current } from '#device/shadow';
import type { SlotId } from '#domain/slot';
import { carryOut } from '#engine/carry-out';
import { changeSlot } from '#engine/change-slot';
import { giveUp, redrive } from '#engine/hand-over';
import type { World } from '#engine/ports';
import { registerThing } from '#engine/register-thing';
import { sweepOverdue } from '#engine/sweep-overdue';
import { type LifecycleEvent, takePresence } from '#engine/take-presence';
import { takeReport } from '#engine/take-report';
import { takeResult } from '#engine/take-result';
import { granted } from '#test/engine/given';
import { broken as breaks, ofRest, Violation } from '#test/model/invariants';
import type { Dice } from '#test/model/random';
import { type Badness, badWorld } from './bad-world.ts';
import { cloud } from './cloud.ts';
import { type SimulatedDevice, simulatedDevice } from './device.ts';
import { doors } from './doors.ts';
import { fleetWorkers } from './fleet-workers.ts';
import { broken, type FloorPerson, floorPerson, openFloor } from './fleets.ts';
import { type Owned, type People, people } from './people.ts';
import { day, diceOf, hour, minute, type Plan, poisoned, second, type Trouble, tally } from './plan.ts';
import { badQueue } from './queue.ts';
import { openShops } from './shops.ts';
import { timeline as newTimeline } from './timeline.ts';

const start = Date.UTC(2026, 0, 1);
const organizations = ['acme', 'globex', 'initech'] as const;
/** After the faults have stopped; the longest wait for a device that nobody hears of is a day. */
const settleDaysMax = 6;

type Word =
  | { readonly kind: 'report'; readonly id: SlotId; readonly word: Current }
  | { readonly kind: 'result'; readonly thing: string; readonly result: Result }
  | { readonly kind: 'presence'; readonly event: LifecycleEvent };

export interface Simulated {
  readonly violation:
    | { readonly message: string; readonly device: number | undefined; readonly at: number }
    | undefined;
  readonly ends: ReadonlyMap<string, number>;
  readonly faults: ReadonlyMap<Trouble, number>;
  /** By how they ended. */
  readonly rollouts: ReadonlyMap<string, number>;
  /** Of devices, by what became of them. */
  readonly parts: ReadonlyMap<string, number>;
  readonly deployments: number;
  readonly saves: number;
  readonly events: number;
  readonly virtualMs: number;
  /** Of everything that happened, in its order: the same for the same plan. */
  readonly history: string;
  /** Of the device that the violation is about: what happened, in its order. */
  readonly trace: readonly string[];
  readonly wishes: readonly string[];
}

interface Member {
  readonly owned: Owned;
  readonly dice: Dice;
  readonly device: SimulatedDevice;
  readonly person: People;
}

export const simulate = async (plan: Plan): Promise<Simulated> => {
  const timeline = newTimeline(start);
  const counts = tally();
  let isBad = false;
  const badness: Badness = { timeline, tally: counts, isOn: () => isBad, listing: new Map() };
  const members = new Map<string, Member>();
  const lines = new Map<string, string[]>();
  const made: string[] = [];
  const engineDice = diceOf(plan, -1);
  const sweeperDice = diceOf(plan, -2);
  /** Revisions. */
  const cannotBeApplied = new Set<string>();
  const floors: FloorPerson[] = [];
  let misread: unknown;

  const diceFor = (thing: string): Dice => members.get(thing)?.dice ?? engineDice;
  const note = (thing: string, line: string): void => {
    lines.set(thing, [...(lines.get(thing) ?? []), line].slice(-200));
  };

  const { world, shadows, ...watched } = cloud(plan, timeline, {
    wasHeard: ({ thing, channel }, seq, revision) =>
      members.get(thing)?.device.wasHeard(channel, seq, revision) ?? false,
    send: (id) => transitions.send(diceFor(id.thing), id),
    onLine: ({ thing }, line) => note(thing, line),
    fanOut: (message, delayMs) => fleets.send(message, delayMs),
    onRollout: ({ about, revision }) => {
      if (about.comment === broken) cannotBeApplied.add(revision);
    },
  });
  const through = (thing: string): World => badWorld(badness, diceFor(thing), world);

  const fleets = fleetWorkers(badness, world, diceOf(plan, -3));

  // ---- workers

  const transitions = badQueue<SlotId>(badness, async (id) => {
    if (isBad && diceFor(id.thing).isHit(poisoned)) {
      counts.add('messages given up');
      await giveUp(world)(id);
      return;
    }
    await carryOut(through(id.thing))(id);
  });
  /** As if a word on any target were one on the newest. */
  const unfenced = (id: SlotId, word: Current): Current => {
    const target = watched.latest().get(`${id.thing}/${id.channel}`)?.target;
    return plan.sabotage === 'words without a fence' && target?.revision != null
      ? { ...word, seq: target.seq, manifest: target.revision }
      : word;
  };
  const takers: {
    readonly [Kind in Word['kind']]: (word: Extract<Word, { kind: Kind }>) => Promise<unknown>;
  } = {
    report: ({ id, word }) => takeReport(through(id.thing))(id, unfenced(id, word)),
    result: ({ thing, result }) => takeResult(through(thing))(thing, result),
    presence: ({ event }) => takePresence(through(event.thing))(event),
  };
  const words = badQueue<Word>(badness, async (word) => {
    await (takers[word.kind] as (word: Word) => Promise<unknown>)(word);
  });
  const sweep = (): void => {
    if (watched.isAnyDue(timeline.now()))
      void sweepOverdue(badWorld(badness, sweeperDice, world))().catch(() => undefined);
    if (watched.books.isAnyDue(timeline.now())) fleets.sweep(sweeperDice);
    timeline.after(minute, sweep);
  };
  const operate = (): void => {
    for (const { id, waiting } of watched.latest().values())
      if (waiting?.for === 'operator') void redrive(world)(id);
    fleets.redrive(watched.books.held());
    timeline.after(6 * hour, operate);
  };
  shadows.onWrite(({ thing, channel }) => members.get(thing)?.device.delta(channel));

  // ---- who takes part

  const door = doors(badness, world);
  const reissue = async (thing: string, channel: SlotId['channel'], organization: string): Promise<void> => {
    for (let isDone = false; !isDone; ) {
      const event = { type: 'reissue' } as const;
      const change = { id: { thing, channel }, organization, event, by: 'thing' };
      isDone = await Promise.race([
        changeSlot(through(thing))(change).then(
          () => true,
          () => false,
        ),
        timeline.sleep(30 * second).then(() => false),
      ]);
    }
  };

  const join = (owned: Owned, dice: Dice, shopOf: Parameters<typeof people>[0]['shopOf']): Member => {
    const { thing, kind, organization } = owned;
    const channel = kind === 'device' ? 'release' : 'software';
    const device = simulatedDevice(
      {
        timeline,
        tally: counts,
        isBad: () => isBad,
        shown: (of) => shadows.stateOf(thing, of)?.target,
        say: (of, word) => {
          note(thing, `${timeline.now()} device: ${word.state} ${word.seq} (attempt ${word.attempt})`);
          shadows.report(thing, of, word);
          words.send(dice, { kind: 'report', id: { thing, channel: of }, word });
        },
        give: (result) => words.send(dice, { kind: 'result', thing, result }),
        tellPresence: (eventType, versionNumber, at) =>
          words.send(dice, { kind: 'presence', event: { thing, eventType, versionNumber, at } }),
        isBroken: (revision) => cannotBeApplied.has(revision),
        startAnew: async () => {
          for (const its of [channel, 'environment'] as const) await reissue(thing, its, organization);
        },
      },
      dice,
    );
    const person = people(
      {
        timeline,
        doors: door,
        shopOf,
        isBad: () => isBad,
        isLeftOut: (wish) => plan.without?.has(wish) === true,
        phaseOf: (id) => {
          const slot = watched.latest().get(`${thing}/${channel}`);
          const live = [...(slot?.live ?? []), ...(slot?.leaving ?? [])].find((one) => one.id === id);
          const ended = watched.stateOf(id);
          return live?.phase ?? (ended === 'filed' ? undefined : ended);
        },
        note: (line) => {
          made.push(line.split(' ')[1]?.replace(':', '') ?? '');
          note(thing, `${timeline.now()} ${line}`);
        },
      },
      owned,
      dice,
    );
    const member = { owned, dice, device, person };
    members.set(thing, member);
    return member;
  };

  const openFloorOf = async (organization: string, all: readonly Member[]): Promise<FloorPerson> => {
    const mine = all.filter(({ owned }) => owned.organization === organization && owned.kind === 'device');
    const floor = { organization, labels: mine.map(({ owned }) => `robot-${owned.number}`) };
    await openFloor(door, floor);
    return floorPerson(
      {
        timeline,
        doors: door,
        isBad: () => isBad,
        isLeftOut: (wish) => plan.without?.has(wish) === true,
        note: (line) => made.push(line.split(' ')[1]?.replace(':', '') ?? ''),
        watch: (reading) => {
          reading.catch((cause: unknown) => {
            misread ??= cause;
          });
        },
        told: {
          ask: door.ask,
          books: watched.books,
          slotOf: (thing) => watched.latest().get(`${thing}/environment`),
        },
        thingOf: (label) => mine.find(({ owned }) => label === `robot-${owned.number}`)?.owned.thing ?? '',
        alarm: fleets.alarm,
      },
      floor,
      diceOf(plan, -10 - organizations.indexOf(organization as 'acme')),
    );
  };

  const register = async (number: number): Promise<Owned> => {
    const organization = organizations[number % organizations.length] ?? 'acme';
    const kind = number % 5 < 3 ? 'device' : 'server';
    if (kind === 'server') {
      const { body } = await door.ask({
        organization,
        dialect: 'heat',
        request: `POST /v1/${organization}/servers/server%20${number}/activation_token`,
      });
      return {
        number,
        organization,
        kind,
        thing: String(body.token).slice('sat_'.length, 'sat_'.length + 16),
      };
    }
    const label = `robot-${number}`;
    const thing = granted(await registerThing(world)({ organization, roster: 'devices', label }));
    return { number, organization, kind, thing: thing.name };
  };

  // ---- the end

  const restBreaks = (): string[] => [
    ...slotBreaks(),
    ...watched.books.breaksAtRest([...watched.latest().values()]),
  ];
  const slotBreaks = (): string[] =>
    [...watched.latest().values()].flatMap((slot) => {
      const inForce = members.get(slot.id.thing)?.device.inForce(slot.id.channel);
      return breaks(ofRest, { slot, inForce }).map((name) => `${name}: ${slot.id.thing}`);
    });

  const recount = async (): Promise<void> => {
    for (const organization of organizations) {
      const list = (offset: number) =>
        door.ask({
          organization,
          dialect: 'miru',
          request: `GET /beta/deployments?expand=total_count&limit=100&offset=${offset}`,
        });
      const told = (await list(0)).body.total_count;
      let recounted = 0;
      for (let page = await list(0); page.body.data.length > 0; page = await list(recounted))
        recounted += page.body.data.length;
      if (told !== recounted) throw new Violation(`counters equal a recount: ${told}, ${recounted}`);
    }
    for (const floor of floors) await floor.read();
    for (const { owned, person } of members.values()) {
      const stranger = organizations.find((name) => name !== owned.organization) ?? '';
      for (const id of person.ids().slice(-3)) await person.read(id, stranger);
    }
  };

  const numberIn = (message: string): number | undefined => {
    for (const [thing, { owned }] of members) if (message.includes(thing)) return owned.number;
    return undefined;
  };

  const run = async (): Promise<void> => {
    const numbers = plan.only ?? Array.from({ length: plan.devices }, (_, number) => number);
    const shops = await openShops(door, organizations);
    const all = [];
    for (const number of numbers)
      all.push(join(await register(number), diceOf(plan, number), (of) => shops(of)));
    for (const organization of organizations) floors.push(await openFloorOf(organization, all));
    isBad = true;
    for (const floor of floors) floor.live();
    for (const { device, person } of all) {
      device.live();
      person.live();
    }
    sweep();
    operate();
    const end = start + plan.days * day;
    const check = (): void => {
      const cause = watched.violation() ?? misread;
      if (cause !== undefined) throw cause;
    };
    while (timeline.now() < end) {
      await timeline.runUntil(Math.min(end, timeline.now() + hour));
      check();
    }
    isBad = false;
    const last = end + settleDaysMax * day;
    do {
      for (const { device } of all) device.connect();
      for (const floor of floors) await floor.letGo();
      await timeline.runUntil(timeline.now() + 6 * hour);
      check();
    } while (restBreaks().length > 0 && timeline.now() < last);
    const [first] = restBreaks();
    if (first !== undefined) throw new Violation(first);
    await recount();
  };

  let violation: Simulated['violation'];
  try {
    await run();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    if (!(cause instanceof Violation)) throw cause;
    violation = { message, device: numberIn(message), at: timeline.now() };
  }
  const ends = new Map<string, number>();
  const phases = new Map<string, string>(watched.records());
  for (const slot of watched.latest().values()) for (const { id, phase } of slot.live) phases.set(id, phase);
  for (const phase of phases.values()) ends.set(phase, (ends.get(phase) ?? 0) + 1);
  const [rolloutEnds, partEnds] = [new Map<string, number>(), new Map<string, number>()];
  const count = (into: Map<string, number>, name: string) => into.set(name, (into.get(name) ?? 0) + 1);
  for (const { id, end, phase } of watched.books.rollouts()) {
    count(rolloutEnds, end === null ? phase : (end.failure?.code ?? end.status));
    for (const { mark } of watched.books.partsOf(id)) count(partEnds, mark ?? 'not exposed');
  }
  const culprit = [...members.values()].find(({ owned }) => owned.number === violation?.device);
  return {
    violation,
    ends,
    faults: counts.counts(),
    rollouts: rolloutEnds,
    parts: partEnds,
    deployments: phases.size,
    saves: watched.saves(),
    events: timeline.happened(),
    virtualMs: timeline.now() - start,
    history: watched.history(),
    trace: lines.get(culprit?.owned.thing ?? '') ?? [],
    wishes: made,
  };
};
