// Things of a rollout by shards: consecutive ordinals, which one worker takes at a time and one partition holds.

/** 1,000 things that report within a second are what one partition takes. */
export const shardSize = 1000;

export interface Shard {
  readonly shard: number;
  /** First ordinal. */
  readonly from: number;
  /** After the last one. */
  readonly to: number;
}

export const shardOfOrdinal = (ordinal: number): number => Math.floor(ordinal / shardSize);

/** Those that ordinals `from` <= n < `to` lie in, each with its share of them. */
export const shardsBetween = (from: number, to: number): readonly Shard[] => {
  if (to <= from) return [];
  const first = shardOfOrdinal(from);
  const count = shardOfOrdinal(to - 1) - first + 1;
  return Array.from({ length: count }, (_, at) => ({
    shard: first + at,
    from: Math.max(from, (first + at) * shardSize),
    to: Math.min(to, (first + at + 1) * shardSize),
  }));
};
