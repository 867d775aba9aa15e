// Files whose content begins with salt: it is verified with it, and lies on the disk without.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf } from '#device/agent/digest';
import { openFiles } from '#device/agent/files/open';
import { chunkBytes, type Target, type WireManifest } from '#device/shadow';
import { contentTopics } from '#device/topics';
import { startDevice, temporaryFolder, thing } from './support/device.ts';
import { createFakeCloud, type FakeCloud } from './support/fake-cloud.ts';
import { itemOf, newSet, salted, targetOf, viewOf } from './support/sets.ts';

const salt = 'salt: 8\n';
const { fetch, fetchRejected } = contentTopics(thing);
const nobody = new AbortController().signal;

const saltedItem = (path: string, text: string) => ({
  ...itemOf(path, salted(salt, text)),
  salt: salt.length,
});

const serving = (texts: Record<string, string>, target: Partial<Target> = {}): FakeCloud => {
  const cloud = createFakeCloud(thing);
  for (const text of Object.values(texts))
    cloud.contents.set(digestOf(salted(salt, text)), salted(salt, text));
  const items = Object.entries(texts).map(([path, text]) => saltedItem(path, text));
  cloud.want('release', { ...targetOf(5, {}), items, ...target });
  return cloud;
};

const fetches = (cloud: FakeCloud) =>
  cloud.heard.filter(({ verb, topic }) => verb === 'publish' && topic === fetch);

describe('salt', () => {
  it.each([
    ['a short file', 'text'],
    ['a file that is nothing but salt', ''],
    ['a file of several chunks', 'x'.repeat(2 * chunkBytes)],
  ])('is dropped from %s', async (_name, text) => {
    const cloud = serving({ 'srv/a': text });
    const { next, root } = await startDevice({ cloud });
    await next('confirmed', ({ state }) => state === 'applied');
    expect(viewOf(root)).toEqual({ 'srv/a': text });
  });

  it('is dropped where the list comes from the manifest, too', async () => {
    const items: WireManifest['items'] = [
      { id: 'x', ...saltedItem('srv/a', 'text'), format: 'json', template: digestOf('a template') },
    ];
    const bytes = Buffer.from(JSON.stringify({ items, v: 1 }));
    const cloud = serving({ 'srv/a': 'text' }, { items: undefined, manifest: digestOf(bytes) });
    cloud.contents.set(digestOf(bytes), bytes);
    const { next, root } = await startDevice({ cloud });
    await next('confirmed', ({ state }) => state === 'applied');
    expect(viewOf(root)).toEqual({ 'srv/a': 'text' });
    expect(fetches(cloud).map(({ body }) => (body as { digest: string }).digest)).not.toContain(
      digestOf('a template'),
    );
  });

  it('of more bytes than there are is a target that nobody can apply', async () => {
    const cloud = createFakeCloud(thing);
    cloud.want('release', { ...targetOf(5, {}), items: [{ ...itemOf('a', 'text'), salt: 5 }] });
    const { next, root } = await startDevice({ cloud });
    await next('confirmed');
    expect(cloud.reported('release')).toMatchObject({ state: 'failed', error: { code: 'bad_target' } });
    expect(viewOf(root)).toEqual({});
  });
});

describe('a file that was fetched with salt', () => {
  it('is known again in the set in force, and not fetched a second time', async () => {
    const first = await startDevice({ cloud: serving({ a: 'secret' }) });
    await first.next('confirmed', ({ state }) => state === 'applied');
    await first.stop();
    const cloud = serving({ 'moved/b': 'secret' }, { seq: 6 });
    const { next, root } = await startDevice({ cloud, root: first.root });
    await next('confirmed', ({ seq, state }) => seq === 6 && state === 'applied');
    expect(fetches(cloud)).toEqual([]);
    expect(viewOf(root)).toEqual({ 'moved/b': 'secret' });
  });

  it('is sound after a restart, and found damaged when somebody has changed it', async () => {
    const root = temporaryFolder();
    const files = await openFiles(root);
    await files.place(newSet(1, { 'srv/a': 'secret' }, salt), nobody);
    expect((await files.recover()).trouble).toBe(undefined);
    expect(await files.find(digestOf(salted(salt, 'secret')))).toEqual(salted(salt, 'secret'));
    const place = join(root, 'srv/a');
    chmodSync(place, 0o644);
    writeFileSync(place, 'another');
    expect((await files.recover()).trouble).toMatchObject({ code: 'files_damaged' });
    expect(await files.find(digestOf(salted(salt, 'secret')))).toBe(undefined);
  });

  it('that was damaged is fetched and placed anew', async () => {
    const first = await startDevice({ cloud: serving({ a: 'secret' }) });
    await first.next('confirmed', ({ state }) => state === 'applied');
    await first.stop();
    chmodSync(join(first.root, 'a'), 0o644);
    writeFileSync(join(first.root, 'a'), 'sacred');
    const cloud = serving({ a: 'secret' });
    const { next, root } = await startDevice({ cloud, root: first.root });
    await next('confirmed', ({ state }) => state === 'applied');
    expect(readFileSync(join(root, 'a'), 'utf8')).toBe('secret');
  });
});

describe('content that was purged', () => {
  it('fails for good at the first attempt, and what is in force stays', async () => {
    const first = await startDevice({ cloud: serving({ a: 'old' }) });
    await first.next('confirmed', ({ state }) => state === 'applied');
    await first.stop();
    const cloud = serving({ a: 'new' }, { seq: 6 });
    cloud.lost = (topic, body) => {
      if (topic !== fetch) return false;
      cloud.send(fetchRejected, { ...(body as object), code: 'purged', message: 'gone' });
      return true;
    };
    const { next, root } = await startDevice({ cloud, root: first.root });
    await next('confirmed', ({ seq, state }) => seq === 6 && state === 'failed');
    expect(cloud.reported('release')).toMatchObject({ attempt: 1, error: { code: 'content_purged' } });
    expect(viewOf(root)).toEqual({ a: 'old' });
  });
});
