// Deltas: what shall be different. One is merged into another here; what a delta does to a set is in `set.ts`.
import { isObject, type JsonObject } from '../json.ts';
import { type Action, patched } from './patch.ts';

export interface Changes {
  readonly add: Readonly<Record<string, JsonObject>>;
  readonly remove: readonly string[];
  readonly update: Readonly<Record<string, readonly Action[]>>;
}

export interface Delta {
  readonly modules: Changes;
  readonly shared: readonly Action[];
  readonly workloads?: Changes;
}

/** As it is asked for: all may be missing, and a null says that a module is not to be removed after all. */
export interface AskedChanges {
  readonly add?: Readonly<Record<string, JsonObject | null>> | undefined;
  readonly remove?: readonly string[] | undefined;
  readonly update?: Readonly<Record<string, readonly Action[]>> | undefined;
}

export interface AskedDelta {
  readonly modules?: AskedChanges | undefined;
  readonly shared?: readonly Action[] | undefined;
  readonly workloads?: AskedChanges | undefined;
}

/** What cannot be done, where, and why. */
export interface Misfit {
  readonly module: string;
  readonly reason: string;
  readonly action?: Action;
}

export const isMisfit = (value: object): value is Misfit => 'reason' in value;

export const noChanges: Changes = { add: {}, remove: [], update: {} };
export const emptyDelta: Delta = { modules: noChanges, shared: [] };

// ---- lists of actions

const cancels = ({ op, value }: Action): boolean =>
  op === 'remove' && isObject(value) && value.scope === 'delta';

const isAtOrBelow = (path: string, base: string): boolean => path === base || path.startsWith(`${base}/`);

/** A value that is replaced where it was just put need not be put first. */
const overrides = (next: Action, previous: Action): boolean =>
  next.op === 'replace' &&
  previous.path === next.path &&
  previous.op !== 'remove' &&
  !next.path.endsWith('/-');

export const withActions = (pending: readonly Action[], next: readonly Action[]): readonly Action[] => {
  let actions = [...pending];
  for (const action of next) {
    const previous = actions.at(-1);
    if (cancels(action)) actions = actions.filter(({ path }) => !isAtOrBelow(path, action.path));
    else if (previous !== undefined && overrides(action, previous))
      actions[actions.length - 1] = { ...previous, value: action.value };
    else actions.push(action);
  }
  return actions;
};

// ---- one delta into another

/** What is being worked on: many modules, each changed many times. */
interface Work {
  readonly adds: Map<string, JsonObject>;
  readonly removes: Set<string>;
  readonly updates: Map<string, readonly Action[]>;
}

const remove = ({ adds, removes, updates }: Work, module: string): void => {
  adds.delete(module);
  updates.delete(module);
  removes.add(module);
};

const add = ({ adds, removes, updates }: Work, module: string, body: JsonObject | null): void => {
  if (body === null) {
    removes.delete(module);
    return;
  }
  adds.set(module, body);
  updates.delete(module);
};

/** What is added by the same delta is changed at once. */
const update = ({ adds, updates }: Work, module: string, actions: readonly Action[]): Misfit | undefined => {
  const addition = adds.get(module);
  if (addition === undefined) {
    const left = withActions(updates.get(module) ?? [], actions);
    if (left.length === 0) updates.delete(module);
    else updates.set(module, left);
    return undefined;
  }
  const result = patched(addition, actions);
  if ('reason' in result) return { module, ...result };
  adds.set(module, result.document);
  return undefined;
};

const mergedChanges = (pending: Changes, asked: AskedChanges): Changes | Misfit => {
  const work: Work = {
    adds: new Map(Object.entries(pending.add)),
    removes: new Set(pending.remove),
    updates: new Map(Object.entries(pending.update)),
  };
  for (const module of asked.remove ?? []) remove(work, module);
  for (const [module, body] of Object.entries(asked.add ?? {})) add(work, module, body);
  for (const [module, actions] of Object.entries(asked.update ?? {})) {
    const misfit = update(work, module, actions);
    if (misfit !== undefined) return misfit;
  }
  return {
    add: Object.fromEntries(work.adds),
    remove: [...work.removes],
    update: Object.fromEntries(work.updates),
  };
};

const isEmpty = ({ add, remove, update }: Changes): boolean =>
  Object.keys(add).length + remove.length + Object.keys(update).length === 0;

export const deltaOf = (modules: Changes, shared: readonly Action[], workloads: Changes): Delta => ({
  modules,
  shared,
  ...(isEmpty(workloads) ? {} : { workloads }),
});

export const merged = (pending: Delta, asked: AskedDelta): Delta | Misfit => {
  const modules = mergedChanges(pending.modules, asked.modules ?? {});
  if (isMisfit(modules)) return modules;
  const workloads = mergedChanges(pending.workloads ?? noChanges, asked.workloads ?? {});
  if (isMisfit(workloads)) return workloads;
  return deltaOf(modules, withActions(pending.shared, asked.shared ?? []), workloads);
};

/** One after the other; the first that does not fit ends it, and nothing is merged. */
export const mergedAll = (pending: Delta, asked: readonly AskedDelta[]): Delta | Misfit => {
  let delta = pending;
  for (const next of asked) {
    const result = merged(delta, next);
    if (isMisfit(result)) return result;
    delta = result;
  }
  return delta;
};
