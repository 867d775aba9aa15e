// What a million devices do to the system, simulated: each step takes what was counted of it, and AWS's quotas are the only limits.
import { createAgenda } from './agenda.ts';
import { concurrency, constant, type Limit, limit, quotas, warmingUp } from './limits.ts';
import { station } from './station.ts';

/** What each step of a life consumes. */
export interface Costs {
  /** To make a deployment: its record, its slot. */
  readonly createWriteUnits: number;
  /** To take a report: the slot, the end of what it supersedes. */
  readonly reportWriteUnits: number;
  /** To note that a device has come. */
  readonly presenceWriteUnits: number;
}

export interface Surroundings {
  readonly devices: number;
  readonly shadowPerSecond: number;
  /** What the table serves at the beginning. */
  readonly tableWriteUnits: number;
  readonly tableIsWarm: boolean;
  /** `MaximumConcurrency` of the event sources. */
  readonly functionsMax: number;
  /** Deployments made per second by callers or a rollout's workers. */
  readonly createsPerSecond: number;
  /** The queues' functions are off from the beginning until then. */
  readonly offUntilSeconds: number;
  /** Devices that reconnect while this goes on, and how fast they are let in. */
  readonly reconnecting: number;
  readonly connectsPerSecond: number;
}

export interface Outcome {
  readonly finishedSeconds: number;
  /** What no system could beat: two shadow operations each. */
  readonly limitSeconds: number;
  readonly longestQueue: number;
  /** Of the slowest percent: from made to confirmed. */
  readonly p50Seconds: number;
  readonly p99Seconds: number;
  readonly confirmed: number;
  /** What held it back most: which limit was asked for most of what it could give. */
  readonly boundBy: string;
}

const batchSize = 10;
/** A worker's batch beside what it waits for; a device that applies a small file and reports. */
const batchSeconds = 0.05;
const applySeconds = 0.15;
/** Devices differ: spread over twice the mean, without chance. */
const spread = (number: number): number => ((number * 2_654_435_761) % 1000) / 1000;

/** Times of a queue that is served in order: the nth to be made is about the nth to be confirmed. */
const delays = (madeAt: readonly number[], confirmedAt: readonly number[]): number[] =>
  confirmedAt.map((at, index) => at - (madeAt[index] ?? 0)).sort((one, other) => one - other);

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

const busiest = (limits: readonly Limit[], capacityOf: (name: string) => number): string =>
  [...limits]
    .map((one) => ({ name: one.name, share: one.granted() / capacityOf(one.name) }))
    .sort((one, other) => other.share - one.share)[0]?.name ?? '';

export const simulate = (costs: Costs, around: Surroundings): Outcome => {
  const agenda = createAgenda();
  const tableAt = around.tableIsWarm ? constant(around.tableWriteUnits) : warmingUp(around.tableWriteUnits);
  const table = limit('table write units', tableAt);
  const shadows = limit('shadow operations', constant(around.shadowPerSecond));
  const making = limit('requests to create', constant(around.createsPerSecond));
  const connecting = limit('connects', constant(around.connectsPerSecond));
  const madeAt: number[] = [];
  const confirmedAt: number[] = [];
  const functionsAt = (time: number): number =>
    time < around.offUntilSeconds ? 0 : concurrency(around.functionsMax, around.offUntilSeconds)(time);

  const takeReports = station({
    agenda,
    name: 'reports',
    batchSize,
    concurrencyAt: functionsAt,
    serve: (now, count) => table.grant(now, count * costs.reportWriteUnits) + batchSeconds,
    done: (count, now) => {
      for (let one = 0; one < count; one += 1) confirmedAt.push(now);
    },
  });
  const takePresence = station({
    agenda,
    name: 'presence',
    batchSize,
    concurrencyAt: functionsAt,
    serve: (now, count) => table.grant(now, count * costs.presenceWriteUnits) + batchSeconds,
    done: () => {},
  });
  const report = (number: number): void =>
    agenda.at(agenda.now() + 2 * applySeconds * spread(number), () =>
      agenda.at(shadows.grant(agenda.now(), 1), () => takeReports.put(1)),
    );
  let delivered = 0;
  const carryOut = station({
    agenda,
    name: 'transitions',
    batchSize,
    concurrencyAt: functionsAt,
    serve: (now, count) => shadows.grant(now, count) + batchSeconds,
    done: (count) => {
      for (let one = 0; one < count; one += 1) {
        delivered += 1;
        report(delivered);
      }
    },
  });

  for (let number = 0; number < around.devices; number += 1) {
    const asked = making.grant(0, 1);
    agenda.at(asked, () => {
      madeAt.push(agenda.now());
      agenda.at(table.grant(agenda.now(), costs.createWriteUnits), () => carryOut.put(1));
    });
  }
  for (let number = 0; number < around.reconnecting; number += 1)
    agenda.at(connecting.grant(0, 1), () => {
      // It says what it has, and that it is there.
      shadows.grant(agenda.now(), 1);
      takePresence.put(1);
    });
  agenda.run();

  const sorted = delays(madeAt, confirmedAt);
  const finishedSeconds = Math.max(takeReports.lastAt(), takePresence.lastAt());
  const capacity: Readonly<Record<string, number>> = {
    [table.name]: finishedSeconds * tableAt(0),
    [shadows.name]: finishedSeconds * around.shadowPerSecond,
    [making.name]: finishedSeconds * around.createsPerSecond,
    [connecting.name]: finishedSeconds * around.connectsPerSecond,
  };
  return {
    finishedSeconds,
    limitSeconds: (2 * around.devices + around.reconnecting) / around.shadowPerSecond,
    longestQueue: Math.max(carryOut.longest(), takeReports.longest(), takePresence.longest()),
    p50Seconds: percentile(sorted, 0.5),
    p99Seconds: percentile(sorted, 0.99),
    confirmed: confirmedAt.length,
    boundBy: busiest([table, shadows, making, connecting], (name) => capacity[name] ?? 1),
  };
};

const large: Surroundings = {
  devices: 1_000_000,
  shadowPerSecond: quotas.shadowOperationsLarge,
  tableWriteUnits: quotas.newTableWriteUnits,
  tableIsWarm: false,
  functionsMax: 50,
  createsPerSecond: quotas.httpRequestsPerSecond,
  offUntilSeconds: 0,
  reconnecting: 0,
  connectsPerSecond: quotas.connectsPerSecond,
};

/** A table that has served this before, or whose warm throughput was asked for. */
const warm = { tableIsWarm: true, tableWriteUnits: 40_000 };
const steady = { ...large, ...warm, devices: 300_000, createsPerSecond: 500 };

export const scenarios: Readonly<Record<string, Surroundings>> = {
  'a million devices, new table': large,
  'a million devices, warm table': { ...large, ...warm },
  'a million devices, small region': { ...large, ...warm, shadowPerSecond: quotas.shadowOperationsSmall },
  '500 deployments/s for ten minutes': steady,
  'the same, while 100,000 devices reconnect': { ...steady, reconnecting: 100_000 },
  'the same, and they are let in ten times as fast': {
    ...steady,
    reconnecting: 100_000,
    connectsPerSecond: 10 * quotas.connectsPerSecond,
  },
  'the same, functions off for the first ten minutes': { ...steady, offUntilSeconds: 600 },
};
