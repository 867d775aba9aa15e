// AWS's own device SDK, unmodified, over TLS with a client certificate: its shadow client, on MQTT 3.1.1 and on MQTT 5.
import { once } from 'node:events';
import { UpdateCertificateCommand } from '@aws-sdk/client-iot';
import { UpdateThingShadowCommand } from '@aws-sdk/client-iot-data-plane';
import { iot, iotshadow, mqtt, mqtt5 } from 'aws-iot-device-sdk-v2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Device, provision, startWorld, type World } from './support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.end());

interface SdkDevice {
  shadows: iotshadow.IotShadowClientv2;
  end(): Promise<void>;
}

const limits: Parameters<typeof iotshadow.IotShadowClientv2.newFromMqtt311>[1] = {
  maxRequestResponseSubscriptions: 8,
  maxStreamingSubscriptions: 4,
  operationTimeoutInSeconds: 10,
};

const overMqtt311 = async ({ core }: World, device: Device): Promise<SdkDevice> => {
  const config = iot.AwsIotMqttConnectionConfigBuilder.new_mtls_builder(device.certificatePem, device.keyPem)
    .with_certificate_authority_from_path(undefined, core.mqtt.caFile)
    .with_endpoint(core.mqtt.host)
    .with_port(core.mqtt.port)
    .with_client_id(device.thing)
    .with_clean_session(true)
    .build();
  const connection = new mqtt.MqttClient().new_connection(config);
  await connection.connect();
  const shadows = iotshadow.IotShadowClientv2.newFromMqtt311(connection, limits);
  return {
    shadows,
    end: async () => {
      shadows.close();
      await connection.disconnect();
    },
  };
};

const overMqtt5 = async ({ core }: World, device: Device): Promise<SdkDevice> => {
  const config = iot.AwsIotMqtt5ClientConfigBuilder.newDirectMqttBuilderWithMtlsFromMemory(
    core.mqtt.host,
    device.certificatePem,
    device.keyPem,
  )
    .withCertificateAuthorityFromPath(undefined, core.mqtt.caFile)
    .withPort(core.mqtt.port)
    .withConnectProperties({ clientId: device.thing, keepAliveIntervalSeconds: 60 })
    .build();
  const client = new mqtt5.Mqtt5Client(config);
  const connected = once(client, 'connectionSuccess');
  client.start();
  await connected;
  const shadows = iotshadow.IotShadowClientv2.newFromMqtt5(client, limits);
  return {
    shadows,
    end: async () => {
      shadows.close();
      const stopped = once(client, 'stopped');
      client.stop();
      await stopped;
      client.close();
    },
  };
};

/** What the service rejected, as the SDK hands it out. */
const rejectionOf = async (request: Promise<unknown>) => {
  const error = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return (error as { modeledError?: iotshadow.model.V2ErrorResponse } | undefined)?.modeledError;
};

const firstOf = <Event>(stream: {
  on(event: 'incomingPublish', listen: (event: { message: Event }) => void): void;
}) =>
  new Promise<Event>((resolve) => {
    stream.on('incomingPublish', ({ message }) => resolve(message));
  });

const opened = async (stream: {
  on(event: 'subscriptionStatus', listen: () => void): void;
  open(): void;
}) => {
  const established = new Promise<void>((resolve) => {
    stream.on('subscriptionStatus', () => resolve());
  });
  stream.open();
  await established;
};

