// How a change goes into a section: objects merge key by key, null deletes, everything else replaces; each value gets its time.
import { isObject, type Json, type JsonObject } from '../json.ts';

/** State and metadata always change together. */
export interface Stamped {
  state: JsonObject;
  metadata: JsonObject;
}

/** `{ timestamp }` in place of each value; arrays keep one per element. */
export const stamp = (value: Json, timestamp: number): Json => {
  if (Array.isArray(value)) return value.map((element) => stamp(element, timestamp));
  if (isObject(value)) return mapValues(value, (child) => stamp(child, timestamp));
  return { timestamp };
};

export const mergeSection = (before: Stamped, change: JsonObject, timestamp: number): Stamped => {
  const state = new Map(Object.entries(before.state));
  const metadata = new Map(Object.entries(before.metadata));
  for (const [key, value] of Object.entries(change)) {
    const merged = mergeValue(before, key, value, timestamp);
    if (merged === undefined) {
      state.delete(key);
      metadata.delete(key);
    } else {
      state.set(key, merged.value);
      metadata.set(key, merged.metadata);
    }
  }
  return { state: Object.fromEntries(state), metadata: Object.fromEntries(metadata) };
};

const mergeValue = (before: Stamped, key: string, value: Json, timestamp: number) => {
  if (value === null) return undefined;
  if (!isObject(value)) return { value, metadata: stamp(value, timestamp) };
  const merged = mergeSection(childOf(before, key), value, timestamp);
  return { value: merged.state, metadata: merged.metadata };
};

/** An object that replaces a plain value starts from nothing. */
const childOf = ({ state, metadata }: Stamped, key: string): Stamped => {
  const [childState, childMetadata] = [ownValue(state, key), ownValue(metadata, key)];
  const isMergeable = isObject(childState) && isObject(childMetadata);
  return isMergeable ? { state: childState, metadata: childMetadata } : { state: {}, metadata: {} };
};

/** A key such as `__proto__` must find what the document has, not what JavaScript has. */
const ownValue = (object: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;

const mapValues = (object: JsonObject, change: (value: Json) => Json): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
