// A fleet in one process: each device is brought in and then runs until the signal is raised.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Agent, createAgent } from '#device/agent/agent';
import type { Faults } from '#device/agent/faults';
import { mqttTransport } from '#device/agent/link/mqtt';
import type { Channel } from '#device/shadow';
import { type Enrolled, enrol } from './enrol.ts';
import { printer } from './lines.ts';
import { lockDevice } from './lock.ts';
import type { Settings } from './settings.ts';

/** Devices that are brought in at the same time. */
const enrollingMax = 4;

type Print = ReturnType<typeof printer>;

/** What is run is somebody else's text, on this machine and as this user: only for who asks for it. */
const channelsOf = ({ software }: Settings): readonly Channel[] => [
  'release',
  'environment',
  ...(software ? (['software'] as const) : []),
];

/** What an environment brings lies below these, whatever it is. */
const ofEnvironment = /^(modules\/|shared\.json$)/;

const broken: Faults = {
  failApply: ({ items = [] }) =>
    items.some(({ path }) => ofEnvironment.test(path))
      ? { code: 'verification_failed', message: 'The motors do not turn with this.', retry: false }
      : undefined,
};

const faultsOf = ({ names, faultyEvery }: Settings, name: string): { faults?: Faults } =>
  faultyEvery > 0 && (names.indexOf(name) + 1) % faultyEvery === 0 ? { faults: broken } : {};

const agentOf = (settings: Settings, name: string, { key, activation }: Enrolled, print: Print): Agent => {
  const { thing, certificate, channels } = activation;
  const { host, port } = settings.mqtt ?? activation.endpoint;
  const { ca } = settings;
  const mine = channelsOf(settings).filter((channel) => channels.includes(channel));
  return createAgent({
    thing,
    transport: mqttTransport({ host, port, thing, certificate, key, ...(ca === undefined ? {} : { ca }) }),
    roots: Object.fromEntries(mine.map((channel) => [channel, join(settings.directory, name, channel)])),
    ...faultsOf(settings, name),
    onEvent: (event) => print(name, event),
  });
};

const runDevice = async (settings: Settings, name: string, print: Print, signal: AbortSignal) => {
  const dir = join(settings.directory, name);
  await mkdir(dir, { recursive: true });
  const unlock = lockDevice(dir, name);
  const enrolled = await enrol(settings, join(dir, 'identity'), name, signal, (event) => print(name, event));
  if (enrolled.news) print(name, { event: enrolled.news, thing: enrolled.activation.thing });
  const agent = agentOf(settings, name, enrolled, print);
  await agent.start();
  return async () => {
    await agent.stop();
    unlock();
  };
};

const raised = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve());
  });

export const runFleet = async (settings: Settings, signal: AbortSignal): Promise<void> => {
  const print = printer(settings.json, Math.max(...settings.names.map((name) => name.length)));
  const stops: (() => Promise<void>)[] = [];
  const waiting = [...settings.names];
  const bringIn = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined && !signal.aborted; name = waiting.shift())
      stops.push(await runDevice(settings, name, print, signal));
  };
  try {
    await Promise.all(Array.from({ length: enrollingMax }, bringIn));
    await raised(signal);
  } finally {
    await Promise.all(stops.map((stop) => stop()));
  }
};
