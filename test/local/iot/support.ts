// A local IoT Core in a temporary folder, and the devices and clients that talk to it.
import 'reflect-metadata';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CreateCertificateFromCsrCommand,
  CreateThingCommand,
  IoTClient,
} from '@aws-sdk/client-iot';
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';
import * as x509 from '@peculiar/x509';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { type IotCore, type IotCoreOptions, type RuleAction, startIotCore } from '#infra/local/iot/iot-core';

export const region = 'eu-west-1';
export const accountId = '000000000000';
export const accessKeyId = 'local-key';
export const policyName = 'device';

const arn = (rest: string) => `arn:aws:iot:${region}:${accountId}:${rest}`;
const self = `\${iot:Connection.Thing.ThingName}`;

/** A device may connect as its thing, and use its thing's own topics. */
export const devicePolicy = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'iot:Connect', Resource: arn(`client/${self}`) },
    {
      Effect: 'Allow',
      Action: ['iot:Publish', 'iot:Receive'],
      Resource: [arn(`topic/$aws/things/${self}/shadow/*`), arn(`topic/shadowcast/${self}/*`)],
    },
    {
      Effect: 'Allow',
      Action: ['iot:Subscribe'],
      Resource: [arn(`topicfilter/$aws/things/${self}/shadow/*`), arn(`topicfilter/shadowcast/${self}/*`)],
    },
  ],
};

export interface Delivery {
  action: RuleAction;
  payload: Buffer;
  topic: string;
}

export interface World {
  core: IotCore;
  dataDir: string;
  data: IoTDataPlaneClient;
  control: IoTClient;
  deliveries: Delivery[];
  /** Resolves with the first delivery that fits, also one that has happened. */
  delivered(fits: (delivery: Delivery) => boolean): Promise<Delivery>;
  log: string[];
  end(): Promise<void>;
}

export const temporaryFolder = () => mkdtempSync(join(tmpdir(), 'iot-core-'));

export const startWorld = async (
  dataDir = temporaryFolder(),
  options: Partial<IotCoreOptions> = {},
): Promise<World> => {
  const deliveries: Delivery[] = [];
  const waiting = new Set<() => void>();
  const log: string[] = [];
  const core = await startIotCore({
    dataDir,
    mqttPort: 0,
    accessKeyId,
    region,
    accountId,
    deliver: async (action, payload, topic) => {
      deliveries.push({ action, payload: Buffer.from(payload), topic });
      for (const look of waiting) look();
    },
    log: (line) => log.push(line),
    ...options,
  });
  core.putPolicy(policyName, devicePolicy);
  const credentials = { accessKeyId, secretAccessKey: 'secret' };
  return {
    core,
    dataDir,
    data: new IoTDataPlaneClient({ region, endpoint: core.dataEndpoint, credentials, maxAttempts: 1 }),
    control: new IoTClient({ region, endpoint: core.controlEndpoint, credentials, maxAttempts: 1 }),
    deliveries,
    log,
    delivered: (fits) =>
      new Promise((resolve) => {
        const look = () => {
          const found = deliveries.find(fits);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    end: async () => {
      await core.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};

export interface Device {
  thing: string;
  certificateId: string;
  certificateArn: string;
  certificatePem: string;
  keyPem: string;
}

/** A key and a CSR as a device makes them. */
export const createCsr = async (name: string) => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
  });
  const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { csr: request.toString('pem'), keyPem: x509.PemConverter.encode(key, 'PRIVATE KEY') };
};

/** A thing with an active certificate and the device policy, made as the product makes it. */
export const provision = async ({ control }: World, thing: string): Promise<Device> => {
  const { csr, keyPem } = await createCsr(thing);
  await control.send(new CreateThingCommand({ thingName: thing }));
  const { certificateArn, certificateId, certificatePem } = await control.send(
    new CreateCertificateFromCsrCommand({ certificateSigningRequest: csr, setAsActive: true }),
  );
  await control.send(new AttachPolicyCommand({ policyName, target: certificateArn }));
  await control.send(new AttachThingPrincipalCommand({ thingName: thing, principal: certificateArn }));
  return {
    thing,
    keyPem,
    certificateArn: String(certificateArn),
    certificateId: String(certificateId),
    certificatePem: String(certificatePem),
  };
};

export const mqttOptions = (
  { core }: World,
  device: Device,
  options: IClientOptions = {},
): IClientOptions => ({
  ca: readFileSync(core.mqtt.caFile),
  cert: device.certificatePem,
  key: device.keyPem,
  clientId: device.thing,
  reconnectPeriod: 0,
  connectTimeout: 10_000,
  ...options,
});

interface Received {
  topic: string;
  payload: Buffer;
}

/** From the first packet on: a persistent session may have messages waiting. */
const received = new WeakMap<MqttClient, Received[]>();

/** Rejects where the broker refuses. */
export const connect = async (
  world: World,
  device: Device,
  options: IClientOptions = {},
): Promise<MqttClient> => {
  const client = mqtt.connect(
    `mqtts://${world.core.mqtt.host}:${world.core.mqtt.port}`,
    mqttOptions(world, device, options),
  );
  const messages: Received[] = [];
  received.set(client, messages);
  client.on('message', (topic, payload) => messages.push({ topic, payload }));
  const refused = new Promise<never>((_resolve, reject) => {
    client.once('error', reject);
    client.once('close', () => reject(new Error('The connection was closed')));
  });
  const accepted = new Promise<MqttClient>((resolve) => {
    client.once('connect', () => resolve(client));
  });
  return Promise.race([accepted, refused]).catch((error: unknown) => {
    client.end(true);
    throw error;
  });
};

/** The messages of a client, handed out by topic, waited for where they have not come yet. */
export const inboxOf = (client: MqttClient) => {
  const messages = received.get(client) ?? [];
  const next = async (topic: string): Promise<Buffer> => {
    const index = messages.findIndex((message) => message.topic === topic);
    if (index === -1) {
      await new Promise<void>((resolve) => {
        client.once('message', () => resolve());
      });
      return next(topic);
    }
    const [message] = messages.splice(index, 1);
    return message?.payload ?? next(topic);
  };
  return { messages, next, nextJson: async (topic: string) => JSON.parse((await next(topic)).toString()) };
};
