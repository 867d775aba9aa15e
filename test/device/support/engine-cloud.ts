// The real engine behind a fake wire: shadows, reports, results and content go through it as the IoT rules and workers would take them.
import type { Transport, TransportEvents } from '#device/agent/link/transport';
import { result } from '#device/result';
import { channel as channelName, current, fetchRequest } from '#device/shadow';
import { contentTopics, shadowTopics } from '#device/topics';
import type { Channel } from '#domain/channel';
import { serveContent } from '#engine/serve-content';
import { takeReport } from '#engine/take-report';
import { takeResult } from '#engine/take-result';
import type { SmallSystem } from '#test/support/small-system';

/** What becomes of a message on its way, in either direction: itself, nothing, or several. */
type Fate = (topic: string) => number;

export interface EngineCloud {
  readonly transport: Transport;
  fate: Fate;
  /** Until nothing is on its way any more, and nothing waits for a worker. */
  readonly quiet: () => Promise<void>;
  readonly cut: () => void;
}

export const createEngineCloud = (system: SmallSystem, thing: string): EngineCloud => {
  const { world, shadows, publisher } = system;
  const names = contentTopics(thing);
  const versions = new Map<Channel, number>();
  const underWay = new Set<Promise<unknown>>();
  let device: TransportEvents | undefined;
  let moves = 0;

  const track = (work: Promise<unknown>): void => {
    moves += 1;
    underWay.add(work);
    work.finally(() => underWay.delete(work));
  };
  const send = (topic: string, payload: Uint8Array): void => {
    const receiver = device;
    for (let copies = cloud.fate(topic); copies > 0; copies -= 1)
      track(
        new Promise((resolve) =>
          setImmediate(() => {
            if (receiver === device) receiver?.message(topic, payload);
            resolve(undefined);
          }),
        ),
      );
  };
  const sendJson = (topic: string, body: unknown): void => send(topic, Buffer.from(JSON.stringify(body)));
  const sendDelta = (channel: Channel, clientToken?: string): void => {
    const target = shadows.stateOf(thing, channel)?.target;
    const version = versions.get(channel);
    if (target === undefined) return;
    sendJson(shadowTopics(thing, channel).delta, { version, state: { target }, clientToken });
  };
  const nextVersion = (channel: Channel): number => {
    const version = (versions.get(channel) ?? 0) + 1;
    versions.set(channel, version);
    return version;
  };
  shadows.onWrite((write) => {
    nextVersion(write.channel);
    sendDelta(write.channel);
  });
  publisher.onPublish(({ topic, payload }) => send(topic, payload));

  const update = async (
    channel: Channel,
    body: { state: { reported: { current: unknown } }; clientToken?: string },
  ) => {
    const word = current.parse(body.state.reported.current);
    shadows.report(thing, channel, word);
    nextVersion(channel);
    sendDelta(channel, body.clientToken);
    // The rule and its queue may lose, double and delay it on their own.
    for (let copies = cloud.fate('queue'); copies > 0; copies -= 1)
      await takeReport(world)({ thing, channel }, word);
  };
  const get = async (channel: Channel) => {
    const target = shadows.stateOf(thing, channel)?.target;
    const { getAccepted, getRejected } = shadowTopics(thing, channel);
    if (target === undefined) return sendJson(getRejected, { code: 404 });
    sendJson(getAccepted, { version: versions.get(channel), state: { desired: { target } } });
  };

  const handlers = new Map<string, (body: never) => Promise<unknown>>([
    [names.fetch, (body) => serveContent(world)(thing, fetchRequest.parse(body))],
    [names.result, (body) => takeResult(world)(thing, result.parse(body))],
    ...channelName.options.flatMap((channel): [string, (body: never) => Promise<unknown>][] => [
      [shadowTopics(thing, channel).update, (body) => update(channel, body)],
      [shadowTopics(thing, channel).get, () => get(channel)],
    ]),
  ]);

  const cloud: EngineCloud = {
    transport: {
      host: 'engine',
      connect: (events) => {
        device = events;
        setImmediate(() => events.up());
        return {
          subscribe: async () => {},
          publish: (topic, payload) => {
            for (let copies = cloud.fate(topic); copies > 0; copies -= 1)
              track(handlers.get(topic)?.(JSON.parse(payload) as never) ?? Promise.resolve());
          },
          close: async () => cloud.cut(),
        };
      },
    },
    fate: () => 1,
    quiet: async () => {
      for (let still = 0, seen = -1; still < 20; still += 1) {
        await system.carryOutAll();
        await Promise.all(underWay);
        await new Promise(setImmediate);
        if (moves !== seen) still = 0;
        seen = moves;
      }
    },
    cut: () => {
      const gone = device;
      device = undefined;
      gone?.down('cut');
    },
  };
  return cloud;
};
