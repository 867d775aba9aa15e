// Plays a random trace of the model with the engine's own verbs, and holds the two to be the same world after every step.
import type { Bounds } from './bounds.ts';
import { type Cell, freshCell, wordKey } from './cell.ts';
import { deciding } from './deciding.ts';
import { deviceSteps, mishapsOf } from './device.ts';
import { quiet, type Running, start } from './gate.ts';
import { compare } from './likeness.ts';
import { numbered } from './local.ts';
import { type Place, type Process, processSteps, staleAfterSave, type Verbs } from './process.ts';
import type { Dice } from './random.ts';
import { asHere, asThere, type RealWorld, realWorld } from './real.ts';
import { rules } from './rules.ts';
import { starts } from './starts.ts';
import type { Step } from './step.ts';

/** The calls that the engine stands before, where the model says that a process is. */
const callsAt: Readonly<Record<Exclude<Place, 'settle' | 'after'>, readonly string[]>> = {
  load: ['slots.load'],
  save: ['slots.save'],
  'find record': ['records.load', 'slots.load'],
  'find slot': ['slots.load'],
  'find again': ['records.load'],
  know: ['things.save'],
  'make sure': ['shadows.read'],
  'ask presence': ['things.load'],
  'read shadow': ['shadows.read'],
  'write shadow': ['shadows.write'],
  'look after': ['slots.load'],
  'load again': ['slots.load'],
};

/** Of calls that go out together, by the name that the model has for them. */
const callOf: Readonly<Record<string, string>> = {
  file: 'records.file',
  'settle leaving': 'records.loadMany',
  'file restores': 'records.load',
  'write ends': 'records.end',
  send: 'transitions.send',
};

/** Calls that belong to the step before them. */
const ridersOf: Readonly<Record<string, string>> = {
  'settle leaving': 'records.end',
  'file restores': 'records.file',
};

const expectedAt = ({ at, pending = [] }: Process): string[] =>
  [...(at === 'settle' || at === 'after' ? pending.map((name) => callOf[name] ?? name) : callsAt[at])].sort();

const callsOf = (running: Running): string[] => [...new Set(running.parked().map(({ call }) => call))].sort();

const letGo = async (running: Running, call: string): Promise<void> => {
  for (const one of running.parked()) if (one.call === call) one.go();
  await quiet();
};

/** Marks and lists of groups are no part of a slot: they are asked of the interleavings. */
const aside = ['deliveries', 'members'] as const;

interface Actor {
  readonly process: Process;
  readonly running: Running;
}

const isWhereItShouldBe = ({ process, running }: Actor): boolean =>
  callsOf(running).join() === expectedAt(process).join();

const demand = (actor: Actor, after: string): void => {
  if (!isWhereItShouldBe(actor))
    throw new Error(
      `After "${after}" the engine stands before ${callsOf(actor.running)}, the model before ${expectedAt(actor.process)}.`,
    );
};

/** More reads than this nobody makes before the first that counts. */
const readsBeforeMax = 8;

/** A verb may read a thing or two before what the model begins with. */
const arrive = async (actor: Actor, label: string): Promise<void> => {
  await quiet();
  for (let reads = 0; reads < readsBeforeMax && !isWhereItShouldBe(actor); reads += 1)
    for (const call of callsOf(actor.running)) await letGo(actor.running, call);
  demand(actor, label);
};

const runOut = async (running: Running, label: string): Promise<void> => {
  for (let reads = 0; reads < readsBeforeMax && !running.isOver(); reads += 1) {
    for (const call of callsOf(running)) await letGo(running, call);
    await quiet();
  }
  if (!running.isOver()) throw new Error(`After "${label}" the engine goes on, and the model does not.`);
};

const holdAlike = async (real: RealWorld, cell: Cell, label: string): Promise<void> => {
  const slot = await real.slotNow();
  if ((slot === undefined) !== (cell.slot.version === 0)) throw new Error(`${label}: one has a slot.`);
  if (slot !== undefined) compare(real.known, label, asHere(cell.slot), asThere(slot));
  for (const id of Object.keys(cell.records)) {
    const there = await real.recordOf(id);
    if (there !== cell.records[id])
      throw new Error(`${label}: ${id} is ${cell.records[id]}, there ${there}.`);
  }
  const shown = real.shownSeq();
  if (cell.shown !== null) real.known.same('seq', cell.shown.seq, Number(shown));
  else if (shown !== undefined) throw new Error(`${label}: a shadow shows ${shown}.`);
  if ((await real.isBelievedOnline()) !== cell.believedOnline) throw new Error(`${label}: presence differs.`);
};

