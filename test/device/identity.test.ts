// How a device comes by its certificate: a key that stays, a request that never changes, and a crash at any moment.
import { createPrivateKey, createPublicKey, verify, X509Certificate } from 'node:crypto';
import { cpSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ActivationRefused, activate } from '#device/agent/identity/activate';
import { forgetIdentity, openIdentity, pendingToken } from '#device/agent/identity/keep';
import { nextDir } from '#device/agent/identity/paths';
import { AnotherDevice, renew, resumeRenewal } from '#device/agent/identity/renew';
import { openCertificateAuthority } from '#infra/local/iot/registry/ca';
import { temporaryFolder } from './support/device.ts';
import { createVirtualClock } from './support/virtual-clock.ts';

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

const doorOf = async (thing = 'thing-7') => {
  const authority = await openCertificateAuthority(temporaryFolder());
  const asked: { token: string; csr: string }[] = [];
  const answers: (() => Response | Promise<Response>)[] = [];
  const sign = async (csr: string) => {
    const certificate = await authority.sign(csr);
    return Response.json({
      thing,
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

describe('a renewal', () => {
  const optionsFor = (dir: string, request: typeof fetch) => ({
    dir,
    name: 'robot-7',
    url: 'https://door.example/',
    clock: createVirtualClock(),
    request,
    signal: AbortSignal.timeout(10_000),
  });
  const isWhole = async (dir: string): Promise<boolean> => {
    const { key, activation: kept } = await openIdentity(dir, 'robot-7');
    return new X509Certificate(kept?.certificate ?? '').checkPrivateKey(createPrivateKey(key));
  };
  const activated = async () => {
    const dir = temporaryFolder();
    const { request, asked, answers } = await doorOf();
    await activation(dir, request);
    return { dir, request, asked, answers, old: await openIdentity(dir, 'robot-7') };
  };

  it('brings a new key and its certificate, says that it keeps its files, and leaves nothing behind', async () => {
    const { dir, request, asked, old } = await activated();
    const answer = await renew(optionsFor(dir, request), 'again');
    const now = await openIdentity(dir, 'robot-7');
    expect(now.activation).toEqual(answer);
    expect(now.key).not.toBe(old.key);
    expect(await isWhole(dir)).toBe(true);
    expect(asked[1]).toEqual({ token: 'again', csr: now.csr, name: 'robot-7', keeps_files: true });
    expect(modeOf(join(dir, 'key.pem'))).toBe('600');
    expect(existsSync(nextDir(dir))).toBe(false);
  });

  it('that is refused leaves the old ones in force', async () => {
    const { dir, request, answers, old } = await activated();
    answers.push(() => new Response('no', { status: 403 }));
    await expect(renew(optionsFor(dir, request), 'again')).rejects.toThrow(ActivationRefused);
    expect(await openIdentity(dir, 'robot-7')).toEqual(old);
    expect(await resumeRenewal(optionsFor(dir, request))).toBe(undefined);
  });

  it('that was cut short is resumed with the same key: the old certificate may be worth nothing by now', async () => {
    const { dir, request, asked, answers } = await activated();
    answers.push(() => Response.json({ not: 'an answer' }));
    await expect(renew(optionsFor(dir, request), 'again')).rejects.toThrow();
    await resumeRenewal(optionsFor(dir, request));
    expect(asked[2]).toEqual(asked[1]);
    expect(await isWhole(dir)).toBe(true);
    expect((await openIdentity(dir, 'robot-7')).csr).toBe(asked[1]?.csr);
  });

  it('that was cut short and is refused then was never answered: the old ones stay', async () => {
    const { dir, request, answers, old } = await activated();
    answers.push(
      () => Response.json({ not: 'an answer' }),
      () => new Response('no', { status: 403 }),
    );
    await expect(renew(optionsFor(dir, request), 'again')).rejects.toThrow();
    expect(await resumeRenewal(optionsFor(dir, request))).toBe(undefined);
    expect(await openIdentity(dir, 'robot-7')).toEqual(old);
  });

  it('that lost its power while the files changed places is finished by whoever opens them', async () => {
    const { dir, request, old } = await activated();
    const other = temporaryFolder();
    await activation(other, request);
    const renewed = await openIdentity(other, 'robot-7');
    cpSync(other, nextDir(dir), { recursive: true });
    // The key has moved already, the certificate has not.
    cpSync(join(other, 'key.pem'), join(dir, 'key.pem'));
    expect(await openIdentity(dir, 'robot-7')).toEqual(renewed);
    expect(renewed.key).not.toBe(old.key);
    expect(existsSync(nextDir(dir))).toBe(false);
  });

  it('with a token of another device changes nothing', async () => {
    const { dir, old } = await activated();
    const { request } = await doorOf('thing-8');
    await expect(renew(optionsFor(dir, request), 'again')).rejects.toThrow(AnotherDevice);
    expect(await openIdentity(dir, 'robot-7')).toEqual(old);
  });
});
