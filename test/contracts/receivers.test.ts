// Receivers over real sockets: what is connected to, what is waited for, and what is read.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { httpsReceivers, type Resolve } from '#adapters/https/receivers';
import { memoryReceivers } from '#adapters/memory/receivers';
import type { Letter, Receivers } from '#engine/ports';

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver on this machine that remembers what it got. */
const givenReceiver = async (answer: RequestListener = (_, response) => response.writeHead(204).end()) => {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      received.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      answer(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return { received, port: (server.address() as AddressInfo).port };
};

const letterTo = (url: string): Letter => ({ url, headers: { 'webhook-id': 'evt_1' }, body: '{"a":"ü"}' });

const patient = { connectMs: 5_000, totalMs: 10_000 };

const resolvingTo =
  (...addresses: string[]): Resolve =>
  (_, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

describe('a receiver on this machine, on a stage of this machine', () => {
  const local = httpsReceivers('public and loopback');

  it('gets the letter, and its answer’s status comes back', async () => {
    const { received, port } = await givenReceiver();
    expect(await local.post(letterTo(`http://127.0.0.1:${port}/hook?a=b`))).toEqual({ status: 204 });
    expect(received).toEqual([
      expect.objectContaining({ method: 'POST', url: '/hook?a=b', body: '{"a":"ü"}' }),
    ]);
    expect(received[0]?.headers).toMatchObject({ 'webhook-id': 'evt_1', 'content-length': '10' });
  });

  it('is not followed to where it points', async () => {
    const other = await givenReceiver();
    const { port } = await givenReceiver((_, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${other.port}/` }).end(),
    );
    expect(await local.post(letterTo(`http://127.0.0.1:${port}/`))).toEqual({ status: 307 });
    expect(other.received).toEqual([]);
  });

  it('that answers without an end is cut off, and has answered', async () => {
    const { port } = await givenReceiver((_, response) => {
      response.writeHead(200);
      const talk = () => {
        while (response.write('x'.repeat(10_000)));
      };
      response.on('drain', talk);
      talk();
    });
    expect(await local.post(letterTo(`http://127.0.0.1:${port}/`))).toEqual({ status: 200 });
  });

  it('that never answers is waited for only so long', async () => {
    const { port, received } = await givenReceiver(() => undefined);
    const impatient = httpsReceivers('public and loopback', { limits: { ...patient, totalMs: 100 } });
    expect(await impatient.post(letterTo(`http://127.0.0.1:${port}/`))).toEqual({ failure: 'timed out' });
    expect(received).toHaveLength(1);
  });

  it('that begins to answer and stops has answered', async () => {
    const { port } = await givenReceiver((_, response) => void response.writeHead(200).write('x'));
    const impatient = httpsReceivers('public and loopback', { limits: { ...patient, totalMs: 100 } });
    expect(await impatient.post(letterTo(`http://127.0.0.1:${port}/`))).toEqual({ status: 200 });
  });

  it('that takes a connection and says nothing of TLS is waited for even shorter', async () => {
    const server = createTcpServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const impatient = httpsReceivers('public and loopback', { limits: { ...patient, connectMs: 100 } });
    const { port } = server.address() as AddressInfo;
    expect(await impatient.post(letterTo(`https://127.0.0.1:${port}/`))).toEqual({ failure: 'timed out' });
  });

  it('that speaks no TLS where it should is no receiver', async () => {
    const { port, received } = await givenReceiver();
    expect(await local.post(letterTo(`https://127.0.0.1:${port}/`))).toEqual({
      failure: 'connection failed',
    });
    expect(received).toEqual([]);
  });

  it('that is not there is no fault of ours', async () => {
    expect(await local.post(letterTo('http://127.0.0.1:1/'))).toEqual({ failure: 'connection failed' });
  });

  it('is connected to where its name led when it was looked up', async () => {
    const { port, received } = await givenReceiver();
    const looked: string[] = [];
    const resolve: Resolve = (name, done) => {
      looked.push(name);
      resolvingTo('127.0.0.1')(name, done);
    };
    const named = httpsReceivers('public and loopback', { resolve });
    expect(await named.post(letterTo(`http://localhost:${port}/`))).toEqual({ status: 204 });
    expect([looked, received.length]).toEqual([['localhost'], 1]);
  });
});

describe('a name', () => {
  it.each([
    ['to this machine', ['127.0.0.1']],
    ['to the metadata of a machine', ['169.254.169.254']],
    ['into a private network', ['10.0.0.1']],
    ['into a private network, in the form of IPv6', ['::ffff:10.0.0.1']],
    ['to a public address and a private one', ['8.8.8.8', '192.168.0.1']],
    ['to a public address and this machine', ['2606:4700:4700::1111', '::1']],
  ])('that leads %s is not followed, whatever it led to when it was kept', async (_, addresses) => {
    const receivers = httpsReceivers('public', { resolve: resolvingTo(...addresses) });
    expect(receivers.objection('https://hooks.example.com/')).toBeUndefined();
    expect(await receivers.post(letterTo('https://hooks.example.com/'))).toEqual({
      failure: 'address not allowed',
    });
  });

  it.each<[string, Resolve]>([
    ['nowhere', resolvingTo()],
    ['to nobody who knows', (_, done) => done(Object.assign(new Error('who?'), { code: 'EAI_AGAIN' }), [])],
  ])('that leads %s is not found', async (_, resolve) => {
    const receivers = httpsReceivers('public', { resolve });
    expect(await receivers.post(letterTo('https://hooks.example.com/'))).toEqual({
      failure: 'name not found',
    });
  });
});

describe.each<[string, Receivers]>([
  ['over HTTPS', httpsReceivers('public')],
  ['in memory', memoryReceivers()],
])('receivers %s', (_, receivers) => {
  it.each(['https://127.0.0.1/', 'https://[::1]/', 'https://169.254.169.254/', 'http://example.com/', 'x y'])(
    'are neither kept nor called where nobody may be: %s',
    async (url) => {
      expect(receivers.objection(url)).toBeDefined();
      expect(await receivers.post(letterTo(url))).toEqual({ failure: 'address not allowed' });
    },
  );

  it('may be anywhere in public', () => {
    expect(receivers.objection('https://hooks.example.com/')).toBeUndefined();
  });
});
