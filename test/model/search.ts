// Breadth first through everything that may happen within the bounds: each state once, by a shortest way to it.
import type { Bounds, Rules } from './bounds.ts';
import { type GlobalModel, globalModel } from './global.ts';
import { type LocalModel, localModel } from './local.ts';
import { type Settled, settle } from './settle.ts';
import { type StateTable, stateTable, width } from './state-table.ts';

export interface Found {
  readonly broken: readonly string[];
  /** What happened, from the beginning; no shorter way leads there. */
  readonly trace: readonly string[];
}

export interface Searched {
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  /** False: the search was ended before everything was seen. */
  readonly isComplete: boolean;
  readonly sizes: ReturnType<LocalModel['sizes']>;
  readonly settled: Settled | undefined;
  readonly violations: readonly Found[];
}

export interface Limits {
  readonly statesMax: number;
}

/** How one gets from a state to the next one of the way. */
const stepName = (
  local: LocalModel,
  { successors }: GlobalModel,
  from: Int32Array,
  to: Int32Array,
): string => {
  let name = '?';
  successors(from, (next, label, device) => {
    const isIt = name === '?' && next.every((value, at) => value === to[at]);
    if (isIt) name = `${local.labelOf(label)}${device === 0 ? '' : ' (the other device)'}`;
  });
  return name;
};

const traceTo = (local: LocalModel, model: GlobalModel, table: StateTable, end: number): string[] => {
  const way: number[] = [];
  for (let number = end; number !== -1; number = table.parentOf(number)) way.push(number);
  way.reverse();
  const [from, to] = [new Int32Array(width), new Int32Array(width)];
  return way.slice(1).map((number, index) => {
    table.read(way[index] ?? 0, from);
    table.read(number, to);
    return stepName(local, model, from, to);
  });
};

export const search = (rules: Rules, bounds: Bounds, { statesMax }: Limits): Searched => {
  const local = localModel(rules, bounds);
  const model = globalModel(local, bounds);
  const table = stateTable();
  const state = new Int32Array(width);
  const violations: Found[] = [];
  let [transitions, depth, levelEnd, current] = [0, 0, 1, 0];

  table.add(model.first(), -1);
  const add = (next: Int32Array): void => {
    transitions += 1;
    table.add(next, current);
  };
  const noteBreaches = (): void => {
    const breaches = [...local.breaches().values()].slice(violations.length);
    for (const { label, broken } of breaches)
      violations.push({ broken, trace: [...traceTo(local, model, table, current), label] });
  };

  for (; current < table.size() && table.size() < statesMax; current += 1) {
    if (current === levelEnd) {
      depth += 1;
      levelEnd = table.size();
    }
    table.read(current, state);
    model.successors(state, add);
    if (local.breaches().size > violations.length) noteBreaches();
    if (violations.length > 0) break;
  }
  const isComplete = current === table.size();
  const settled = violations.length > 0 ? undefined : settle(local, model, table, bounds);
  for (const { state: end, broken } of settled?.violations ?? [])
    violations.push({ broken, trace: traceTo(local, model, table, end) });
  return {
    states: table.size(),
    transitions,
    depth,
    isComplete,
    sizes: local.sizes(),
    settled,
    violations,
  };
};
