// Simulated time: what is to happen, soonest first, and in the order in which it was said where the times are equal.

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly act: () => void;
}

export interface Agenda {
  /** Seconds since the beginning. */
  readonly now: () => number;
  readonly at: (time: number, act: () => void) => void;
  /** Until nothing is left to happen. */
  readonly run: () => void;
}

const isBefore = (one: Entry, other: Entry): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order);

/** A binary heap: the parent of every entry comes before it. */
const heap = () => {
  const entries: Entry[] = [];
  const at = (place: number): Entry => entries[place] as Entry;
  const swap = (one: number, other: number): void => {
    const entry = at(one);
    entries[one] = at(other);
    entries[other] = entry;
  };
  const rise = (place: number): void => {
    const parent = (place - 1) >> 1;
    if (place === 0 || !isBefore(at(place), at(parent))) return;
    swap(place, parent);
    rise(parent);
  };
  const sink = (place: number): void => {
    const [left, right] = [2 * place + 1, 2 * place + 2];
    let first = place;
    if (left < entries.length && isBefore(at(left), at(first))) first = left;
    if (right < entries.length && isBefore(at(right), at(first))) first = right;
    if (first === place) return;
    swap(place, first);
    sink(first);
  };
  return {
    push: (entry: Entry): void => {
      entries.push(entry);
      rise(entries.length - 1);
    },
    pop: (): Entry | undefined => {
      const [first] = entries;
      const last = entries.pop();
      if (first === undefined || last === undefined || first === last) return first;
      entries[0] = last;
      sink(0);
      return first;
    },
  };
};

export const createAgenda = (): Agenda => {
  const { push, pop } = heap();
  let now = 0;
  let order = 0;
  return {
    now: () => now,
    at: (time, act) => {
      order += 1;
      push({ at: Math.max(time, now), order, act });
    },
    run: () => {
      for (let next = pop(); next !== undefined; next = pop()) {
        now = next.at;
        next.act();
      }
    },
  };
};
