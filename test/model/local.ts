// What one device and one process may do next, numbered: every cell and every process gets a number, and its steps are worked out once.
import type { Slot } from '#domain/slot';
import type { Bounds, Rules } from './bounds.ts';
import { type Cell, cellKey, freshCell } from './cell.ts';
import { deciding } from './deciding.ts';
import { deviceSteps, mishapsOf } from './device.ts';
import { broken, ofThings } from './invariants.ts';
import { type Process, processSteps, staleAfterSave, type Verbs } from './process.ts';
import { fairStart, starts } from './starts.ts';
import type { Step } from './step.ts';

/** Equal values have one number, from 0. */
export const numbered = <Value>(keyOf: (value: Value) => string) => {
  const numbers = new Map<string, number>();
  const values: Value[] = [];
  return {
    numberOf: (value: Value): number => {
      const key = keyOf(value);
      const known = numbers.get(key);
      if (known !== undefined) return known;
      numbers.set(key, values.length);
      return values.push(value) - 1;
    },
    valueOf: (number: number): Value => {
      const value = values[number];
      if (value === undefined) throw new Error(`There is no number ${number}.`);
      return value;
    },
    size: () => values.length,
  };
};

export const flags = { saves: 1, wishes: 2 } as const;

/** Of each step: cell, process (0: none), flags, label. */
export const stepWidth = 4;

export interface Breach {
  readonly label: string;
  readonly broken: readonly string[];
}

/** What a process is about, for whoever reads a trace. */
const story = ({ changing, finds, carrying }: Process): string => {
  if (carrying !== undefined) return 'carry out';
  if (changing === undefined) return `answer about ${finds}`;
  const { event } = changing;
  if (event.type === 'report') return `report on ${event.report.seq}`;
  if ('deployment' in event) return `${event.type} ${event.deployment.id}`;
  return 'id' in event ? `${event.type} ${event.id}` : event.type;
};

const told = (process: Process, steps: readonly Step[]): Step[] =>
  steps.map((step) => ({ ...step, label: `${story(process)}: ${step.label}` }));

export const localModel = (rules: Rules, bounds: Bounds) => {
  const slots = numbered<Slot>((slot) => JSON.stringify(slot));
  const names = new WeakMap<Slot, number>();
  const slotName = (slot: Slot): number => {
    const known = names.get(slot);
    if (known !== undefined) return known;
    const number = slots.numberOf(slot);
    names.set(slot, number);
    return number;
  };
  const verbs: Verbs = { rules, bounds, decide: deciding(rules, slotName) };
  const cells = numbered<Cell>((cell) => cellKey(cell, slotName));
  const processKey = ({ loaded, carrying, ...process }: Process): string =>
    JSON.stringify([
      process,
      loaded && slotName(loaded),
      carrying && [slotName(carrying.slot), carrying.online, carrying.shownSeq],
    ]);
  const processes = numbered<Process | null>((process) => (process === null ? '' : processKey(process)));
  const labels = numbered<string>((label) => label);
  const nobody = processes.numberOf(null);
  const breaches = new Map<string, Breach>();

  const noteBreach = (from: Cell, step: Step): void => {
    const things = broken(ofThings, {
      before: step.cell.losses > from.losses ? -1 : from.device.fence,
      after: step.cell.device.fence,
      runs: new Map(),
    });
    const names = [...(step.broken ?? []), ...things];
    for (const name of names)
      if (!breaches.has(name)) breaches.set(name, { label: step.label, broken: [name] });
  };

  const pack = (from: Cell, steps: readonly Step[]): Int32Array => {
    const packed = new Int32Array(steps.length * stepWidth);
    for (const [index, step] of steps.entries()) {
      noteBreach(from, step);
      packed[index * stepWidth] = cells.numberOf(step.cell);
      packed[index * stepWidth + 1] = step.process === undefined ? nobody : processes.numberOf(step.process);
      packed[index * stepWidth + 2] =
        (step.saved === true ? flags.saves : 0) | (step.wishes === true ? flags.wishes : 0);
      packed[index * stepWidth + 3] = labels.numberOf(step.label);
    }
    return packed;
  };

  const cached = <Answer>(ask: (cell: number) => Answer) => {
    const known: Answer[] = [];
    return (cell: number): Answer => {
      known[cell] ??= ask(cell);
      return known[cell] as Answer;
    };
  };

  const pairs = new Map<number, Int32Array>();
  /** The last activation that there is room for must come to its end, or the device would stay without one. */
  const mayDie = (cell: Cell, { changing }: Process): boolean =>
    bounds.crashes && (changing?.next !== 'activated' || cell.losses < bounds.losses);
  const dying = (cell: Cell, who: Process): Step[] =>
    mayDie(cell, who) ? [{ label: 'dies', cell, process: undefined }] : [];
  /** The first is what happens when nothing goes wrong. */
  const stepsOf = (cell: number, process: number): Int32Array => {
    const key = cell * 2 ** 24 + process;
    const known = pairs.get(key);
    if (known !== undefined) return known;
    const [here, who] = [cells.valueOf(cell), processes.valueOf(process)];
    const steps = who === null ? [] : told(who, [...processSteps(verbs, here, who), ...dying(here, who)]);
    const packed = pack(here, steps);
    pairs.set(key, packed);
    return packed;
  };

  return {
    verbs,
    first: () => cells.numberOf(freshCell(bounds)),
    nobody,
    cellOf: cells.valueOf,
    processOf: processes.valueOf,
    labelOf: labels.valueOf,
    wishesOf: cached((cell) => Object.keys(cells.valueOf(cell).wished).length),
    /** What a device does, and what befalls it. */
    surroundings: cached((cell) => {
      const here = cells.valueOf(cell);
      return pack(here, [...deviceSteps(rules, bounds, here), ...mishapsOf(bounds, here)]);
    }),
    startsOf: cached((cell) => pack(cells.valueOf(cell), starts(verbs, cells.valueOf(cell)))),
    fairStartOf: cached((cell) => {
      const step = fairStart(verbs, cells.valueOf(cell));
      return pack(cells.valueOf(cell), step === undefined ? [] : [step]);
    }),
    stepsOf,
    staleOf: cached((process) => {
      const who = processes.valueOf(process);
      return who === null ? nobody : processes.numberOf(staleAfterSave(who));
    }),
    breaches: (): ReadonlyMap<string, Breach> => breaches,
    sizes: () => ({
      cells: cells.size(),
      processes: processes.size(),
      slots: slots.size(),
      pairs: pairs.size,
    }),
  };
};

export type LocalModel = ReturnType<typeof localModel>;
