// What the broker allows and what it ends, seen by mqtt.js with a client certificate.
import {
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CreateCertificateFromCsrCommand,
  DetachPolicyCommand,
  UpdateCertificateCommand,
} from '@aws-sdk/client-iot';
import { PublishCommand, UpdateThingShadowCommand } from '@aws-sdk/client-iot-data-plane';
import type { MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  connect,
  createCsr,
  type Device,
  inboxOf,
  policyName,
  provision,
  startWorld,
  type World,
} from './support.ts';

let world: World;
const clients: MqttClient[] = [];
beforeAll(async () => {
  world = await startWorld();
  world.core.putRule('presence', {
    Sql: "SELECT * FROM '$aws/events/presence/+/+'",
    AwsIotSqlVersion: '2016-03-23',
    Actions: [{ Lambda: { FunctionArn: 'presence' } }],
  });
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
});
afterAll(() => world.end());

const join: typeof connect = async (...parameters) => {
  const client = await connect(...parameters);
  client.on('error', () => undefined);
  clients.push(client);
  return client;
};

const closed = (client: MqttClient) =>
  new Promise<void>((resolve) => {
    client.once('close', () => resolve());
  });

const presence = async (clientId: string, eventType: 'connected' | 'disconnected', version = 0) => {
  const delivery = await world.delivered(({ topic, payload }) => {
    if (topic !== `$aws/events/presence/${eventType}/${clientId}`) return false;
    return JSON.parse(payload.toString()).versionNumber === version;
  });
  return JSON.parse(delivery.payload.toString());
};

describe('connecting', () => {
  it('works for a device under the name of its thing', async () => {
    const client = await join(world, await provision(world, 'own-name'));

    expect(client.connected).toBe(true);
  });

  it('is refused under any other name', async () => {
    const device = await provision(world, 'right-name');

    await expect(join(world, device, { clientId: 'wrong-name' })).rejects.toThrow('Not authorized');
  });

  it('is refused under the name of a thing with another certificate', async () => {
    await provision(world, 'victim');
    const thief = await provision(world, 'thief');

    await expect(join(world, thief, { clientId: 'victim' })).rejects.toThrow('Not authorized');
  });

  it('is refused without a policy', async () => {
    const device = await provision(world, 'lawless');
    await world.control.send(new DetachPolicyCommand({ policyName, target: device.certificateArn }));

    await expect(join(world, device)).rejects.toThrow('Not authorized');
  });

  it('is refused without a client certificate', async () => {
    const device = await provision(world, 'bare');

    await expect(join(world, device, { cert: undefined, key: undefined } as never)).rejects.toThrow();
  });

  it('is refused with a certificate of another authority', async () => {
    const elsewhere = await startWorld();
    const stranger = await provision(elsewhere, 'stranger');
    await provision(world, 'stranger');

    await expect(join(world, stranger)).rejects.toThrow();
    await elsewhere.end();
  });

  it.each(['INACTIVE', 'REVOKED'] as const)('is refused with a certificate that is %s', async (newStatus) => {
    const device = await provision(world, `was-${newStatus}`);
    await world.control.send(
      new UpdateCertificateCommand({ certificateId: device.certificateId, newStatus }),
    );

    await expect(join(world, device)).rejects.toThrow('Not authorized');
  });

  it('works with a second certificate of the thing, once it has all that the first one has', async () => {
    const device = await provision(world, 'rotated');
    const { csr, keyPem } = await createCsr('rotated');
    const create = new CreateCertificateFromCsrCommand({ certificateSigningRequest: csr, setAsActive: true });
    const { certificateArn, certificatePem } = await world.control.send(create);
    const second: Device = { ...device, keyPem, certificatePem: String(certificatePem) };

    await expect(join(world, second)).rejects.toThrow('Not authorized');
    await world.control.send(new AttachPolicyCommand({ policyName, target: certificateArn }));
    await expect(join(world, second)).rejects.toThrow('Not authorized');
    await world.control.send(
      new AttachThingPrincipalCommand({ thingName: 'rotated', principal: certificateArn }),
    );

    expect((await join(world, second)).connected).toBe(true);
  });
});

