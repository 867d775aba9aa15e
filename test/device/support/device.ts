// One device under test: the agent on a folder of its own, in virtual time, with its events to wait for.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type AgentOptions, createAgent } from '#device/agent/agent';
import type { AgentEvent } from '#device/agent/events';
import { createFakeCloud, type FakeCloud } from './fake-cloud.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

export const thing = 'thing-7';

export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'device-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

type Named<Name extends AgentEvent['event']> = Extract<AgentEvent, { event: Name }>;
type Fits<Name extends AgentEvent['event']> = (event: Named<Name>) => boolean;

/** Keeps events in order and hands out the next that fits, after those handed out before. */
export const createRecorder = () => {
  const events: AgentEvent[] = [];
  const lookers = new Set<() => void>();
  let from = 0;
  const next = <Name extends AgentEvent['event']>(
    name: Name,
    fits: Fits<Name> = () => true,
  ): Promise<Named<Name>> =>
    new Promise((resolve) => {
      const look = () => {
        const index = events.findIndex(
          (event, at) => at >= from && event.event === name && fits(event as Named<Name>),
        );
        if (index === -1) return;
        lookers.delete(look);
        from = index + 1;
        resolve(events[index] as Named<Name>);
      };
      lookers.add(look);
      look();
    });
  const onEvent = (event: AgentEvent) => {
    events.push(event);
    for (const look of lookers) look();
  };
  return { events, next, onEvent };
};

export interface DeviceUnderTest extends Pick<ReturnType<typeof createRecorder>, 'events' | 'next'> {
  readonly cloud: FakeCloud;
  readonly clock: VirtualClock;
  readonly root: string;
  stop(): Promise<void>;
}

type Given = Partial<AgentOptions> & { cloud?: FakeCloud; clock?: VirtualClock; root?: string };

export const startDevice = async (given: Given = {}): Promise<DeviceUnderTest> => {
  const { cloud = createFakeCloud(thing), clock = createVirtualClock(), root = temporaryFolder() } = given;
  const { events, next, onEvent } = createRecorder();
  const { transport } = cloud;
  const agent = createAgent({
    thing,
    transport,
    clock,
    random: () => 1,
    roots: { release: root },
    onEvent,
    ...given,
  });
  await agent.start();
  let running = true;
  const stop = async () => {
    if (!running) return;
    running = false;
    await agent.stop();
  };
  onTestFinished(stop);
  return { cloud, clock, root, events, next, stop };
};
