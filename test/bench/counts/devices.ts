// Devices for the metered cloud: the reference agent itself, over messages that are counted; those by the thousand without a disk.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Agent, createAgent } from '#device/agent/agent';
import type { Clock } from '#device/agent/clock';
import type { AgentEvent } from '#device/agent/events';
import type { Disk } from '#device/agent/files/disk';
import type { Files } from '#device/agent/files/open';
import type { Ending } from '#device/agent/software/ending';
import type { Execute } from '#device/agent/software/job';
import type { Channel } from '#domain/channel';
import type { MeteredCloud } from './cloud.ts';

type Name = AgentEvent['event'];

export interface Device {
  readonly thing: string;
  /** As it is called by whoever has it. */
  readonly label: string;
}

export interface Fleet {
  /** Resolves when they are connected. */
  readonly join: (devices: readonly Device[]) => Promise<void>;
  /** Without a disk, and without being announced: the cloud knows them to be online. */
  readonly joinQuietly: (devices: readonly Device[]) => Promise<void>;
  /** Resolves when each of the devices has said this once more. */
  readonly each: (name: Name, fits?: (event: AgentEvent) => boolean) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Nothing is lost here, so nobody is impatient: what a busy machine makes late is not said twice. */
const patient: Clock = {
  now: () => Date.now(),
  after: (delayMs, run) => {
    const soon = delayMs === 0 ? setImmediate(run) : undefined;
    return () => clearImmediate(soon);
  },
};

const silence = { text: '', isTrimmed: false };
const ended: Ending = {
  status: 0,
  stdout: { text: 'done\n', isTrimmed: false },
  stderr: silence,
  outputs: new Map(),
};

/** It forgets with the process what it has, and fetches what is not in the target. */
const withoutDisk: Files = {
  recover: async () => ({ kept: undefined, trouble: undefined }),
  keepReport: async () => {},
  find: async () => undefined,
  place: async () => {},
};

/** The same of a server's journal: nothing of it is ever found again. */
const noDisk: Disk = {
  kind: async () => 'absent',
  read: async () => undefined,
  readLink: async () => undefined,
  list: async () => [],
  realPath: async (path) => path,
  makeDir: async () => {},
  write: async () => {},
  syncFile: async () => {},
  syncDir: async () => {},
  link: async () => {},
  rename: async () => {},
  remove: async () => {},
  removeDir: async () => true,
};

/** What is awaited counts from the moment it is asked for: ask before acting. */
const hearing = () => {
  const listeners = new Set<(thing: string, event: AgentEvent) => void>();
  return {
    tell: (thing: string, event: AgentEvent) => {
      for (const listener of listeners) listener(thing, event);
    },
    each: (things: readonly string[], name: Name, fits: (event: AgentEvent) => boolean): Promise<void> =>
      new Promise((resolve) => {
        const left = new Set(things);
        if (left.size === 0) return resolve();
        const listener = (thing: string, event: AgentEvent): void => {
          if (event.event === name && fits(event)) left.delete(thing);
          if (left.size > 0) return;
          listeners.delete(listener);
          resolve();
        };
        listeners.add(listener);
      }),
  };
};

// A short one: what takes longer than five seconds says so, in one message more.
const execute: Execute = async () => ended;

export const startFleet = ({ iot, directory }: MeteredCloud, channel: Channel): Fleet => {
  const { tell, each } = hearing();
  const agents = new Map<string, Agent>();

  const rootOf = (owner: string): string => {
    const root = join(directory, 'devices', owner, channel);
    mkdirSync(root, { recursive: true });
    return root;
  };
  const common = (thing: string) => ({
    thing,
    clock: patient,
    software: { execute },
    onEvent: (event: AgentEvent) => tell(thing, event),
  });
  const connect = async (things: readonly string[], agentOf: (thing: string) => Agent): Promise<void> => {
    const connected = each(things, 'connected', () => true);
    for (const thing of things) agents.set(thing, agentOf(thing));
    await Promise.all(things.map((thing) => agents.get(thing)?.start()));
    await connected;
  };
  const namesOf = (devices: readonly Device[]): readonly string[] => devices.map(({ thing }) => thing);

  return {
    join: (devices) =>
      connect(namesOf(devices), (thing) =>
        createAgent({
          ...common(thing),
          transport: iot.transportOf(thing),
          roots: { [channel]: rootOf(thing) },
        }),
      ),
    joinQuietly: (devices) =>
      connect(namesOf(devices), (thing) =>
        createAgent({
          ...common(thing),
          transport: iot.transportOf(thing, 'quietly'),
          roots: { [channel]: rootOf('none of them') },
          openFiles: async () => withoutDisk,
          software: { execute, disk: noDisk },
        }),
      ),
    each: (name, fits = () => true) => each([...agents.keys()], name, fits),
    stop: async () => {
      await Promise.all([...agents.values()].map((agent) => agent.stop()));
    },
  };
};
