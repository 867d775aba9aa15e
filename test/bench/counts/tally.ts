// What was consumed, one line for each kind of call: who made it, on what, and how much of what is billed it took.

/** What AWS bills, each in the unit of its price. */
export const meters = [
  'httpRequests',
  'lambdaInvocations',
  'writeUnits',
  'readUnits',
  'transactions',
  'sqsRequests',
  'shadowOperations',
  'shadowKb',
  'mqttMessages',
  'ruleEvaluations',
  'ruleActions',
  'logBytes',
  'roundTrips',
  'gbSeconds',
] as const;
export type Meter = (typeof meters)[number];

export interface Consumed {
  /** The function that was running, or the service that acted by itself. */
  readonly who: string;
  readonly call: string;
  readonly item: string;
  readonly meter: Meter;
  readonly amount: number;
}

export type Totals = Readonly<Record<Meter, number>>;

export const totalsOf = (lines: readonly Consumed[]): Totals =>
  Object.fromEntries(
    meters.map((meter) => [
      meter,
      lines.filter((line) => line.meter === meter).reduce((sum, { amount }) => sum + amount, 0),
    ]),
  ) as Record<Meter, number>;

export const perLife = (totals: Totals, lives: number): Totals =>
  Object.fromEntries(meters.map((meter) => [meter, totals[meter] / lives])) as Record<Meter, number>;

/** Of one life; without what was free. */
export const linesPerLife = (lines: readonly Consumed[], lives: number): readonly Consumed[] =>
  lines.filter(({ amount }) => amount !== 0).map((line) => ({ ...line, amount: line.amount / lives }));

/** Began and ended, as places in one order of all beginnings and ends. */
export interface Call {
  readonly from: number;
  readonly to: number;
}

/** How many followed one after the other: calls that were under way together count once. */
export const roundTripsOf = (calls: readonly Call[]): number =>
  [...calls]
    .sort((one, other) => one.to - other.to)
    .reduce(
      ({ count, until }, { from, to }) => (from > until ? { count: count + 1, until: to } : { count, until }),
      { count: 0, until: 0 },
    ).count;

export interface Tally {
  /** Without a name it is consumed by whatever function is running. */
  readonly add: (call: string, item: string, meter: Meter, amount: number, who?: string) => void;
  /** Everything that is consumed until it has come back is this one's; with how long each of its calls took. */
  readonly as: <Result>(
    who: string,
    act: () => Promise<Result>,
  ) => Promise<{ readonly result: Result; readonly calls: readonly Call[] }>;
  /** A call over the network begins; what is returned ends it. */
  readonly begin: () => () => void;
  /** What was consumed since the last time: the same call on the same item by the same function is one line. */
  readonly take: () => readonly Consumed[];
}

export const createTally = (): Tally => {
  /** Added up at once: ten thousand lives are as many lines as one. */
  let lines = new Map<string, Consumed>();
  let running = 'client';
  let calls: Call[] = [];
  let moment = 0;
  return {
    add: (call, item, meter, amount, who = running) => {
      const key = JSON.stringify([who, call, item, meter]);
      const before = lines.get(key)?.amount ?? 0;
      lines.set(key, { who, call, item, meter, amount: before + amount });
    },
    as: async (who, act) => {
      const before = running;
      running = who;
      calls = [];
      try {
        return { result: await act(), calls };
      } finally {
        running = before;
      }
    },
    begin: () => {
      moment += 1;
      const from = moment;
      return () => {
        moment += 1;
        calls.push({ from, to: moment });
      };
    },
    take: () => {
      const taken = [...lines.values()];
      lines = new Map();
      return taken;
    },
  };
};
