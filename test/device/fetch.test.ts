// Content on its way: in chunks, lost, doubled, twisted and refused, and never on the disk before its digest is right.
import { describe, expect, it } from 'vitest';
import { digestOf } from '#device/agent/digest';
import { defaultLimits } from '#device/agent/limits';
import { chunkBytes, type FetchRequest, type Target, type WireManifest } from '#device/shadow';
import { contentTopics } from '#device/topics';
import { startDevice, temporaryFolder, thing } from './support/device.ts';
import { createFakeCloud, type FakeCloud, type Message } from './support/fake-cloud.ts';
import { itemOf, targetOf, viewOf } from './support/sets.ts';

const { fetch, fetchRejected, content } = contentTopics(thing);

/** Text whose chunks all differ. */
const textOf = (bytes: number): string => {
  const line = (index: number) => `${index}`.padStart(15, '.').concat('\n');
  return Array.from({ length: Math.ceil(bytes / 16) }, (_, index) => line(index))
    .join('')
    .slice(0, bytes);
};

const serving = (texts: Record<string, string>, target: Partial<Target> = {}): FakeCloud => {
  const cloud = createFakeCloud(thing);
  const items = Object.entries(texts).map(([path, text]) => itemOf(path, text));
  for (const text of Object.values(texts)) cloud.contents.set(digestOf(text), Buffer.from(text));
  cloud.want('release', { ...targetOf(5, texts), items, ...target });
  return cloud;
};

const asked = (cloud: FakeCloud): FetchRequest[] =>
  cloud.heard
    .filter(({ verb, topic }) => verb === 'publish' && topic === fetch)
    .map(({ body }) => body as FetchRequest);

const isContent = ({ topic }: Message) => topic.startsWith(`shadowcast/${thing}/content/`);

/** Does something to the first message that carries content, and lets all others pass. */
const once = (twist: (message: Message) => Message[]) => {
  let done = false;
  return (message: Message) => {
    if (done || !isContent(message)) return [message];
    done = true;
    return twist(message);
  };
};

describe('content', () => {
  it.each([
    ['of one byte', 1, 1],
    ['of exactly one chunk', chunkBytes, 1],
    ['of one byte more than a chunk', chunkBytes + 1, 2],
    ['of 1 MiB', 1024 * 1024, 11],
  ])('%s arrives whole', async (_name, bytes, chunks) => {
    const texts = { 'srv/big': textOf(bytes) };
    const cloud = serving(texts);
    const { next, root } = await startDevice({ cloud });
    await next('confirmed');
    expect(viewOf(root)).toEqual(texts);
    expect(
      asked(cloud)
        .map(({ chunk }) => chunk)
        .sort((x, y) => x - y),
    ).toEqual([...Array(chunks).keys()]);
  });

  it('of no bytes needs no asking', async () => {
    const cloud = serving({ empty: '' });
    const { next, root } = await startDevice({ cloud });
    await next('confirmed');
    expect(asked(cloud)).toEqual([]);
    expect(viewOf(root)).toEqual({ empty: '' });
  });

  it('is asked for in a small window', async () => {
    const cloud = serving({ 'srv/big': textOf(20 * chunkBytes) });
    cloud.onWay = (message) => (isContent(message) ? [] : [message]);
    const { clock } = await startDevice({ cloud });
    await cloud.hears(fetch, defaultLimits.chunksInFlightMax);
    clock.advance(4_999);
    expect(asked(cloud)).toHaveLength(defaultLimits.chunksInFlightMax);
  });

  it('that several items share is fetched once', async () => {
    const cloud = serving({ a: 'same', b: 'same', 'c/d': 'same' });
    const { next, root } = await startDevice({ cloud });
    await next('confirmed');
    expect(asked(cloud)).toHaveLength(1);
    expect(viewOf(root)).toEqual({ a: 'same', b: 'same', 'c/d': 'same' });
  });

  it('that the set in force has already is not fetched again', async () => {
    const first = await startDevice({ cloud: serving({ a: 'kept' }) });
    await first.next('confirmed');
    await first.stop();
    const cloud = serving({ 'moved/b': 'kept' }, { seq: 6 });
    const { next, root } = await startDevice({ cloud, root: first.root });
    await next('confirmed', ({ seq }) => seq === 6);
    expect(asked(cloud)).toEqual([]);
    expect(viewOf(root)).toEqual({ 'moved/b': 'kept' });
  });
});