describe.each([
  ['MQTT 3.1.1', 'old', overMqtt311],
  ['MQTT 5', 'new', overMqtt5],
] as const)('the shadow client of the device SDK on %s', (_protocol, prefix, connectOver) => {
  let sdk: SdkDevice;
  const thingName = `${prefix}-robot`;
  const named = (shadowName: string) => ({ thingName, shadowName });
  beforeAll(async () => {
    sdk = await connectOver(world, await provision(world, thingName));
  });
  afterAll(() => sdk.end());

  it('updates and reads a named shadow', async () => {
    const request = { ...named('release'), state: { desired: { a: 1, b: { c: 2 } }, reported: { a: 1 } } };

    const updated = await sdk.shadows.updateNamedShadow(request);
    const read = await sdk.shadows.getNamedShadow(named('release'));

    expect(updated).toMatchObject({ state: request.state, version: 1 });
    expect(read).toMatchObject({ state: { ...request.state, delta: { b: { c: 2 } } }, version: 1 });
    expect(read.metadata?.desired).toMatchObject({ a: { timestamp: expect.any(Number) } });
  });

  it('updates and reads the classic shadow', async () => {
    await sdk.shadows.updateShadow({ thingName, state: { reported: { classic: true } } });

    expect((await sdk.shadows.getShadow({ thingName })).state?.reported).toEqual({ classic: true });
  });

  it('deletes a shadow, whose version then goes on', async () => {
    await sdk.shadows.updateNamedShadow({ ...named('gone'), state: { reported: { a: 1 } } });

    const deleted = await sdk.shadows.deleteNamedShadow(named('gone'));

    expect(deleted.version).toBe(1);
    expect(await rejectionOf(sdk.shadows.getNamedShadow(named('gone')))).toMatchObject({ code: 404 });
    const again = await sdk.shadows.updateNamedShadow({ ...named('gone'), state: { reported: { a: 1 } } });
    expect(again.version).toBe(2);
  });

  it.each([
    [404, `No shadow exists with name: '${thingName}~none'`, () => sdk.shadows.getNamedShadow(named('none'))],
    [
      409,
      'Version conflict',
      () => sdk.shadows.updateNamedShadow({ ...named('x'), version: 9, state: { reported: { a: 1 } } }),
    ],
    [
      413,
      'The payload exceeds the maximum size allowed',
      () => sdk.shadows.updateNamedShadow({ ...named('x'), state: { reported: { a: 'x'.repeat(9000) } } }),
    ],
    [400, 'Missing required node: state', () => sdk.shadows.updateNamedShadow(named('x'))],
  ])('is told %i: %s', async (code, message, ask) => {
    expect(await rejectionOf(ask())).toMatchObject({
      code,
      message,
      timestamp: expect.any(Number),
      clientToken: expect.any(String),
    });
  });

  it('hears of what the cloud desires, and of each document before and after', async () => {
    await sdk.shadows.updateNamedShadow({ ...named('heard'), state: { reported: { a: 1 } } });
    const deltas = sdk.shadows.createNamedShadowDeltaUpdatedStream(named('heard'));
    const documents = sdk.shadows.createNamedShadowUpdatedStream(named('heard'));
    const [delta, document] = [firstOf(deltas), firstOf(documents)];
    await Promise.all([opened(deltas), opened(documents)]);

    const payload = Buffer.from(
      JSON.stringify({ state: { desired: { a: 2 } }, clientToken: 'from-the-cloud' }),
    );
    await world.data.send(new UpdateThingShadowCommand({ ...named('heard'), payload }));

    expect(await delta).toMatchObject({ state: { a: 2 }, version: 2, clientToken: 'from-the-cloud' });
    expect(await document).toMatchObject({
      previous: { state: { reported: { a: 1 } }, version: 1 },
      current: { state: { reported: { a: 1 }, desired: { a: 2 } }, version: 2 },
    });
    deltas.close();
    documents.close();
  });
});

describe('the device SDK', () => {
  it('is cut off when its certificate is deactivated, and not let in again', async () => {
    const device = await provision(world, 'stolen');
    const config = iot.AwsIotMqtt5ClientConfigBuilder.newDirectMqttBuilderWithMtlsFromMemory(
      world.core.mqtt.host,
      device.certificatePem,
      device.keyPem,
    )
      .withCertificateAuthorityFromPath(undefined, world.core.mqtt.caFile)
      .withPort(world.core.mqtt.port)
      .withConnectProperties({ clientId: device.thing, keepAliveIntervalSeconds: 60 })
      .withMinReconnectDelayMs(1)
      .build();
    const client = new mqtt5.Mqtt5Client(config);
    const connected = once(client, 'connectionSuccess');
    client.start();
    await connected;
    const cut = once(client, 'disconnection');
    const refused = once(client, 'connectionFailure');

    const deactivate = { certificateId: device.certificateId, newStatus: 'INACTIVE' } as const;
    await world.control.send(new UpdateCertificateCommand(deactivate));

    const [{ disconnect }] = await cut;
    expect(disconnect?.reasonCode).toBe(mqtt5.DisconnectReasonCode.NotAuthorized);
    const [{ connack }] = await refused;
    expect(connack?.reasonCode).toBe(mqtt5.ConnectReasonCode.NotAuthorized);
    const stopped = once(client, 'stopped');
    client.stop();
    await stopped;
    client.close();
  });
});
