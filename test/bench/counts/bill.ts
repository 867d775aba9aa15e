// From what was consumed to dollars, at list prices; and what a life would cost at the floor and in a lean design, in the same units.
import { prices } from '#operations/prices';
import type { Meter, Totals } from './tally.ts';

/** Of a million units of what is counted, in dollars; what is only counted, and not billed, is null. */
const priceOf: Readonly<Record<Meter, number | null>> = {
  httpRequests: prices.httpRequest,
  lambdaInvocations: prices.lambdaRequest,
  gbSeconds: prices.lambdaGbSecond,
  writeUnits: prices.dynamoDbWriteUnit,
  readUnits: prices.dynamoDbReadUnit,
  // Its units are already twice as many.
  transactions: null,
  sqsRequests: prices.sqsRequest,
  // Billed by their size.
  shadowOperations: null,
  shadowKb: prices.iotShadowKb,
  mqttMessages: prices.iotMessage,
  ruleEvaluations: prices.iotRule,
  ruleActions: prices.iotRuleAction,
  logBytes: prices.logByte,
  roundTrips: null,
};

/** Of one meter, for a million lives. */
export const dollarsFor = (meter: Meter, amount: number): number => amount * (priceOf[meter] ?? 0);

export const dollarsOf = (totals: Totals): number =>
  Object.entries(totals).reduce((sum, [meter, amount]) => sum + dollarsFor(meter as Meter, amount), 0);

const nothing: Totals = {
  httpRequests: 0,
  lambdaInvocations: 0,
  gbSeconds: 0,
  writeUnits: 0,
  readUnits: 0,
  transactions: 0,
  sqsRequests: 0,
  shadowOperations: 0,
  shadowKb: 0,
  mqttMessages: 0,
  ruleEvaluations: 0,
  ruleActions: 0,
  logBytes: 0,
  roundTrips: 0,
};

/** The least with which a deployment can be created, delivered and confirmed at all: one request, one write each way, one message each way. */
export const floor: Totals = {
  ...nothing,
  httpRequests: 1,
  lambdaInvocations: 1.1,
  gbSeconds: 0.01,
  writeUnits: 2,
  readUnits: 0.5,
  shadowOperations: 2,
  shadowKb: 2,
  mqttMessages: 2,
  ruleEvaluations: 1,
  ruleActions: 1,
  sqsRequests: 1,
};

/** What we aim at: nothing is lost, nothing waits for ever, and yet no unit is spent without a reason. */
export const lean: Totals = {
  ...floor,
  lambdaInvocations: 1.2,
  gbSeconds: 0.015,
  writeUnits: 8,
  readUnits: 2.5,
  sqsRequests: 2.4,
  logBytes: 1024,
};

/** Where the counts of a life shall stay. */
export const aims = {
  writeUnits: 8,
  shadowOperations: 2,
  sqsRequests: 2.4,
  logBytes: 1024,
} as const satisfies Partial<Record<Meter, number>>;
