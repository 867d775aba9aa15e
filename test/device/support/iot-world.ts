// The local IoT Core with a devices API in front of it: as much of a cloud as a device needs, over real HTTP and real MQTT + TLS.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CreateCertificateFromCsrCommand,
  CreateThingCommand,
} from '@aws-sdk/client-iot';
import {
  GetThingShadowCommand,
  PublishCommand,
  UpdateThingShadowCommand,
} from '@aws-sdk/client-iot-data-plane';
import { onTestFinished } from 'vitest';
import type { Result } from '#device/result';
import { type Channel, type Current, channels, chunkBytes, type FetchRequest } from '#device/shadow';
import { contentTopics, ruleTopics } from '#device/topics';
import { policyName, startWorld } from '#test/local/iot/support';

const bodyOf = async (request: IncomingMessage): Promise<Record<string, string>> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return parts.length > 0 ? JSON.parse(Buffer.concat(parts).toString()) : {};
};

/** A rule that brings what devices publish to us. */
const ruleFor = (sql: string) => ({
  Sql: sql,
  Actions: [{ Sqs: { QueueUrl: 'queue', RoleArn: 'arn:aws:iam::000000000000:role/rule' } }],
  AwsIotSqlVersion: '2016-03-23',
});

export const startIotWorld = async () => {
  const contents = new Map<string, Buffer>();
  const reports: { thing: string; current: Current }[] = [];
  const results: Result[] = [];
  const lookers = new Set<() => void>();
  const hear = (payload: Uint8Array): void => {
    const { thing, current } = JSON.parse(Buffer.from(payload).toString());
    if (current) reports.push({ thing, current });
    for (const look of lookers) look();
  };
  const take = (payload: Uint8Array): void => {
    results.push(JSON.parse(Buffer.from(payload).toString()));
    for (const look of lookers) look();
  };
  const serve = async (payload: Uint8Array): Promise<void> => {
    const { thing, digest, chunk } = JSON.parse(Buffer.from(payload).toString()) as FetchRequest & {
      thing: string;
    };
    const bytes = contents.get(digest)?.subarray(chunk * chunkBytes, (chunk + 1) * chunkBytes);
    const topic = contentTopics(thing).content(digest, chunk);
    if (bytes) await world.data.send(new PublishCommand({ topic, payload: bytes, qos: 0 }));
  };
  const hears = new Map([
    ['fetch', serve],
    ['result', take],
  ]);
  const world = await startWorld(undefined, {
    deliver: async (_action, payload, topic) => (hears.get(topic.split('/')[2] ?? '') ?? hear)(payload),
  });
  world.core.putRule('fetch', ruleFor(`SELECT *, topic(2) AS thing FROM '${ruleTopics.fetch}'`));
  world.core.putRule('result', ruleFor(`SELECT * FROM '${ruleTopics.result}'`));
  const reportedRule = `SELECT state.reported.current AS current, topic(3) AS thing FROM '${ruleTopics.reported}'`;
  world.core.putRule('reported', ruleFor(reportedRule));

  const first = <Found>(find: () => Found | undefined): Promise<Found> =>
    new Promise((resolve) => {
      const look = () => {
        const found = find();
        if (found === undefined) return;
        lookers.delete(look);
        resolve(found);
      };
      lookers.add(look);
      look();
    });

  const devices = new Map<string, string>();
  const calls: string[] = [];
  const activations: Readonly<Record<string, unknown>>[] = [];

  const activate = async (thing: string, csr: string) => {
    const { control, core } = world;
    await control.send(new CreateThingCommand({ thingName: thing }));
    const { certificateArn, certificatePem } = await control.send(
      new CreateCertificateFromCsrCommand({ certificateSigningRequest: csr, setAsActive: true }),
    );
    await control.send(new AttachPolicyCommand({ policyName, target: certificateArn }));
    await control.send(new AttachThingPrincipalCommand({ thingName: thing, principal: certificateArn }));
    const { host, port } = core.mqtt;
    return {
      thing,
      certificate: certificatePem,
      endpoint: { host, port },
      channels,
    };
  };

  const answer = async (request: IncomingMessage): Promise<unknown> => {
    const url = new URL(request.url ?? '', 'http://localhost');
    const route = `${request.method} ${url.pathname.replace(/dvc_[^/]+/, '{id}')}`;
    const body = await bodyOf(request);
    calls.push(route);
    if (route === 'POST /device/activation') {
      activations.push(body);
      return activate(`thing-${body.token}`, body.csr ?? '');
    }
    if (request.headers['x-api-key'] !== 'key' || request.headers['miru-version'] !== '2026-03-09.tetons')
      return undefined;
    if (route === 'GET /beta/devices') {
      const name = url.searchParams.get('name') ?? '';
      const id = devices.get(name);
      return { object: 'list', data: id ? [{ id, name }] : [] };
    }
    if (route === 'POST /beta/devices') {
      devices.set(body.name ?? '', `dvc_${body.name}`);
      return { id: `dvc_${body.name}`, name: body.name };
    }
    return { token: url.pathname.split('/')[3]?.replace('dvc_', ''), expires_at: '2099-01-01T00:00:00Z' };
  };

  const server = createServer(async (request, response) => {
    const body = await answer(request).catch((error: Error) => ({ error: error.message }));
    response
      .writeHead(body ? 200 : 401, { 'content-type': 'application/json' })
      .end(JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await world.end();
  });

  return {
    ...world,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    contents,
    devices,
    calls,
    activations,
    want: async (thing: string, channel: Channel, target: unknown): Promise<void> => {
      const payload = JSON.stringify({ state: { desired: { target } } });
      await world.data.send(new UpdateThingShadowCommand({ thingName: thing, shadowName: channel, payload }));
    },
    /** The first result of this run. */
    gives: (seq: number): Promise<Result> => first(() => results.find((result) => result.seq === seq)),
    /** The first report of a thing that fits, also one that was made already. */
    hears: (thing: string, fits: (current: Current) => boolean): Promise<Current> =>
      first(() => reports.find((report) => report.thing === thing && fits(report.current))?.current),
    reported: async (thing: string, channel: Channel): Promise<Current> => {
      const { payload } = await world.data.send(
        new GetThingShadowCommand({ thingName: thing, shadowName: channel }),
      );
      return JSON.parse(Buffer.from(payload ?? []).toString()).state.reported.current;
    },
  };
};
