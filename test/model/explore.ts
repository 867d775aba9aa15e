// Every order in which the calls of a few processes can arrive, and a death of any of them at any call.
//
// A schedule is a list of choices; each run takes one from the beginning, and the next differs from it in the last choice that has an
// alternative. Of orders that differ only in calls that do not touch each other one is enough (sleep sets: what was tried before is not
// tried again until something that touches it has happened). Nothing is shared between runs, so that a schedule is a story that can be
// told again.
import { quiet, type Running } from './gate.ts';
import type { Dice } from './random.ts';
import { areInOrder, type Touch } from './touches.ts';

/** A world in which everything stands ready. */
export interface Play {
  readonly running: ReadonlyMap<string, Running>;
  /** Comes to rest, and throws where that is not right. */
  readonly finish: (dead: ReadonlySet<string>) => Promise<void>;
}

export interface Explored {
  /** Orders that were gone through to their end. */
  readonly schedules: number;
  readonly isComplete: boolean;
  readonly violation: { readonly message: string; readonly schedule: readonly string[] } | undefined;
}

export interface Effort {
  readonly deaths: number;
  readonly schedulesMax: number;
  /** Goes on after something was broken, for the simplest way to it: the one with the fewest turns. */
  readonly isThorough?: boolean;
  /** Leaves out nothing: to see that what is left out comes to the same. */
  readonly isEveryOrder?: boolean;
}

interface Option {
  readonly name: string;
  readonly who: string;
  /** Undefined: it dies. */
  readonly touch: Touch | undefined;
}

interface Choice extends Option {
  readonly take: () => void;
}

const choicesOf = (running: ReadonlyMap<string, Running>, dead: Set<string>, deaths: number): Choice[] => {
  const alive = [...running].filter(([name, one]) => !dead.has(name) && !one.isOver());
  const goes = alive.flatMap(([who, one]) =>
    one.parked().map(({ name, touch, go }) => ({ name: `${who}: ${name}`, who, touch, take: go })),
  );
  const dies = alive.map(([who]) => ({
    name: `${who}: dies`,
    who,
    touch: undefined,
    take: () => void dead.add(who),
  }));
  return dead.size < deaths ? [...goes, ...dies] : goes;
};

/** Whoever dies makes no further call, and takes the only death that there may be. */
const depend = (one: Option, other: Option): boolean =>
  one.touch === undefined || other.touch === undefined
    ? one.who === other.who || one.touch === other.touch
    : areInOrder(one.touch, other.touch);

interface Fork {
  readonly options: readonly Option[];
  /** Orders that begin with these have been gone through elsewhere. */
  readonly asleep: readonly Option[];
  readonly tried: Option[];
  taken: Option;
}

const isAmong = (options: readonly Option[], { name }: Option): boolean =>
  options.some((one) => one.name === name);

const untried = ({ options, asleep, tried }: Omit<Fork, 'taken'>): Option | undefined =>
  options.find((option) => !isAmong(asleep, option) && !isAmong(tried, option));

const asleepAfter = ({ asleep, tried, taken }: Fork): Option[] =>
  [...asleep, ...tried].filter((option) => !depend(option, taken));

const nobodyAsleep = (): Option[] => [];

type Pick = (choices: readonly Choice[], at: number) => Option | undefined;

/** More choices than that no story has. */
const choicesMax = 600;

interface Run {
  readonly names: readonly string[];
  readonly violation: string | undefined;
  /** False: it was left where it became one that was gone through before. */
  readonly isNew: boolean;
}

