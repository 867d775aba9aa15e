// The event source mappings of the local cloud: what feeds functions from queues, each of which can be disabled for a while.

type Running = { stop: () => Promise<void> };

export type Mappings = {
  add: (queueArn: string, start: () => Running) => void;
  /** Nobody takes from this queue any more. Returns what enables it again. */
  disable: (queueName: string) => Promise<() => void>;
  /** Names of the queues that somebody takes from. */
  enabled: () => ReadonlySet<string>;
  stop: () => Promise<void>;
};

type Mapping = { queueArn: string; start: () => Running; running: Running | undefined };

export const createMappings = (): Mappings => {
  const all: Mapping[] = [];
  return {
    add: (queueArn, start) => void all.push({ queueArn, start, running: start() }),
    disable: async (queueName) => {
      const feeding = all.filter(({ queueArn }) => queueArn.endsWith(`:${queueName}`));
      if (feeding.length === 0) throw new Error(`No function is fed from a queue ${queueName}`);
      await Promise.all(feeding.map(({ running }) => running?.stop()));
      for (const mapping of feeding) mapping.running = undefined;
      return () => {
        for (const mapping of feeding) mapping.running = mapping.start();
      };
    },
    enabled: () =>
      new Set(
        all.flatMap(({ queueArn, running }) =>
          running === undefined ? [] : (queueArn.split(':').at(-1) ?? []),
        ),
      ),
    stop: async () => void (await Promise.all(all.map(({ running }) => running?.stop()))),
  };
};
