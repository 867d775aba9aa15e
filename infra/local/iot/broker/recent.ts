// Which of the last messages a connection has had already: with overlapping subscriptions the broker offers one twice.
const rememberedMax = 1024;

export interface Recent {
  /** True the first time. */
  isNew(id: number): boolean;
}

export const createRecent = (): Recent => {
  const ids = new Set<number>();
  return {
    isNew: (id) => {
      if (ids.has(id)) return false;
      ids.add(id);
      const [oldest] = ids;
      if (ids.size > rememberedMax && oldest !== undefined) ids.delete(oldest);
      return true;
    },
  };
};