describe('a chunk', () => {
  it('that is lost is asked for again after 5 s, then 10 s, and that is no attempt', async () => {
    const cloud = serving({ 'srv/a': 'text' });
    cloud.lost = (topic) => topic === fetch;
    const { clock, next, root } = await startDevice({ cloud });
    await cloud.hears(fetch);
    clock.advance(5_000);
    clock.advance(9_999);
    expect(asked(cloud)).toHaveLength(2);
    cloud.lost = () => false;
    clock.advance(1);
    await next('confirmed', ({ state }) => state === 'applied');
    expect(cloud.reported('release')).toMatchObject({ attempt: 1, error: null });
    expect(viewOf(root)).toEqual({ 'srv/a': 'text' });
  });

  it('is asked for at once when the connection is back', async () => {
    const cloud = serving({ 'srv/a': 'text' });
    cloud.onWay = (message) => (isContent(message) ? [] : [message]);
    const { clock, next } = await startDevice({ cloud });
    await cloud.hears(fetch);
    cloud.onWay = (message) => [message];
    cloud.cut();
    clock.advance(1_000);
    await next('confirmed');
    expect(asked(cloud)).toHaveLength(2);
  });

  it('may come twice, and one that nobody asked for changes nothing', async () => {
    const cloud = serving({ 'srv/a': 'text' });
    const stray = { topic: content(digestOf('stray'), 0), payload: Buffer.from('stray') };
    cloud.onWay = (message) => (isContent(message) ? [stray, message, message] : [message]);
    const { next, root } = await startDevice({ cloud });
    await next('confirmed');
    expect(viewOf(root)).toEqual({ 'srv/a': 'text' });
  });

  it.each<[string, (message: Message) => Message[]]>([
    ['that was twisted', ({ topic, payload }) => [{ topic, payload: Buffer.from(payload).fill('x') }]],
    ['that is too short', ({ topic, payload }) => [{ topic, payload: payload.subarray(1) }]],
    ['that is too long', ({ topic, payload }) => [{ topic, payload: Buffer.concat([payload, payload]) }]],
  ])('%s counts as an attempt, is never written, and is fetched anew', async (_name, twist) => {
    const cloud = serving({ 'srv/a': 'text', 'srv/b': 'other' });
    cloud.onWay = once(twist);
    const { clock, next, root } = await startDevice({ cloud });
    const { current } = await next('reported');
    expect(current).toMatchObject({ state: 'retrying', attempt: 1, error: { code: 'content_mismatch' } });
    expect(viewOf(root)).toEqual({});
    await clock.waiting(15_000);
    clock.advance(15_000);
    await next('confirmed', ({ state }) => state === 'applied');
    expect(cloud.reported('release')).toMatchObject({ attempt: 2, error: null });
    expect(viewOf(root)).toEqual({ 'srv/a': 'text', 'srv/b': 'other' });
  });

  it('that is refused counts as an attempt', async () => {
    const cloud = serving({ 'srv/a': 'text' });
    cloud.lost = (topic, body) => {
      if (topic !== fetch) return false;
      cloud.lost = () => false;
      cloud.send(fetchRejected, {
        ...(body as FetchRequest),
        code: 'not_yours',
        message: 'in none of your manifests',
      });
      return true;
    };
    const { clock, next } = await startDevice({ cloud });
    const { current } = await next('reported');
    expect(current).toMatchObject({ state: 'retrying', error: { code: 'content_refused' } });
    expect(current.error?.message).toContain('not_yours in none of your manifests');
    await clock.waiting(15_000);
    clock.advance(15_000);
    await next('confirmed', ({ state }) => state === 'applied');
  });

  it('is not refused by a rejection that is for another one, or that makes no sense', async () => {
    const cloud = serving({ 'srv/a': 'text' });
    cloud.onWay = (message) => (isContent(message) ? [] : [message]);
    const { clock, next, root } = await startDevice({ cloud });
    await cloud.hears(fetch);
    const [request] = asked(cloud);
    for (const body of [
      { ...request, chunk: 1 },
      { ...request, digest: digestOf('x') },
      { code: 'x' },
      null,
      'no',
    ])
      cloud.send(fetchRejected, { code: 'not_yours', message: '', ...(body as object) });
    cloud.onWay = (message) => [message];
    clock.advance(5_000);
    await next('confirmed', ({ state }) => state === 'applied');
    expect(viewOf(root)).toEqual({ 'srv/a': 'text' });
  });
});

