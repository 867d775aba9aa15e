// What is desired and not reported: computed field by field, arrays as one value, with the times of the desired values.
import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { ShadowDocument } from './document.ts';

export interface Delta {
  state: JsonObject;
  metadata: JsonObject;
}

/** `undefined` where nothing differs. Keys that are only reported never show. */
export const deltaOf = ({ state, metadata }: ShadowDocument): Delta | undefined => {
  const difference = differenceOf(state.desired ?? {}, state.reported ?? {});
  if (Object.keys(difference).length === 0) return undefined;
  return { state: difference, metadata: pick(metadata.desired ?? {}, difference) };
};

const differenceOf = (desired: JsonObject, reported: JsonObject): JsonObject => {
  const differing = Object.entries(desired).flatMap(([key, wanted]): [string, Json][] => {
    if (!Object.hasOwn(reported, key)) return [[key, wanted]];
    const seen = reported[key];
    if (!isObject(wanted) || !isObject(seen)) return isDeepStrictEqual(wanted, seen) ? [] : [[key, wanted]];
    const below = differenceOf(wanted, seen);
    return Object.keys(below).length === 0 ? [] : [[key, below]];
  });
  return Object.fromEntries(differing);
};

const pick = (metadata: JsonObject, chosen: JsonObject): JsonObject => {
  const picked = Object.entries(chosen).flatMap(([key, value]): [string, Json][] => {
    const times = metadata[key];
    if (times === undefined) return [];
    return [[key, isObject(value) && isObject(times) ? pick(times, value) : times]];
  });
  return Object.fromEntries(picked);
};