describe('a live connection', () => {
  it.each(['INACTIVE', 'REVOKED'] as const)('ends when its certificate becomes %s', async (newStatus) => {
    const device = await provision(world, `live-${newStatus}`);
    const client = await join(world, device);
    const end = closed(client);

    await world.control.send(
      new UpdateCertificateCommand({ certificateId: device.certificateId, newStatus }),
    );

    await end;
    expect(await presence(device.thing, 'disconnected')).toMatchObject({
      disconnectReason: 'FORBIDDEN_ACCESS',
    });
  });

  it('ends when a second one comes under the same name', async () => {
    const device = await provision(world, 'twice');
    const first = await join(world, device);
    const end = closed(first);

    const second = await join(world, device);

    await end;
    expect(second.connected).toBe(true);
    expect(await presence('twice', 'disconnected')).toMatchObject({ disconnectReason: 'DUPLICATE_CLIENTID' });
    expect(await presence('twice', 'connected', 1)).toMatchObject({ eventType: 'connected' });
  });

  it("ends with a publish to a neighbour's topic, which nobody hears", async () => {
    await provision(world, 'neighbour');
    const listener = await join(world, await provision(world, 'neighbour'));
    const inbox = inboxOf(listener);
    await listener.subscribeAsync('shadowcast/neighbour/fetch');
    const client = await join(world, await provision(world, 'nosy'));
    const end = closed(client);

    client.publish('shadowcast/neighbour/fetch', 'mine');

    await end;
    expect(await presence('nosy', 'disconnected')).toMatchObject({ disconnectReason: 'AUTH_ERROR' });
    await world.data.send(
      new PublishCommand({ topic: 'shadowcast/neighbour/fetch', payload: Buffer.from('theirs') }),
    );
    expect((await inbox.next('shadowcast/neighbour/fetch')).toString()).toBe('theirs');
  });

  it.each([4, 5] as const)(
    'ends on MQTT version %i with a publish that no policy allows, at QoS 0 and 1',
    async (protocolVersion) => {
      const device = await provision(world, `versed-${protocolVersion}`);
      for (const qos of [0, 1] as const) {
        const client = await join(world, device, { protocolVersion });
        const end = closed(client);

        client.publish('anywhere', 'x', { qos }, () => undefined);

        await end;
      }
    },
  );

  it.each([
    ['a payload beyond 128 KB', 'shadowcast/limits/x', Buffer.alloc(128 * 1024 + 1), 0],
    ['a packet far beyond that', 'shadowcast/limits/x', Buffer.alloc(1024 * 1024), 0],
    ['a topic with eight slashes', 'shadowcast/limits/c/d/e/f/g/h/i', Buffer.from('x'), 0],
    ['QoS 2', 'shadowcast/limits/x', Buffer.from('x'), 2],
  ] as const)('ends with %s', async (_what, topic, payload, qos) => {
    const client = await join(world, await provision(world, 'limits'));
    const end = closed(client);

    client.publish(topic, payload, { qos }, () => undefined);

    await end;
  });

  it('ends with an answer of the shadow service that did not come from it', async () => {
    const client = await join(world, await provision(world, 'forger'));
    const end = closed(client);

    client.publish('$aws/things/forger/shadow/name/a/update/accepted', '{}');

    await end;
  });

  it('carries a payload of 128 KB and a topic with seven slashes', async () => {
    const client = await join(world, await provision(world, 'large'));
    const inbox = inboxOf(client);
    const topic = 'shadowcast/large/c/d/e/f/g/h';
    await client.subscribeAsync(topic);

    client.publish(topic, Buffer.alloc(128 * 1024, 7));

    expect((await inbox.next(topic)).length).toBe(128 * 1024);
  });
});

describe('a subscription', () => {
  const granted = (client: MqttClient, topics: string[]) =>
    new Promise<number[]>((resolve, reject) => {
      client.subscribe(topics, (_error, _grants, packet) =>
        packet ? resolve(packet.granted as number[]) : reject(new Error('no SUBACK')),
      );
    });

  it("is refused for a neighbour's topics and for wildcards across things, beside others that are granted", async () => {
    const client = await join(world, await provision(world, 'curious'));

    const grants = await granted(client, [
      'shadowcast/curious/+',
      'shadowcast/neighbour/x',
      'shadowcast/+/x',
      '#',
      '$aws/things/curious/shadow/name/+/update/delta',
      '$aws/events/presence/connected/curious',
      '$SYS/#',
    ]);

    expect(grants).toEqual([0, 128, 128, 128, 0, 128, 128]);
  });

  it('to eight topics at once is the most; one more ends the connection', async () => {
    const client = await join(world, await provision(world, 'eager'));
    const topics = [...'abcdefgh'].map((letter) => `shadowcast/eager/${letter}`);

    expect(await granted(client, topics)).toEqual(topics.map(() => 0));

    const end = closed(client);
    client.subscribe([...topics, 'shadowcast/eager/i'], () => undefined);
    await end;
  });

  it('to more than 50 topics is refused', async () => {
    const client = await join(world, await provision(world, 'collector'));
    for (let index = 0; index < 50; index += 1) await granted(client, [`shadowcast/collector/${index}`]);

    expect(await granted(client, ['shadowcast/collector/50'])).toEqual([128]);

    await client.unsubscribeAsync('shadowcast/collector/0');
    expect(await granted(client, ['shadowcast/collector/50'])).toEqual([0]);
  });

  it('gets each message once where two filters overlap', async () => {
    const client = await join(world, await provision(world, 'overlap'));
    const inbox = inboxOf(client);
    await granted(client, ['shadowcast/overlap/a', 'shadowcast/overlap/+']);

    client.publish('shadowcast/overlap/a', '1');
    client.publish('shadowcast/overlap/b', '2');

    await inbox.next('shadowcast/overlap/b');
    expect(inbox.messages.map(({ payload }) => payload.toString())).toEqual(['1']);
  });

  it('gets a QoS 1 message that a QoS 0 message has overtaken', async () => {
    const client = await join(world, await provision(world, 'overtaken'));
    const inbox = inboxOf(client);
    const shadow = '$aws/things/overtaken/shadow/name/a/update';
    await granted(client, [`${shadow}/delta`, 'shadowcast/overtaken/fetch']);

    client.stream.cork();
    client.publish(shadow, JSON.stringify({ state: { desired: { a: 1 } } }));
    client.publish('shadowcast/overtaken/fetch', 'x');
    client.stream.uncork();

    await inbox.next('shadowcast/overtaken/fetch');
    expect(await inbox.nextJson(`${shadow}/delta`)).toMatchObject({ version: 1 });
  });
});