describe('a target without items', { timeout: 30_000 }, () => {
  const itemsOf = (texts: Record<string, string>): WireManifest['items'] =>
    Object.entries(texts).map(([path, text]) => ({ id: path, ...itemOf(path, text), format: 'text' }));
  const naming = (texts: Record<string, string>, manifestText: string) => {
    const cloud = serving(texts, { items: undefined, manifest: digestOf(manifestText) });
    cloud.contents.set(digestOf(manifestText), Buffer.from(manifestText));
    return cloud;
  };

  it.each([1, 300, 999])('is applied from its manifest of %i items', async (count) => {
    const texts = Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`srv/${index}`, `${index % 7}`]),
    );
    const cloud = naming(texts, JSON.stringify({ items: itemsOf(texts), v: 1 }));
    const { next, root } = await startDevice({ cloud });
    await next('confirmed', ({ state }) => state === 'applied');
    expect(viewOf(root)).toEqual(texts);
  });

  it('is applied from a manifest that fills its last chunk to the last byte', async () => {
    const texts = { 'srv/a': 'text' };
    const [item] = itemsOf(texts);
    const manifestOf = (id: string) => JSON.stringify({ items: [{ ...item, id }], v: 1 });
    const filled = manifestOf('x'.repeat(2 * chunkBytes - manifestOf('').length));
    const cloud = naming(texts, filled);
    const { next, root } = await startDevice({ cloud });
    await next('confirmed');
    expect(filled).toHaveLength(2 * chunkBytes);
    expect(viewOf(root)).toEqual(texts);
  });

  it.each([
    ['no JSON', 'nothing'],
    ['no manifest', '{"v":1}'],
    ['a manifest of another version', '{"items":[],"v":2}'],
  ])('fails for good when its manifest is %s', async (_name, text) => {
    const cloud = naming({}, text);
    const { next } = await startDevice({ cloud });
    await next('confirmed');
    expect(cloud.reported('release')).toMatchObject({ state: 'failed', error: { code: 'bad_manifest' } });
  });

  it('fails for good when its manifest has no end', async () => {
    const cloud = naming({}, 'x'.repeat(defaultLimits.manifestBytesMax + 1));
    const { next } = await startDevice({ cloud });
    await next('confirmed');
    expect(cloud.reported('release')).toMatchObject({ state: 'failed', error: { code: 'too_large' } });
  });
});

describe('limits', () => {
  const limits = { ...defaultLimits, itemsMax: 2, itemBytesMax: 10, setBytesMax: 15 };
  it.each([
    ['two items of 7 bytes', { a: '1234567', b: '7654321' }, 'applied'],
    ['three items', { a: '1', b: '2', c: '3' }, 'failed'],
    ['an item of 11 bytes', { a: '12345678901' }, 'failed'],
    ['16 bytes together', { a: '12345678', b: '87654321' }, 'failed'],
  ])('%s: %s', async (_name, texts, state) => {
    const cloud = createFakeCloud(thing);
    cloud.want('release', targetOf(5, texts));
    const { next } = await startDevice({ cloud, limits });
    await next('confirmed');
    expect(cloud.reported('release')?.state).toBe(state);
    if (state === 'failed') expect(cloud.reported('release')?.error?.code).toBe('too_large');
  });
});

describe('inline content', () => {
  it.each([
    ['another text than its digest says', { data: 'another', size: 7 }],
    ['another size than it says', { data: 'text', size: 5 }],
  ])('with %s fails for good, and nothing is written', async (_name, wrong) => {
    const cloud = createFakeCloud(thing);
    cloud.want('release', { ...targetOf(5, {}), items: [{ ...itemOf('srv/a', 'text'), ...wrong }] });
    const { next, root } = await startDevice({ cloud, root: temporaryFolder() });
    await next('confirmed');
    expect(cloud.reported('release')).toMatchObject({ state: 'failed', error: { code: 'bad_target' } });
    expect(viewOf(root)).toEqual({});
  });
});
