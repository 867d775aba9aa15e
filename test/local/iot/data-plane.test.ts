// AWS's data plane client against the local endpoint: shadows, their names, Publish, and errors as exceptions of the client.
import {
  ConflictException,
  DeleteThingShadowCommand,
  ForbiddenException,
  GetRetainedMessageCommand,
  GetThingShadowCommand,
  InvalidRequestException,
  IoTDataPlaneClient,
  ListNamedShadowsForThingCommand,
  PublishCommand,
  RequestEntityTooLargeException,
  ResourceNotFoundException,
  UnsupportedDocumentEncodingException,
  UpdateThingShadowCommand,
} from '@aws-sdk/client-iot-data-plane';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, inboxOf, provision, region, startWorld, type World } from './support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.end());

const read = (payload: Uint8Array | undefined) => JSON.parse(Buffer.from(payload ?? []).toString());

const update = async (thingName: string, shadowName: string | undefined, body: object | Uint8Array) => {
  const payload = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
  const answer = await world.data.send(new UpdateThingShadowCommand({ thingName, shadowName, payload }));
  return read(answer.payload);
};

const get = async (thingName: string, shadowName?: string) =>
  read((await world.data.send(new GetThingShadowCommand({ thingName, shadowName }))).payload);

const remove = async (thingName: string, shadowName?: string) =>
  read((await world.data.send(new DeleteThingShadowCommand({ thingName, shadowName }))).payload);

describe('a shadow over HTTP', () => {
  it('is updated and read, with its delta', async () => {
    await update('robot-1', 'release', { state: { desired: { a: 1, b: 2 } } });
    await update('robot-1', 'release', { state: { reported: { a: 1 } } });

    expect(await get('robot-1', 'release')).toEqual({
      state: { desired: { a: 1, b: 2 }, reported: { a: 1 }, delta: { b: 2 } },
      metadata: {
        desired: { a: { timestamp: expect.any(Number) }, b: { timestamp: expect.any(Number) } },
        reported: { a: { timestamp: expect.any(Number) } },
      },
      version: 2,
      timestamp: expect.any(Number),
    });
  });

  it('is another one for each name, and the classic one has none', async () => {
    await update('robot-2', undefined, { state: { desired: { which: 'classic' } } });
    await update('robot-2', 'a', { state: { desired: { which: 'a' } } });

    expect((await get('robot-2')).state.desired).toEqual({ which: 'classic' });
    expect((await get('robot-2', 'a')).state.desired).toEqual({ which: 'a' });
  });

  it('is deleted, and its version goes on', async () => {
    await update('robot-3', 'a', { state: { desired: { a: 1 } } });
    await update('robot-3', 'a', { state: { desired: { a: 2 } } });

    expect(await remove('robot-3', 'a')).toEqual({ version: 2, timestamp: expect.any(Number) });

    await expect(get('robot-3', 'a')).rejects.toThrow(ResourceNotFoundException);
    expect((await update('robot-3', 'a', { state: { desired: { a: 1 } } })).version).toBe(3);
  });

  it('echoes the token', async () => {
    const answer = await update('robot-4', 'a', { state: { desired: { a: 1 } }, clientToken: 'mine' });

    expect(answer.clientToken).toBe('mine');
  });
});

describe('the client throws', () => {
  it("ResourceNotFoundException with AWS's message for a shadow that is not there", async () => {
    await expect(get('robot-5', 'none')).rejects.toThrow("No shadow exists with name: 'robot-5~none'");
    await expect(get('robot-5')).rejects.toThrow("No shadow exists with name: 'robot-5'");
    await expect(remove('robot-5')).rejects.toThrow(ResourceNotFoundException);
  });

  it('ConflictException for another version', async () => {
    await update('robot-6', 'a', { state: { desired: { a: 1 } } });

    const stale = update('robot-6', 'a', { state: { desired: { a: 2 } }, version: 7 });

    await expect(stale).rejects.toThrow(ConflictException);
    await expect(stale).rejects.toThrow('Version conflict');
    expect((await get('robot-6', 'a')).version).toBe(1);
  });

  it.each([
    ['InvalidRequestException for broken JSON', Buffer.from('{'), InvalidRequestException],
    [
      'RequestEntityTooLargeException beyond 8 KB',
      { state: { desired: { a: 'x'.repeat(9000) } } },
      RequestEntityTooLargeException,
    ],
    [
      'UnsupportedDocumentEncodingException for bytes',
      Buffer.from([0xff]),
      UnsupportedDocumentEncodingException,
    ],
  ])('%s', async (_sentence, body, exception) => {
    await expect(update('robot-7', 'a', body)).rejects.toThrow(exception);
  });

  it('InvalidRequestException for a name that AWS would not take', async () => {
    await expect(get('robot 8', 'a')).rejects.toThrow(InvalidRequestException);
    await expect(get('robot-8', 'a b')).rejects.toThrow(InvalidRequestException);
  });

  it('ForbiddenException for another access key', async () => {
    const credentials = { accessKeyId: 'stranger', secretAccessKey: 'secret' };
    const stranger = new IoTDataPlaneClient({ region, endpoint: world.core.dataEndpoint, credentials });

    await expect(stranger.send(new GetThingShadowCommand({ thingName: 'robot-1' }))).rejects.toThrow(
      ForbiddenException,
    );
  });

  it('an error that names what is not served', async () => {
    await expect(world.data.send(new GetRetainedMessageCommand({ topic: 'a' }))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: 'GET /retainedMessage/a is not served by the local AWS IoT',
    });
  });
});

