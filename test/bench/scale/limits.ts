// AWS's quotas as limits of a simulation: how much of something is granted per second, and how many functions run at a time.

/** Something of which so much is granted per second, in the order in which it is asked for. */
export interface Limit {
  readonly name: string;
  /** When so much of it, asked for now, is granted. */
  readonly grant: (now: number, amount: number) => number;
  /** All that was ever granted. */
  readonly granted: () => number;
}

export const limit = (name: string, perSecondAt: (time: number) => number): Limit => {
  let freeAt = 0;
  let granted = 0;
  return {
    name,
    grant: (now, amount) => {
      freeAt = Math.max(freeAt, now);
      freeAt += amount / perSecondAt(freeAt);
      granted += amount;
      return freeAt;
    },
    granted: () => granted,
  };
};

const minute = 60;
export const thirtyMinutes = 30 * minute;

/** A new on-demand table serves so much, and twice as much after each half hour of use. */
export const warmingUp =
  (first: number) =>
  (time: number): number =>
    first * 2 ** Math.floor(time / thirtyMinutes);

export const constant = (perSecond: number) => (): number => perSecond;

/** SQS starts with five functions and adds 300 a minute, up to what the event source allows. */
export const concurrency =
  (max: number, since = 0) =>
  (time: number): number =>
    Math.min(max, 5 + Math.max(0, (5 * (time - since)) | 0));

export const quotas = {
  shadowOperationsLarge: 4000,
  shadowOperationsSmall: 400,
  newTableWriteUnits: 4000,
  /** Of an account, before it asks for more. */
  connectsPerSecond: 500,
  rulesPerSecond: 20_000,
  httpRequestsPerSecond: 10_000,
} as const;
