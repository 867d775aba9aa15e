// The part of JSON Patch that Humanitec has: add, remove and replace, and a remove of what is not there does nothing.
import { pointerSegments } from '@hyperjump/json-pointer';
import { isObject, type Json, type JsonObject, own } from '../json.ts';

export interface Action {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  readonly value?: Json | undefined;
  readonly from?: string | undefined;
}

/** An action that cannot be done, and why. */
export interface Failure {
  readonly action: Action;
  readonly reason: string;
}

type Reason = string | undefined;

/** Own properties only, `__proto__` included: what a document says is data. */
const put = (object: JsonObject, key: string, value: Json): void => {
  Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
};

const onObject: Readonly<Record<Action['op'], (object: JsonObject, key: string, value: Json) => Reason>> = {
  add: (object, key, value) => {
    put(object, key, value);
    return undefined;
  },
  replace: (object, key, value) => {
    if (!Object.hasOwn(object, key)) return 'there is nothing to replace';
    put(object, key, value);
    return undefined;
  },
  remove: (object, key) => {
    delete object[key];
    return undefined;
  },
};

const onArray: Readonly<Record<Action['op'], (array: Json[], at: number, value: Json) => Reason>> = {
  add: (array, at, value) => {
    if (at > array.length) return `the array ends at ${array.length}`;
    array.splice(at, 0, value);
    return undefined;
  },
  replace: (array, at, value) => {
    if (at >= array.length) return `the array ends at ${array.length}`;
    array[at] = value;
    return undefined;
  },
  remove: (array, at) => {
    if (at >= array.length) return `the array ends at ${array.length}`;
    array.splice(at, 1);
    return undefined;
  },
};

const indexPattern = /^(?:0|[1-9]\d{0,8})$/;

const indexOf = (array: Json[], segment: string): number | undefined => {
  if (segment === '-') return array.length;
  return indexPattern.test(segment) ? Number(segment) : undefined;
};

const childOf = (parent: Json | undefined, segment: string): Json | undefined => {
  if (Array.isArray(parent)) return indexPattern.test(segment) ? parent[Number(segment)] : undefined;
  return isObject(parent) ? own(parent, segment) : undefined;
};

const segmentsOf = (path: string): readonly string[] | undefined => {
  try {
    return [...pointerSegments(path)];
  } catch {
    return undefined;
  }
};

const act = (document: JsonObject, { op, path, value = null }: Action): Reason => {
  const segments = segmentsOf(path);
  const last = segments?.at(-1);
  if (segments === undefined) return 'the path is no JSON pointer';
  if (last === undefined) return 'the path names the whole, not a part of it';
  const parent = segments.slice(0, -1).reduce<Json | undefined>(childOf, document);
  if (isObject(parent)) return onObject[op](parent, last, structuredClone(value));
  if (!Array.isArray(parent)) return 'what it is to be in does not exist';
  const at = indexOf(parent, last);
  return at === undefined
    ? `"${last}" is no place in an array`
    : onArray[op](parent, at, structuredClone(value));
};

export interface Patched {
  readonly document: JsonObject;
}

/** On a copy; the first action that cannot be done ends it. */
export const patched = (document: JsonObject, actions: readonly Action[]): Patched | Failure => {
  const copy = structuredClone(document);
  for (const action of actions) {
    const reason = act(copy, action);
    if (reason !== undefined) return { action, reason };
  }
  return { document: copy };
};

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** Actions that make `from` equal to `to`. Arrays that differ are replaced whole: where an item went is a guess. */
export const difference = (
  to: JsonObject,
  from: JsonObject,
  equal: (one: Json, other: Json) => boolean,
  base = '',
): Action[] => {
  const gone = Object.keys(from).filter((key) => !Object.hasOwn(to, key));
  const removes = gone.map((key): Action => ({ op: 'remove', path: `${base}/${escaped(key)}` }));
  const changes = Object.entries(to).flatMap(([key, value]): Action[] => {
    const path = `${base}/${escaped(key)}`;
    const before = own(from, key);
    if (before === undefined) return [{ op: 'add', path, value }];
    if (isObject(value) && isObject(before)) return difference(value, before, equal, path);
    return equal(value, before) ? [] : [{ op: 'replace', path, value }];
  });
  return [...removes, ...changes];
};