describe("the names of a thing's shadows", () => {
  it('come in pages, without the classic and the deleted ones', async () => {
    for (const name of ['c', 'a', 'b', 'gone'])
      await update('robot-9', name, { state: { desired: { a: 1 } } });
    await update('robot-9', undefined, { state: { desired: { a: 1 } } });
    await remove('robot-9', 'gone');
    const list = (nextToken?: string) =>
      world.data.send(new ListNamedShadowsForThingCommand({ thingName: 'robot-9', pageSize: 2, nextToken }));

    const first = await list();
    const second = await list(first.nextToken);

    expect([first.results, second.results]).toEqual([['a', 'b'], ['c']]);
    expect(second.nextToken).toBeUndefined();
  });
});

describe('Publish', () => {
  it.each([0, 1])('reaches a subscriber with QoS %i', async (qos) => {
    const device = await provision(world, `listener-${qos}`);
    const client = await connect(world, device);
    const topic = `shadowcast/listener-${qos}/content`;
    await client.subscribeAsync(topic, { qos: 1 });
    const arrived = new Promise<{ payload: Buffer; qos: number }>((resolve) => {
      client.once('message', (_topic, payload, packet) => resolve({ payload, qos: packet.qos }));
    });

    await world.data.send(new PublishCommand({ topic, qos, payload: Buffer.from([0, 255, 1]) }));

    expect(await arrived).toEqual({ payload: Buffer.from([0, 255, 1]), qos });
    await client.endAsync();
  });

  it('keeps a retained message for those who subscribe later', async () => {
    const topic = 'shadowcast/late/content';
    await world.data.send(new PublishCommand({ topic, retain: true, payload: Buffer.from('kept') }));
    const client = await connect(world, await provision(world, 'late'));
    const inbox = inboxOf(client);

    await client.subscribeAsync(topic);

    expect((await inbox.next(topic)).toString()).toBe('kept');
    await client.endAsync();
  });

  it('takes 128 KB and not a byte more', async () => {
    const publish = (bytes: number) =>
      world.data.send(new PublishCommand({ topic: 'a', payload: Buffer.alloc(bytes) }));

    await expect(publish(128 * 1024)).resolves.toBeDefined();
    await expect(publish(128 * 1024 + 1)).rejects.toThrow(RequestEntityTooLargeException);
  });

  it.each([
    ['a wildcard', 'a/+/b', InvalidRequestException],
    ['eight slashes', 'a/b/c/d/e/f/g/h/i', InvalidRequestException],
    ['a reserved topic', '$aws/events/presence/connected/x', ForbiddenException],
  ])('refuses %s', async (_sentence, topic, exception) => {
    await expect(world.data.send(new PublishCommand({ topic }))).rejects.toThrow(exception);
  });

  it('asks the shadow service as a device would', async () => {
    const client = await connect(world, await provision(world, 'asked'));
    const inbox = inboxOf(client);
    const shadow = '$aws/things/asked/shadow/name/a';
    await client.subscribeAsync(`${shadow}/update/accepted`);

    const payload = Buffer.from(JSON.stringify({ state: { desired: { a: 1 } } }));
    await world.data.send(new PublishCommand({ topic: `${shadow}/update`, payload }));

    expect(await inbox.nextJson(`${shadow}/update/accepted`)).toMatchObject({ version: 1 });
    await client.endAsync();
  });
});
