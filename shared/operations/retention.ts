// How long what is over is kept, in each stage. What removes itself at once (pings, counters) says so where it is written.
const dayMs = 24 * 60 * 60 * 1000;

export interface Retention {
  /** Who did what. */
  readonly auditMs: number;
  /** A deployment that has ended, with its history. */
  readonly endedMs: number;
  /** Content that nothing names any more. */
  readonly contentMs: number;
}

/** Thirteen months: whoever looks back a year finds all of it. */
const production: Retention = { auditMs: 400 * dayMs, endedMs: 400 * dayMs, contentMs: 90 * dayMs };
const trial: Retention = { auditMs: 90 * dayMs, endedMs: 90 * dayMs, contentMs: 14 * dayMs };

const stages: Readonly<Record<string, Retention>> = { prod: production };

/**
 * What became of each thing of a rollout, and who took part: from its beginning, in every stage. More than the 52 weeks that a rollout
 * may take, and what lies there has its date already: whoever changes this changes what comes, not what is.
 */
export const deliveriesMs = 400 * dayMs;

/** What an idempotency key was used for: a day of use, and as long again for clocks and time zones. */
export const repeatsMs = 2 * dayMs;

/** A token that makes a device, from the end of its time: so long may a device that crashed ask again with the key that it used it with. */
export const tokensMs = 30 * dayMs;

/** A table is named after its stage. */
export const retentionOf = (tableName: string): Retention =>
  stages[tableName.replace(/^shadowcast-/, '')] ?? trial;

export const longest = production;

/** What is younger than this was not removed for its age, in any stage. */
export const endedMsMin = Math.min(...[...Object.values(stages), trial].map(({ endedMs }) => endedMs));