const runOnce = async ({ running, finish }: Play, deaths: number, pick: Pick): Promise<Run> => {
  const dead = new Set<string>();
  const names: string[] = [];
  try {
    for (let at = 0; at < choicesMax; at += 1) {
      await quiet();
      const choices = choicesOf(running, dead, deaths);
      if (choices.length === 0 || choices.every(({ touch }) => touch === undefined)) break;
      const picked = pick(choices, at);
      if (picked === undefined) return { names, violation: undefined, isNew: false };
      names.push(picked.name);
      choices.find(({ name }) => name === picked.name)?.take();
    }
    for (const one of running.values()) if (one.fault() !== undefined) throw one.fault();
    await finish(dead);
  } catch (cause) {
    return { names, violation: cause instanceof Error ? cause.message : String(cause), isNew: true };
  }
  return { names, violation: undefined, isNew: true };
};

const turnsIn = (names: readonly string[]): number => {
  const whos = names.map((name) => name.split(':')[0]);
  return whos.filter((who, at) => who !== whos[at - 1]).length;
};

const simpler = (one: Explored['violation'], other: Explored['violation']): Explored['violation'] => {
  if (one === undefined || other === undefined) return one ?? other;
  return turnsIn(other.schedule) < turnsIn(one.schedule) ? other : one;
};

const told = ({ violation, names }: Run): Explored['violation'] =>
  violation === undefined ? undefined : { message: violation, schedule: names };

/** In order, each once. */
export const explore = async (
  set: () => Promise<Play>,
  { deaths, schedulesMax, isThorough = false, isEveryOrder = false }: Effort,
): Promise<Explored> => {
  const sleeping = isEveryOrder ? nobodyAsleep : asleepAfter;
  const way: Fork[] = [];
  let schedules = 0;
  let violation: Explored['violation'];
  const pick: Pick = (choices, at) => {
    const known = way[at];
    if (known !== undefined) return known.taken;
    const before = way[at - 1];
    const fork = { options: choices, asleep: before === undefined ? [] : sleeping(before), tried: [] };
    const taken = untried(fork);
    if (taken !== undefined) way.push({ ...fork, taken });
    return taken;
  };
  for (let runs = 0; runs < schedulesMax; runs += 1) {
    const run = await runOnce(await set(), deaths, pick);
    if (run.isNew) schedules += 1;
    violation = simpler(violation, told(run));
    if (violation !== undefined && !isThorough) return { schedules, isComplete: false, violation };
    for (let last = way.pop(); last !== undefined; last = way.pop()) {
      const fork = { ...last, tried: [...last.tried, last.taken] };
      const next = untried(fork);
      if (next === undefined) continue;
      way.push({ ...fork, taken: next });
      break;
    }
    if (way.length === 0) return { schedules, isComplete: true, violation };
  }
  return { schedules, isComplete: false, violation };
};

/** Some of them, by chance: where there are too many, the first ones are all alike. */
export const sample = async (
  set: () => Promise<Play>,
  { deaths, schedulesMax }: Effort,
  dice: Dice,
): Promise<Explored> => {
  /** As often as a call of anybody: otherwise most would die young. */
  const likely = ({ touch }: Choice): boolean => touch !== undefined || dice.isHit(0.1);
  const pick: Pick = (choices) => {
    const open = choices.filter(likely);
    return dice.oneOf(open.length === 0 ? choices : open);
  };
  for (let schedules = 1; schedules <= schedulesMax; schedules += 1) {
    const run = await runOnce(await set(), deaths, pick);
    if (run.violation !== undefined) return { schedules, isComplete: false, violation: told(run) };
  }
  return { schedules: schedulesMax, isComplete: false, violation: undefined };
};

/** All of them, if there are no more than that; otherwise half of the effort goes to chance. */
export const exploreOrSample = async (
  set: () => Promise<Play>,
  { deaths, schedulesMax }: Effort,
  dice: Dice,
): Promise<Explored> => {
  const half = { deaths, schedulesMax: Math.ceil(schedulesMax / 2) };
  const explored = await explore(set, half);
  if (explored.isComplete || explored.violation !== undefined) return explored;
  const drawn = await sample(set, half, dice);
  return { ...drawn, schedules: explored.schedules + drawn.schedules };
};
