// What time it is in the local cloud: the machine's, and ahead of it where a drill has let time pass. Shared with the functions' threads.

export type Time = {
  now: () => number;
  aheadMs: () => number;
  pass: (ms: number) => void;
  /** One number that every thread can read: by how many milliseconds this cloud is ahead. */
  shared: Float64Array;
};

export const startTime = (): Time => {
  const shared = new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT));
  const aheadMs = () => shared[0] ?? 0;
  return {
    now: () => Date.now() + aheadMs(),
    aheadMs,
    pass: (ms) => {
      shared[0] = aheadMs() + ms;
    },
    shared,
  };
};
