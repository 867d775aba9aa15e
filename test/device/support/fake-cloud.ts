// A cloud in a few lines: the shadow's merge and delta, and a content server; a test may lose, double and twist any message.
import type { Connection, Transport, TransportEvents } from '#device/agent/link/transport';
import { type Channel, type Current, chunkBytes, type FetchRequest } from '#device/shadow';
import { contentTopics, shadowTopics } from '#device/topics';

export interface Message {
  readonly topic: string;
  readonly payload: Buffer;
}

interface Shadow {
  version: number;
  desired?: { target: unknown } | undefined;
  reported?: { current: Current };
}

export interface FakeCloud {
  readonly transport: Transport;
  /** Everything that the thing did, in order: `subscribe <topic>` and `publish <topic>`. */
  readonly heard: {
    readonly verb: 'subscribe' | 'publish';
    readonly topic: string;
    readonly body: unknown;
  }[];
  /** Resolves when the thing has published on this topic so many times. */
  readonly hears: (topic: string, times?: number) => Promise<void>;
  readonly contents: Map<string, Buffer>;
  /** What becomes of a message on its way to the thing: itself, nothing, or several. */
  onWay: (message: Message) => Message[];
  /** What becomes of a message on its way to the cloud. */
  lost: (topic: string, body: unknown) => boolean;
  refusesSubscriptions: boolean;
  readonly reported: (channel: Channel) => Current | undefined;
  /** Undefined: nothing is wanted any more. */
  readonly want: (channel: Channel, target: unknown) => void;
  readonly send: (topic: string, body: unknown) => void;
  readonly cut: (reason?: string) => void;
}

export const createFakeCloud = (thing: string): FakeCloud => {
  const shadows = new Map<Channel, Shadow>();
  let device: TransportEvents | undefined;
  let subscribed: string[] = [];
  const lookers = new Set<() => void>();
  const names = contentTopics(thing);

  const isSubscribed = (topic: string) =>
    subscribed.some((filter) =>
      new RegExp(`^${filter.replaceAll('$', '\\$').replaceAll('+', '[^/]+')}$`).test(topic),
    );
  const shadowOf = (channel: Channel): Shadow => {
    const shadow = shadows.get(channel) ?? { version: 0 };
    shadows.set(channel, shadow);
    return shadow;
  };
  const sendRaw = (message: Message) => {
    // A message belongs to the connection that it was sent on.
    const receiver = device;
    for (const { topic, payload } of cloud.onWay(message))
      if (isSubscribed(topic)) setImmediate(() => receiver === device && receiver?.message(topic, payload));
  };
  const send = (topic: string, body: unknown) =>
    sendRaw({ topic, payload: Buffer.from(JSON.stringify(body)) });

  const sendDelta = (channel: Channel, clientToken?: string) => {
    const { version, desired } = shadowOf(channel);
    if (desired) send(shadowTopics(thing, channel).delta, { version, state: desired, clientToken });
  };
  const update = (
    channel: Channel,
    body: { state: { reported: { current: Current } }; clientToken?: string },
  ) => {
    const shadow = shadowOf(channel);
    shadow.version += 1;
    shadow.reported = body.state.reported;
    sendDelta(channel, body.clientToken);
  };
  const get = (channel: Channel, clientToken: unknown) => {
    const { getAccepted, getRejected } = shadowTopics(thing, channel);
    const shadow = shadows.get(channel);
    if (!shadow) return send(getRejected, { code: 404, message: 'No shadow exists', clientToken });
    const { version, desired, reported } = shadow;
    send(getAccepted, { version, state: { desired, reported }, clientToken });
  };
  const serve = ({ digest, chunk }: FetchRequest) => {
    const content = cloud.contents.get(digest);
    const payload = content?.subarray(chunk * chunkBytes, (chunk + 1) * chunkBytes);
    if (payload) sendRaw({ topic: names.content(digest, chunk), payload });
  };

  const channels: Channel[] = ['release', 'environment', 'software'];
  const handlers = new Map<string, (body: never) => void>([
    [names.fetch, serve],
    ...channels.flatMap((channel): [string, (body: never) => void][] => [
      [shadowTopics(thing, channel).update, (body) => update(channel, body)],
      [shadowTopics(thing, channel).get, (body: { clientToken: unknown }) => get(channel, body.clientToken)],
    ]),
  ]);

  const accept = (events: TransportEvents): Connection => {
    device = events;
    subscribed = [];
    setImmediate(() => events.up());
    return {
      subscribe: async (topics) => {
        if (cloud.refusesSubscriptions) throw new Error('not authorized');
        subscribed.push(...topics);
        for (const topic of topics) cloud.heard.push({ verb: 'subscribe', topic, body: undefined });
      },
      publish: (topic, payload) => {
        const body = JSON.parse(payload);
        cloud.heard.push({ verb: 'publish', topic, body });
        for (const look of lookers) look();
        if (!cloud.lost(topic, body)) handlers.get(topic)?.(body as never);
      },
      close: async () => cloud.cut('closed'),
    };
  };

  const cloud: FakeCloud = {
    transport: { host: 'fake', connect: accept },
    heard: [],
    hears: (topic, times = 1) =>
      new Promise((resolve) => {
        const look = () => {
          const count = cloud.heard.filter((each) => each.verb === 'publish' && each.topic === topic).length;
          if (count < times) return;
          lookers.delete(look);
          resolve();
        };
        lookers.add(look);
        look();
      }),
    contents: new Map(),
    onWay: (message) => [message],
    lost: () => false,
    refusesSubscriptions: false,
    reported: (channel) => shadows.get(channel)?.reported?.current,
    want: (channel, target) => {
      const shadow = shadowOf(channel);
      shadow.version += 1;
      shadow.desired = target === undefined ? undefined : { target };
      sendDelta(channel);
    },
    send,
    cut: (reason = 'cut') => {
      const gone = device;
      device = undefined;
      gone?.down(reason);
    },
  };
  return cloud;
};