describe('a persistent session', () => {
  const delta = '$aws/things/sleeper/shadow/name/a/update/delta';

  it('gets the QoS 1 messages that came while the device was away, but none of a refused subscription', async () => {
    const device = await provision(world, 'sleeper');
    world.core.putPolicy('hears-all', {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'iot:Receive', Resource: '*' }],
    });
    const hearsAll = { policyName: 'hears-all', target: device.certificateArn };
    await world.control.send(new AttachPolicyCommand(hearsAll));
    const awake = await join(world, device, { clean: false });
    await awake.subscribeAsync([delta, 'shadowcast/neighbour/x'], { qos: 1 }).catch(() => undefined);
    await awake.endAsync();
    const payload = Buffer.from(JSON.stringify({ state: { desired: { a: 1 } } }));
    await world.data.send(new PublishCommand({ topic: 'shadowcast/neighbour/x', qos: 1, payload }));
    await world.data.send(new UpdateThingShadowCommand({ thingName: 'sleeper', shadowName: 'a', payload }));

    const client = await join(world, device, { clean: false });
    const inbox = inboxOf(client);

    expect(await inbox.nextJson(delta)).toMatchObject({ state: { a: 1 } });
    expect(inbox.messages).toEqual([]);
  });
});

describe('presence', () => {
  it('tells of a connection and its end, with one version for both that grows with each connection', async () => {
    const device = await provision(world, 'present');
    const first = await join(world, device);
    await first.endAsync();
    const common = {
      clientId: 'present',
      timestamp: expect.any(Number),
      sessionIdentifier: expect.any(String),
      principalIdentifier: device.certificateId,
    };

    expect(await presence('present', 'connected')).toEqual({
      ...common,
      eventType: 'connected',
      ipAddress: '127.0.0.1',
      versionNumber: 0,
    });
    expect(await presence('present', 'disconnected')).toEqual({
      ...common,
      eventType: 'disconnected',
      clientInitiatedDisconnect: true,
      disconnectReason: 'CLIENT_INITIATED_DISCONNECT',
      versionNumber: 0,
    });
    await join(world, device);
    expect(await presence('present', 'connected', 1)).toMatchObject({ eventType: 'connected' });
  });

  it('knows a connection that was lost from one that was ended', async () => {
    const client = await join(world, await provision(world, 'lost'));

    client.stream.destroy();

    expect(await presence('lost', 'disconnected')).toMatchObject({
      clientInitiatedDisconnect: false,
      disconnectReason: 'CONNECTION_LOST',
    });
  });

  it('publishes the will of a connection that was lost', async () => {
    const listener = await join(world, await provision(world, 'heir'));
    const inbox = inboxOf(listener);
    await listener.subscribeAsync('shadowcast/heir/will');
    world.core.putPolicy('generous', {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }],
    });
    const device = await provision(world, 'testator');
    await world.control.send(
      new AttachPolicyCommand({ policyName: 'generous', target: device.certificateArn }),
    );
    const will = {
      topic: 'shadowcast/heir/will',
      payload: Buffer.from('all of it'),
      qos: 0,
      retain: false,
    } as const;
    const client = await join(world, device, { will });

    client.stream.destroy();

    expect((await inbox.next('shadowcast/heir/will')).toString()).toBe('all of it');
  });
});
