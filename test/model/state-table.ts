// States that were seen: four numbers each, kept side by side, and found again by their hash. Ten million of them fit into 400 MB.

export const width = 4;

export interface StateTable {
  /** Its number, and whether it is new; `from` is the state that it was reached from. */
  readonly add: (state: Int32Array, from: number) => number;
  /** -1: never seen. */
  readonly find: (state: Int32Array) => number;
  readonly read: (number: number, into: Int32Array) => void;
  readonly parentOf: (number: number) => number;
  readonly size: () => number;
}

const mixed = (hash: number, value: number): number => {
  const once = Math.imul(hash ^ value, 0x9e3779b1);
  return once ^ (once >>> 15);
};

const hashOf = (states: Int32Array, at: number): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < width; index += 1) hash = mixed(hash, states[at + index] ?? 0);
  return hash;
};

const grown = (array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> => {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
};

export const stateTable = (): StateTable => {
  let count = 0;
  let states = new Int32Array(width * 1024);
  let parents = new Int32Array(1024);
  /** Numbers from 1, by hash, open addressing; at most half full. */
  let index = new Int32Array(4096);

  const isSame = (number: number, state: Int32Array): boolean => {
    for (let at = 0; at < width; at += 1) if (states[number * width + at] !== state[at]) return false;
    return true;
  };

  const placeOf = (state: Int32Array): number => {
    const mask = index.length - 1;
    let place = hashOf(state, 0) & mask;
    for (let there = index[place] ?? 0; there !== 0; there = index[place] ?? 0) {
      if (isSame(there - 1, state)) return place;
      place = (place + 1) & mask;
    }
    return place;
  };

  const rehash = (): void => {
    index = new Int32Array(index.length * 2);
    const mask = index.length - 1;
    for (let number = 0; number < count; number += 1) {
      let place = hashOf(states, number * width) & mask;
      while (index[place] !== 0) place = (place + 1) & mask;
      index[place] = number + 1;
    }
  };

  const makeRoom = (): void => {
    if (count === parents.length) {
      states = grown(states, states.length * 2);
      parents = grown(parents, parents.length * 2);
    }
    if (count * 2 >= index.length) rehash();
  };

  return {
    add: (state, from) => {
      const found = index[placeOf(state)] ?? 0;
      if (found !== 0) return found - 1;
      makeRoom();
      states.set(state, count * width);
      parents[count] = from;
      count += 1;
      index[placeOf(state)] = count;
      return count - 1;
    },
    find: (state) => (index[placeOf(state)] ?? 0) - 1,
    read: (number, into) => {
      for (let at = 0; at < width; at += 1) into[at] = states[number * width + at] ?? 0;
    },
    parentOf: (number) => parents[number] ?? -1,
    size: () => count,
  };
};
