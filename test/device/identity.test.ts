// How a device comes by its certificate: a key that stays, a request that never changes, and a crash at any moment.
import { createPrivateKey, createPublicKey, verify, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ActivationRefused, activate } from '#device/agent/identity/activate';
import { forgetIdentity, openIdentity, pendingToken } from '#device/agent/identity/keep';
import { openCertificateAuthority } from '#infra/local/iot/registry/ca';
import { temporaryFolder } from './support/device.ts';
import { createVirtualClock } from './support/virtual-clock.ts';

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

const doorOf = async () => {
  const authority = await openCertificateAuthority(temporaryFolder());
  const asked: { token: string; csr: string }[] = [];
  const answers: (() => Response | Promise<Response>)[] = [];
  const sign = async (csr: string) => {
    const certificate = await authority.sign(csr);
    return Response.json({
      thing: 'thing-7',
      certificate,
      endpoint: { host: 'localhost', port: 8883 },
      channels: ['release'],
    });
  };
  const request = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    const body = JSON.parse(String(init?.body));
    asked.push(body);
    return answers.shift()?.() ?? sign(body.csr);
  };
  return { asked, answers, request: request as typeof fetch };
};

const activation = (dir: string, request: typeof fetch, clock = createVirtualClock()) =>
  activate({
    dir,
    name: 'robot-7',
    url: 'https://door.example/',
    token: 'once',
    clock,
    request,
    signal: AbortSignal.timeout(10_000),
  });

const sequenceOf = (der: Buffer, at: number) => {
  const first = der[at + 1] ?? 0;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const size = lengthBytes === 0 ? first : der.readUIntBE(at + 2, lengthBytes);
  return { start: at, content: at + 2 + lengthBytes, end: at + 2 + lengthBytes + size };
};

describe('an identity', () => {
  it('is a key that only its owner may read, and a request that it signed', async () => {
    const dir = join(temporaryFolder(), 'identity');
    const { key, csr, activation: none } = await openIdentity(dir, 'robot-7');
    expect([modeOf(dir), modeOf(join(dir, 'key.pem'))]).toEqual(['700', '600']);
    expect(none).toBe(undefined);
    expect(createPrivateKey(key).asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });

    const der = Buffer.from(csr.replace(/-----.*-----|\n/g, ''), 'base64');
    const info = sequenceOf(der, sequenceOf(der, 0).content);
    const algorithm = sequenceOf(der, info.end);
    const signature = sequenceOf(der, algorithm.end);
    const signed = der.subarray(info.start, info.end);
    expect(
      verify('sha256', signed, createPublicKey(key), der.subarray(signature.content + 1, signature.end)),
    ).toBe(true);
    expect(signed.includes('robot-7')).toBe(true);
  });

  it('is the same after every start, until it is forgotten', async () => {
    const dir = temporaryFolder();
    const first = await openIdentity(dir, 'robot-7');
    expect(await openIdentity(dir, 'robot-7')).toEqual(first);
    await forgetIdentity(dir);
    expect((await openIdentity(dir, 'robot-7')).key).not.toBe(first.key);
  });
});

describe('an activation', () => {
  it('brings a certificate for the device’s own key, and forgets the token', async () => {
    const dir = temporaryFolder();
    const { request, asked } = await doorOf();
    const answer = await activation(dir, request);
    const { key, csr, activation: kept } = await openIdentity(dir, 'robot-7');
    expect(new X509Certificate(answer.certificate).checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(kept).toEqual(answer);
    expect(asked).toEqual([{ token: 'once', csr, name: 'robot-7' }]);
    expect(JSON.stringify(asked)).not.toContain('PRIVATE');
    expect(await pendingToken(dir)).toBe(undefined);
  });

  it('that was cut short is repeated with the same token and the same request', async () => {
    const dir = temporaryFolder();
    const { request, asked, answers } = await doorOf();
    answers.push(() => Response.json({ not: 'an answer' }));
    await expect(activation(dir, request)).rejects.toThrow();
    expect(await pendingToken(dir)).toBe('once');
    expect(modeOf(join(dir, 'token'))).toBe('600');
    await activation(dir, request);
    expect(asked[1]).toEqual(asked[0]);
  });

  it.each<[string, () => Response | Promise<Response>]>([
    ['nobody answers', () => Promise.reject(new TypeError('fetch failed'))],
    ['the door is out of order', () => new Response('', { status: 503 })],
    ['the door is busy', () => new Response('', { status: 429 })],
  ])('asks again when %s', async (_name, answer) => {
    const { request, asked, answers } = await doorOf();
    answers.push(answer, answer);
    const clock = createVirtualClock();
    const done = activation(temporaryFolder(), request, clock);
    for (const delay of [5_000, 10_000]) {
      await clock.waiting(delay);
      clock.advance(delay);
    }
    await done;
    expect(asked).toHaveLength(3);
  });

  it.each([400, 401, 403, 404, 409, 410])('gives up when it is refused with %i', async (status) => {
    const dir = temporaryFolder();
    const { request, answers } = await doorOf();
    answers.push(() => new Response('{"error":"no"}', { status }));
    await expect(activation(dir, request)).rejects.toThrow(ActivationRefused);
    expect(await pendingToken(dir)).toBe(undefined);
    expect(existsSync(join(dir, 'activation.json'))).toBe(false);
  });

  it('does not keep a certificate that belongs to another key', async () => {
    const dir = temporaryFolder();
    const { request, answers } = await doorOf();
    const other = await openIdentity(temporaryFolder(), 'other');
    answers.push(() => request('', { body: JSON.stringify({ token: '', csr: other.csr }) }));
    await expect(activation(dir, request)).rejects.toThrow('another key');
    expect(existsSync(join(dir, 'activation.json'))).toBe(false);
  });

  it('never writes the key anywhere else', async () => {
    const dir = temporaryFolder();
    const { request } = await doorOf();
    await activation(dir, request);
    const { key } = await openIdentity(dir, 'robot-7');
    const secret = key.split('\n')[1] ?? 'x';
    for (const file of ['csr.pem', 'activation.json'])
      expect(readFileSync(join(dir, file), 'utf8')).not.toContain(secret);
  });
});
