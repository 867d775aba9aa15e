// Devices for the metered cloud: the reference agent itself, each with a folder of its own, over messages that are counted.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Agent, createAgent } from '#device/agent/agent';
import type { Clock } from '#device/agent/clock';
import type { AgentEvent } from '#device/agent/events';
import type { Ending } from '#device/agent/software/ending';
import type { Execute } from '#device/agent/software/job';
import type { Channel } from '#domain/channel';
import type { MeteredCloud } from './cloud.ts';

type Name = AgentEvent['event'];

export interface Fleet {
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

export const startFleet = async (
  { iot, directory }: MeteredCloud,
  things: readonly string[],
  channel: Channel,
): Promise<Fleet> => {
  const { tell, each } = hearing();
  // A short one: what takes longer than five seconds says so, in one message more.
  const execute: Execute = async () => ended;
  const agents = things.map((thing): Agent => {
    const root = join(directory, 'devices', thing, channel);
    mkdirSync(root, { recursive: true });
    return createAgent({
      thing,
      transport: iot.transportOf(thing),
      roots: { [channel]: root },
      clock: patient,
      software: { execute },
      onEvent: (event) => tell(thing, event),
    });
  });
  const connected = each(things, 'connected', () => true);
  await Promise.all(agents.map((agent) => agent.start()));
  await connected;
  return {
    each: (name, fits = () => true) => each(things, name, fits),
    stop: async () => {
      await Promise.all(agents.map((agent) => agent.stop()));
    },
  };
};
