// What the engine may rely on when it publishes to a thing, whatever carries the message.
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iotPublisher } from '#adapters/iot/publisher';
import { memoryPublisher } from '#adapters/memory/publisher';
import { contentTopics } from '#device/topics';
import type { Publisher } from '#engine/ports';
import { connect, inboxOf, provision, startWorld, type World } from '#test/local/iot/support';
import { digestOf } from './given.ts';

const thing = 'robot';
const topics = contentTopics(thing);

interface Line {
  readonly publisher: Publisher;
  /** What a subscriber of the topic gets next. */
  readonly next: (topic: string) => Promise<Uint8Array>;
}

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);

const publisherContract = (make: () => Promise<Line>) => {
  it('brings every byte as it is', async () => {
    const { publisher, next } = await make();
    const topic = topics.content(digestOf('a'), 0);
    await publisher.publish(topic, everyByte);
    expect([...(await next(topic))]).toEqual([...everyByte]);
  });

  it('brings each message to its own topic', async () => {
    const { publisher, next } = await make();
    await publisher.publish(topics.fetchRejected, Buffer.from('{"code":"not_found"}'));
    await publisher.publish(topics.content(digestOf('b'), 7), Buffer.from('seven'));
    expect(Buffer.from(await next(topics.content(digestOf('b'), 7))).toString()).toBe('seven');
    expect(Buffer.from(await next(topics.fetchRejected)).toString()).toBe('{"code":"not_found"}');
  });

  it('brings a whole chunk, and one of no bytes', async () => {
    const { publisher, next } = await make();
    const topic = topics.content(digestOf('c'), 1);
    const chunk = new Uint8Array(96 * 1024).fill(7);
    await publisher.publish(topic, chunk);
    expect(digestOf(await next(topic))).toBe(digestOf(chunk));
    await publisher.publish(topic, new Uint8Array());
    expect(await next(topic)).toHaveLength(0);
  });
};

describe('messages in memory', () =>
  publisherContract(async () => {
    const publisher = memoryPublisher();
    const seen = new Set<number>();
    return {
      publisher,
      next: async (topic) => {
        const index = publisher.published().findIndex((one, at) => one.topic === topic && !seen.has(at));
        seen.add(index);
        const found = publisher.published()[index];
        if (found === undefined) throw new Error(`Nothing was published to ${topic}.`);
        return found.payload;
      },
    };
  }));

describe('messages through AWS IoT Core', () => {
  let world: World;
  let device: MqttClient;
  beforeAll(async () => {
    world = await startWorld();
    device = await connect(world, await provision(world, thing));
    await device.subscribeAsync([topics.contentFilter, topics.fetchRejected]);
  });
  afterAll(async () => {
    await device.endAsync(true);
    await world.end();
  });

  publisherContract(async () => ({ publisher: iotPublisher(world.data), next: inboxOf(device).next }));

  it('are a fault on a topic that nobody may publish to', async () => {
    const publishing = iotPublisher(world.data).publish('$aws/things/robot', everyByte);
    await expect(publishing).rejects.toMatchObject({ name: 'Error' });
  });
});
