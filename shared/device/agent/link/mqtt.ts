// MQTT 3.1.1 over TLS with the thing's certificate. One connection is one client: reconnecting is the business of link.ts.
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { Transport, TransportEvents } from './transport.ts';

export interface MqttOptions {
  readonly host: string;
  readonly port: number;
  readonly thing: string;
  /** PEM, all three. Without `ca` the system's authorities are trusted, which is right for AWS. */
  readonly certificate: string;
  readonly key: string;
  readonly ca?: string;
}

const keepAliveSeconds = 60;
const connectTimeoutMs = 30_000;
const closeTimeoutMs = 1000;
/** AWS IoT Core takes no more topics in one SUBSCRIBE. */
const topicsPerSubscribe = 8;

const clientOptions = ({ host, port, thing, certificate, key, ca }: MqttOptions): IClientOptions => ({
  protocol: 'mqtts',
  protocolVersion: 4,
  host,
  port,
  clientId: thing,
  cert: certificate,
  key,
  ...(ca === undefined ? {} : { ca }),
  clean: true,
  keepalive: keepAliveSeconds,
  connectTimeout: connectTimeoutMs,
  reconnectPeriod: 0,
  resubscribe: false,
  queueQoSZero: false,
});

const listen = (client: MqttClient, events: TransportEvents): void => {
  let reason = 'the connection was closed';
  client.on('connect', () => events.up());
  client.on('message', (topic, payload) => events.message(topic, payload));
  client.on('error', (error) => {
    reason = error.message || ('code' in error ? String(error.code) : reason);
  });
  client.once('close', () => {
    client.end(true);
    events.down(reason);
  });
};

const subscribeAll = async (client: MqttClient, topics: readonly string[]): Promise<void> => {
  for (let from = 0; from < topics.length; from += topicsPerSubscribe)
    await client.subscribeAsync(topics.slice(from, from + topicsPerSubscribe), { qos: 0 });
};

/** A DISCONNECT where there is somebody to hear it; a peer that is gone is not waited for. */
const close = async (client: MqttClient): Promise<void> => {
  const impatience = setTimeout(() => client.end(true), closeTimeoutMs);
  await client.endAsync(!client.connected).finally(() => clearTimeout(impatience));
};

export const mqttTransport = (options: MqttOptions): Transport => ({
  host: `${options.host}:${options.port}`,
  connect: (events) => {
    const client = mqtt.connect(clientOptions(options));
    listen(client, events);
    return {
      subscribe: (topics) => subscribeAll(client, topics),
      // A failed publish is a lost one, and whoever needs an answer asks again.
      publish: (topic, payload) => void client.publish(topic, payload, { qos: 0 }, () => {}),
      close: () => close(client),
    };
  },
});
