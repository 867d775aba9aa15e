// A server under test: its scripts are functions that end when a test says so, and its cloud takes the results.
import type { Ending } from '#device/agent/software/ending';
import type { Job } from '#device/agent/software/job';
import type { Result } from '#device/result';
import type { RunTarget } from '#device/shadow';
import { contentTopics } from '#device/topics';
import { startDevice, temporaryFolder, thing } from './device.ts';
import { createFakeCloud, type FakeCloud } from './fake-cloud.ts';
import { listOf } from './offers.ts';

const text = (value: string) => ({ text: value, isTrimmed: false });

export const ending = (status = 0, stdout = ''): Ending => ({
  status,
  stdout: text(stdout),
  stderr: text(''),
  outputs: new Map(),
});

/** A machine whose runs end when a test says so, or at once. */
export const createMachine = () => {
  const began: string[] = [];
  const open = new Map<string, (ending: Ending) => void>();
  const lookers = new Set<() => void>();
  let mostAtOnce = 0;
  const machine = {
    began,
    /** Whether runs wait for `end`. */
    holds: false,
    mostAtOnce: () => mostAtOnce,
    execute: ({ run: { config } }: Job, signal: AbortSignal): Promise<Ending> => {
      began.push(config);
      if (!machine.holds) return Promise.resolve(ending(0, config));
      return new Promise((resolve) => {
        open.set(config, resolve);
        mostAtOnce = Math.max(mostAtOnce, open.size);
        signal.addEventListener('abort', () => resolve(ending(125)));
        for (const look of lookers) look();
      });
    },
    /** Resolves when it runs. */
    runs: (config: string): Promise<void> =>
      new Promise((resolve) => {
        const look = () => {
          if (!open.has(config)) return;
          lookers.delete(look);
          resolve();
        };
        lookers.add(look);
        look();
      }),
    end: (config: string, status = 0) => {
      open.get(config)?.(ending(status, config));
      open.delete(config);
    },
  };
  return machine;
};

type Given = Parameters<typeof startDevice>[0];

export const startServer = async (given: Given = {}) => {
  const { cloud = createFakeCloud(thing), root = temporaryFolder() } = given;
  const device = await startDevice({ ...given, cloud, root, roots: { software: root } });
  return { ...device, results: () => resultsIn(cloud) };
};

/** Every result that was ever published, in order. */
export const resultsIn = (cloud: FakeCloud): Result[] =>
  cloud.heard.flatMap(({ verb, topic, body }) =>
    verb === 'publish' && topic === contentTopics(thing).result ? [body as Result] : [],
  );

/** A cloud that takes every result: its pointer leaves the list, and the list gets the next seq. */
export const takeResults = (cloud: FakeCloud, list: RunTarget): void => {
  let { seq, run } = list;
  const lost = cloud.lost;
  cloud.lost = (topic, body) => {
    if (lost(topic, body)) return true;
    if (topic !== contentTopics(thing).result) return false;
    const { deployment, seq: under } = body as Result;
    if (!run.some((one) => one.deployment === deployment && one.seq === under)) return false;
    run = run.filter((one) => one.deployment !== deployment);
    seq += 1;
    setImmediate(() => cloud.want('software', listOf(seq, run)));
    return false;
  };
  cloud.want('software', list);
};
