// From every state that was reached, what follows when no more faults come: it must end at rest, and well.
import type { Bounds } from './bounds.ts';
import type { GlobalModel } from './global.ts';
import { broken, ofRest } from './invariants.ts';
import type { LocalModel } from './local.ts';
import { type StateTable, width } from './state-table.ts';

/** More steps than that nothing needs. */
const stepsMax = 20_000;

export interface Settled {
  readonly states: number;
  /** Longest way to rest that was walked at one go. */
  readonly stepsMost: number;
  readonly violations: readonly { readonly state: number; readonly broken: readonly string[] }[];
}

const marks = { unknown: 0, settles: 1, onTheWay: 2 } as const;

export const neverSettles = 'from every state a fair continuation comes to rest';

export const settle = (
  local: LocalModel,
  { fairSuccessor }: GlobalModel,
  table: StateTable,
  { devices }: Bounds,
): Settled => {
  const mark = new Uint8Array(table.size());
  const state = new Int32Array(width);
  const violations: Settled['violations'][number][] = [];
  const restBreaks = new Map<number, readonly string[]>();
  let stepsMost = 0;

  const isKnown = (number: number): number => (number === -1 ? marks.unknown : (mark[number] ?? 0));

  const breaksAtRest = (cell: number): readonly string[] => {
    const known = restBreaks.get(cell);
    if (known !== undefined) return known;
    const { slot, device } = local.cellOf(cell);
    const names = broken(ofRest, { slot, inForce: device.applied ?? undefined });
    restBreaks.set(cell, names);
    return names;
  };
  const restOf = (): readonly string[] => {
    const names: string[] = [];
    for (let device = 0; device < devices; device += 1) names.push(...breaksAtRest(state[device] ?? 0));
    return names;
  };

  /** What is wrong at the end of the way from here. */
  const walk = (from: number): readonly string[] => {
    table.read(from, state);
    const way: number[] = [];
    let steps = 0;
    let verdict: readonly string[] = [neverSettles];
    for (let here = from; steps < stepsMax; here = table.find(state)) {
      const known = isKnown(here);
      if (known === marks.settles) verdict = [];
      if (known !== marks.unknown) break;
      if (here !== -1) {
        mark[here] = marks.onTheWay;
        way.push(here);
      }
      if (!fairSuccessor(state, (next) => state.set(next))) {
        verdict = restOf();
        break;
      }
      steps += 1;
    }
    stepsMost = Math.max(stepsMost, steps);
    for (const number of way) mark[number] = marks.settles;
    return verdict;
  };

  for (let number = 0; number < table.size(); number += 1) {
    if (mark[number] !== marks.unknown) continue;
    const names = walk(number);
    if (names.length > 0) violations.push({ state: number, broken: names });
    if (violations.length >= 10) break;
  }
  return { states: table.size(), stepsMost, violations };
};