interface Choice {
  readonly step: Step;
  readonly actor?: Actor;
}

export interface Replayed {
  readonly steps: number;
  readonly labels: readonly string[];
}

/** Throws, with what had happened until then, where the two differ. */
export const replay = async (bounds: Bounds, dice: Dice, stepsMax: number): Promise<Replayed> => {
  const slots = numbered<Cell['slot']>((slot) => JSON.stringify(slot));
  const verbs: Verbs = { rules, bounds, decide: deciding(rules, slots.numberOf) };
  const real = await realWorld(bounds);
  const labels: string[] = [];
  let cell = freshCell(bounds);
  let actors: readonly Actor[] = [];

  const choices = (): Choice[] => [
    ...[...deviceSteps(rules, bounds, cell), ...mishapsOf(bounds, cell)].map((step) => ({ step })),
    ...(actors.length < bounds.workers
      ? starts(verbs, cell)
          .filter(({ wishes }) => wishes !== true || Object.keys(cell.wished).length < bounds.deployments)
          .map((step) => ({ step }))
      : []),
    ...actors.flatMap((actor) =>
      // Whoever is under way is as likely to go on as all the rest together.
      Array.from({ length: 4 }, () => processSteps(verbs, cell, actor.process))
        .flat()
        .map((step) => ({ step, actor })),
    ),
    ...(bounds.crashes ? actors.map((actor) => ({ step: { label: 'dies', cell }, actor })) : []),
  ];

  const mirror = (before: Cell): void => {
    const { reported } = cell;
    if (reported !== null && (before.reported === null || wordKey(reported) !== wordKey(before.reported)))
      real.say(reported);
    for (const id of Object.keys(cell.wished)) if (!(id in before.wished)) real.noteWish(id);
  };

  const begin = async ({ label, process, begins }: Step): Promise<void> => {
    if (begins === undefined) return;
    const running = start(real.world, begins === 'carry' ? real.carry : real.actOf(begins), aside);
    if (process === undefined) return runOut(running, label);
    const actor = { process, running };
    // Its own look at the slot comes first, and may be followed by another that counts.
    if (begins === 'carry') await letGo(running, 'slots.load');
    await arrive(actor, label);
    actors = [...actors, actor];
  };

  const goOn = async (actor: Actor, { label, process }: Step): Promise<void> => {
    const others = actors.filter((other) => other !== actor);
    actors = others;
    if (label === 'dies') return;
    const { running } = actor;
    await letGo(running, callOf[label] ?? callsAt[label as keyof typeof callsAt][0] ?? '');
    const rider = ridersOf[label];
    if (rider !== undefined) await letGo(running, rider);
    if (process === undefined) {
      await quiet();
      // A worker whose write comes back a changed slot, or a client's last read: nothing is left to be called.
      return runOut(running, label);
    }
    const next = { process, running };
    demand(next, label);
    actors = [...others, next];
  };

  const take = async ({ step, actor }: Choice): Promise<void> => {
    const before = cell;
    labels.push(step.label);
    if (step.label === 'the cloud hears that it is offline') await real.disconnect();
    cell = step.cell;
    mirror(before);
    if (step.saved === true)
      actors = actors.map((one) => (one === actor ? one : { ...one, process: staleAfterSave(one.process) }));
    if (actor !== undefined) await goOn(actor, step);
    else await begin(step);
    await holdAlike(real, cell, step.label);
  };

  for (let steps = 0; steps < stepsMax; steps += 1) {
    const possible = choices();
    if (possible.length === 0) break;
    try {
      await take(dice.oneOf(possible));
    } catch (cause) {
      throw new Error(`The model and the engine differ after: ${labels.join(' | ')}`, { cause });
    }
  }
  return { steps: labels.length, labels };
};
