// What AWS asks for, us-east-1, on demand, without free tiers and savings plans: one table, so that nobody multiplies by a number of his own.

/** When the list was read; prices move. */
export const pricesReadOn = '2026-11-21';

/** Dollars per million of what stands beside it. */
export const prices = {
  /** HTTP API. */
  httpRequest: 1,
  lambdaRequest: 0.2,
  /** arm64; a million GB-seconds. */
  lambdaGbSecond: 13.3334,
  /** On demand; a transaction consumes two for one. */
  dynamoDbWriteUnit: 0.625,
  dynamoDbReadUnit: 0.125,
  /** Standard queues, 64 KB each. */
  sqsRequest: 0.4,
  /** 5 KB each, published or delivered. */
  iotMessage: 1,
  /** 1 KB each. */
  iotShadowKb: 1.25,
  iotRule: 0.15,
  iotRuleAction: 0.15,
  iotConnectionMinute: 0.08,
  /** A million bytes, in: half a dollar a GB. */
  logByte: 0.0005,
} as const;
export type Priced = keyof typeof prices;
