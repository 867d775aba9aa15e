// The reference agent: one thing, one connection, a channel for everything that this device has a place for.
import type { Channel } from '../shadow.ts';
import { contentTopics } from '../topics.ts';
import { type Clock, systemClock } from './clock.ts';
import { createFetcher, type Fetcher } from './content/fetcher.ts';
import { troubleOf } from './errors.ts';
import type { OnEvent } from './events.ts';
import type { Faults } from './faults.ts';
import { type Files, openFiles } from './files/open.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { createLink } from './link/link.ts';
import type { Transport } from './link/transport.ts';
import type { SoftwareOptions } from './software/channel.ts';
import { openSoftware } from './software/open.ts';
import { createChannel } from './sync/channel.ts';
import type { ChannelSync, HearingDependencies } from './sync/hearing.ts';
import { createPong } from './sync/pong.ts';

export interface AgentOptions {
  readonly thing: string;
  readonly transport: Transport;
  /** Where each channel keeps what it has. A channel without a root is none of this device's business. */
  readonly roots: Partial<Readonly<Record<Channel, string>>>;
  readonly openFiles?: (root: string) => Promise<Files>;
  readonly software?: SoftwareOptions;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly limits?: Limits;
  readonly faults?: Faults;
  readonly onEvent?: OnEvent;
}

export interface Agent {
  /** Mends what a crash left, then connects, and stays connected until it is stopped. */
  start(): Promise<void>;
  /** Finishes or drops what it is doing, and goes. */
  stop(): Promise<void>;
}

const parse = (payload: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(payload).toString());
  } catch {
    return undefined;
  }
};

/** `.../content/{digest}/{chunk}`, or undefined for every other topic. */
const contentOf = (topic: string, prefix: string) => {
  if (!topic.startsWith(prefix)) return undefined;
  const [digest = '', chunk = ''] = topic.slice(prefix.length).split('/');
  return { digest, chunk: Number(chunk) };
};

type OpenChannel = (root: string, needs: HearingDependencies) => Promise<ChannelSync>;

type Handler = (message: unknown) => void;

/** Who hears what: a handler for each topic, and the fetcher for content. */
const createRouter = (thing: string, fetcher: Fetcher, topics: readonly (readonly [string, Handler])[]) => {
  const { contentFilter } = contentTopics(thing);
  const prefix = contentFilter.replace('+/+', '');
  const handlers = new Map(topics);
  const route = (topic: string, payload: Uint8Array): void => {
    const content = contentOf(topic, prefix);
    if (content) fetcher.received(content, payload);
    else handlers.get(topic)?.(parse(payload));
  };
  return { topics: [...handlers.keys(), contentFilter], route };
};

export const createAgent = (options: AgentOptions): Agent => {
  const { thing, transport, clock = systemClock, random = Math.random } = options;
  const { limits = defaultLimits, faults = {}, onEvent = () => {} } = options;
  const open = options.openFiles ?? openFiles;
  const toCloud = (topic: string, message: unknown) => link?.publish(topic, JSON.stringify(message));
  const fetcher = createFetcher({
    clock,
    inFlightMax: limits.chunksInFlightMax,
    ask: (request) => toCloud(contentTopics(thing).fetch, request),
  });
  let channels: readonly ChannelSync[] = [];
  let link: ReturnType<typeof createLink> | undefined;

  const openFilesChannel: OpenChannel = async (root, needs) => {
    const files = await open(root);
    const recovered = await files.recover();
    const { kept, trouble } = recovered;
    if (kept || trouble)
      onEvent({
        event: 'recovered',
        channel: needs.channel,
        seq: kept?.report.seq ?? 0,
        trouble: trouble ? troubleOf(trouble) : null,
      });
    return createChannel({ ...needs, files, fetcher, limits, faults }, recovered);
  };
  const opens: Readonly<Record<Channel, OpenChannel>> = {
    release: openFilesChannel,
    environment: openFilesChannel,
    software: (root, needs) =>
      openSoftware(root, { ...needs, fetcher, limits, options: options.software ?? {} }),
  };
  const openChannel = ([channel, root]: [Channel, string]): Promise<ChannelSync> =>
    opens[channel](root, { thing, channel, clock, onEvent, publish: toCloud });

  return {
    start: async () => {
      const roots = Object.entries(options.roots) as [Channel, string][];
      channels = await Promise.all(roots.map(openChannel));
      const { fetchRejected, ping } = contentTopics(thing);
      const { topics, route } = createRouter(thing, fetcher, [
        ...channels.flatMap((channel) => [...channel.topics]),
        [fetchRejected, fetcher.rejected],
        [ping, createPong(thing, toCloud)],
      ]);
      link = createLink({
        transport,
        clock,
        random,
        topics,
        onEvent,
        onMessage: route,
        onReady: () => {
          for (const channel of channels) channel.connected();
          fetcher.connected();
        },
        onDown: () => {
          for (const channel of channels) channel.disconnected();
        },
      });
      link.start();
    },
    stop: async () => {
      await Promise.all(channels.map((channel) => channel.stop()));
      await link?.stop();
    },
  };
};
