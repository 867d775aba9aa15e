// JSON as clients send it, and the few things about it that we must be sure of before we keep it.

export type Json = string | number | boolean | null | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A document may well have a key such as `constructor`: only what is its own counts. */
export const own = <Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** Deeper than any configuration, and far from what would exhaust the stack of a walk. */
const depthMax = 100;

const faultOf = (value: unknown): string | undefined => {
  if (typeof value === 'string' && !value.isWellFormed()) return 'has text that is no Unicode';
  if (typeof value === 'number' && !Number.isFinite(value)) return 'has a number that is too large';
  return undefined;
};

const childrenOf = (value: unknown): readonly unknown[] =>
  typeof value === 'object' && value !== null ? [...Object.keys(value), ...Object.values(value)] : [];

/** Why a value has no canonical text, if it has none. Level by level, since what is deep must not be walked by recursion. */
export const whyNotPlain = (value: unknown): string | undefined => {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > depthMax) return `is nested deeper than ${depthMax}`;
    const fault = level.map(faultOf).find((found) => found !== undefined);
    if (fault !== undefined) return fault;
    level = level.flatMap(childrenOf);
  }
  return undefined;
};
