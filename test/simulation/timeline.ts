// Virtual time: what is to happen, in order; nothing here waits for a real clock.

export interface Timeline {
  readonly now: () => number;
  /** Does it after so long; the same things in the same order in every run. */
  readonly after: (ms: number, act: () => void) => void;
  readonly sleep: (ms: number) => Promise<void>;
  /** Lets time pass until then; false when nothing is left to happen. */
  readonly runUntil: (end: number) => Promise<boolean>;
  readonly happened: () => number;
}

interface Event {
  readonly at: number;
  readonly number: number;
  readonly act: () => void;
}

const isSooner = (one: Event, other: Event): boolean =>
  one.at < other.at || (one.at === other.at && one.number < other.number);

/** A binary heap. */
const agenda = () => {
  const heap: Event[] = [];
  const get = (at: number): Event => heap[at] as Event;
  const swap = (one: number, other: number): void => {
    const kept = get(one);
    heap[one] = get(other);
    heap[other] = kept;
  };
  const rise = (from: number): void => {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!isSooner(get(at), get(parent))) return;
      swap(at, parent);
      at = parent;
    }
  };
  const soonerChild = (at: number): number => {
    const [left, right] = [2 * at + 1, 2 * at + 2];
    return right < heap.length && isSooner(get(right), get(left)) ? right : left;
  };
  const sink = (): void => {
    for (let at = 0, child = soonerChild(0); child < heap.length; at = child, child = soonerChild(at)) {
      if (!isSooner(get(child), get(at))) return;
      swap(at, child);
    }
  };
  return {
    add: (event: Event): void => {
      heap.push(event);
      rise(heap.length - 1);
    },
    first: (): Event | undefined => heap[0],
    removeFirst: (): void => {
      const last = heap.pop();
      if (last === undefined || heap.length === 0) return;
      heap[0] = last;
      sink();
    },
  };
};

/** Everything that needs no more time has happened. */
const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const timeline = (start: number): Timeline => {
  const events = agenda();
  let now = start;
  let numbered = 0;
  let happened = 0;
  const after = (ms: number, act: () => void): void => {
    numbered += 1;
    events.add({ at: now + Math.max(0, Math.round(ms)), number: numbered, act });
  };
  return {
    now: () => now,
    after,
    sleep: (ms) => new Promise((resolve) => after(ms, resolve)),
    runUntil: async (end) => {
      for (let next = events.first(); next !== undefined && next.at <= end; next = events.first()) {
        events.removeFirst();
        now = next.at;
        happened += 1;
        next.act();
        await quiet();
      }
      now = Math.max(now, end);
      return events.first() !== undefined;
    },
    happened: () => happened,
  };
};
