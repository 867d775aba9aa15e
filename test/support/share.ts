// The share of an exhaustive test that every run has: spread evenly, from a start that each run draws anew, so that in time all is seen.

/** `CRASH_POINTS=all` is every point. */
export const isWhole = process.env.CRASH_POINTS === 'all';

/** Where to begin, and how far the next point is: every so many-th, or each. */
export const strideOf = (every: number): { readonly start: number; readonly stride: number } =>
  isWhole ? { start: 0, stride: 1 } : { start: Math.floor(Math.random() * every), stride: every };

export const shareOf = <Item>(items: readonly Item[], every: number): Item[] => {
  const { start, stride } = strideOf(every);
  return items.filter((_, at) => at % stride === start);
};
