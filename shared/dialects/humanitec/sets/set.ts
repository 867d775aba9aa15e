// Sets: what an environment shall be. They never change; a delta applied to one makes another, named by its content.
import { createHash } from 'node:crypto';
import { canonicalJson } from '#engine/seal';
import { type Json, type JsonObject, own } from '../json.ts';
import { type Changes, type Delta, deltaOf, type Misfit, noChanges } from './delta.ts';
import { type Action, difference, patched } from './patch.ts';

export interface DeploymentSet {
  readonly modules: Readonly<Record<string, JsonObject>>;
  readonly shared: JsonObject;
  readonly workloads?: Readonly<Record<string, JsonObject>>;
}

type Modules = DeploymentSet['modules'];

export const emptySet: DeploymentSet = { modules: {}, shared: {} };

/** 43 characters, as many as a hash has; clients write fewer. */
export const emptySetId = '0'.repeat(43);
export const isEmptySetId = (id: string): boolean => /^0+$/.test(id);

/** RFC 8785: equal sets have equal text, and so equal ids. */
export const setText = ({ modules, shared, workloads }: DeploymentSet): string =>
  canonicalJson({ modules, shared, ...(workloads === undefined ? {} : { workloads }) });

const emptyText = setText(emptySet);

export const setIdOf = (text: string): string =>
  text === emptyText ? emptySetId : createHash('sha256').update(text).digest('base64url');

// ---- a delta on top of a set: removes, adds, updates, and then what is shared

/** Modules may have any name, `reason` too: they come wrapped. */
const changed = (
  before: Modules,
  { add, remove, update }: Changes,
): { readonly modules: Modules } | Misfit => {
  const modules = new Map(Object.entries(before));
  for (const module of remove) modules.delete(module);
  for (const [module, body] of Object.entries(add)) modules.set(module, body);
  for (const [module, actions] of Object.entries(update)) {
    const body = modules.get(module);
    if (body === undefined) return { module, reason: 'there is no such module' };
    const result = patched(body, actions);
    if ('reason' in result) return { module, ...result };
    modules.set(module, result.document);
  }
  return { modules: Object.fromEntries(modules) };
};

const setOf = (modules: Modules, shared: JsonObject, workloads: Modules): DeploymentSet => ({
  modules,
  shared,
  ...(Object.keys(workloads).length === 0 ? {} : { workloads }),
});

export const applied = (set: DeploymentSet, delta: Delta): DeploymentSet | Misfit => {
  const modules = changed(set.modules, delta.modules);
  if ('reason' in modules) return modules;
  const workloads = changed(set.workloads ?? {}, delta.workloads ?? noChanges);
  if ('reason' in workloads) return workloads;
  const shared = patched(set.shared, delta.shared);
  if ('reason' in shared) return { module: 'shared', ...shared };
  return setOf(modules.modules, shared.document, workloads.modules);
};

// ---- what is different

const equal = (one: Json, other: Json): boolean => canonicalJson(one) === canonicalJson(other);

const changesBetween = (to: Modules, from: Modules): Changes => {
  const entries = Object.entries(to);
  const updates = entries.flatMap(([module, body]): [string, Action[]][] => {
    const before = own(from, module);
    const actions = before === undefined ? [] : difference(body, before, equal);
    return actions.length === 0 ? [] : [[module, actions]];
  });
  return {
    add: Object.fromEntries(entries.filter(([module]) => !Object.hasOwn(from, module))),
    remove: Object.keys(from).filter((module) => !Object.hasOwn(to, module)),
    update: Object.fromEntries(updates),
  };
};

/** The delta which, applied to `from`, makes `to`. */
export const diff = (to: DeploymentSet, from: DeploymentSet): Delta =>
  deltaOf(
    changesBetween(to.modules, from.modules),
    difference(to.shared, from.shared, equal),
    changesBetween(to.workloads ?? {}, from.workloads ?? {}),
  );
