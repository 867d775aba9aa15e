// Serving content: a thing gets what its current manifests name, whoever asks for more.
import { describe, expect, it } from 'vitest';
import { chunkBytes } from '#device/shadow';
import { contentTopics } from '#device/topics';
import { cachedContents } from '#engine/cached-contents';
import { digestOf, nothing } from '#engine/seal';
import { sealSecretContent } from '#engine/secret-content';
import { serveContent } from '#engine/serve-content';
import { type Given, givenThing, granted, itemOf, nameOfThing, sha256 } from './given.ts';

const serve = ({ world, thing }: Given, digest: string, chunk = 0) =>
  serveContent(world)(thing, { digest, chunk });

const digestOfSpeed = (speed: number): string => digestOf(`{"speed":${speed}}`);

const rejection = (given: Given, digest: string, chunk: number) => ({
  topic: contentTopics(given.thing).fetchRejected,
  said: { digest, chunk, code: 'not_named', message: expect.any(String) },
});

const lastAnswer = ({ system }: Given) => {
  const { topic, payload } = system.publisher.published().at(-1) ?? { topic: '', payload: new Uint8Array() };
  return { topic, said: JSON.parse(Buffer.from(payload).toString()) };
};

describe('a thing that asks for what its target names', () => {
  it('gets the bytes as they are, on a topic of its own', async () => {
    const given = await givenThing();
    await given.deploy(1);
    const digest = digestOfSpeed(1);
    expect(await serve(given, digest)).toBe('served');
    const [message] = given.system.publisher.published();
    expect(message?.topic).toBe(contentTopics(given.thing).content(digest, 0));
    expect(Buffer.from(message?.payload ?? '').toString()).toBe('{"speed":1}');
  });

  it('gets the manifest by its digest', async () => {
    const given = await givenThing();
    const id = await given.deploy(1);
    const revision = (await given.see(id))?.record.revision ?? '';
    expect(await serve(given, revision)).toBe('served');
    expect(`sha256:${sha256(given.system.publisher.published()[0]?.payload ?? '')}`).toBe(revision);
  });

  it('gets large content chunk by chunk, and no chunk beyond the last', async () => {
    const given = await givenThing();
    const bytes = Buffer.alloc(2 * chunkBytes + 1, 'shadowcast');
    const item = await itemOf(given.world, bytes);
    await given.deploy(1, { items: [item] });
    for (const chunk of [0, 1, 2]) expect(await serve(given, item.digest, chunk)).toBe('served');
    const payloads = given.system.publisher.published().map(({ payload }) => payload);
    expect(payloads.map(({ length }) => length)).toEqual([chunkBytes, chunkBytes, 1]);
    expect(Buffer.concat(payloads).equals(bytes)).toBe(true);
    for (const chunk of [3, Number.MAX_SAFE_INTEGER]) {
      expect(await serve(given, item.digest, chunk)).toBe('rejected');
      expect(lastAnswer(given)).toEqual(rejection(given, item.digest, chunk));
    }
  });

  it('gets content of no bytes as one empty chunk', async () => {
    const given = await givenThing();
    const item = await itemOf(given.world, '');
    await given.deploy(1, { items: [item] });
    expect(await serve(given, item.digest, 0)).toBe('served');
    expect(given.system.publisher.published()[0]?.payload).toHaveLength(0);
    expect(await serve(given, item.digest, 1)).toBe('rejected');
  });

  it('gets it also when it has confirmed it: it may have lost its disk', async () => {
    const given = await givenThing();
    await given.deploy(1);
    await given.settle();
    expect(await serve(given, digestOfSpeed(1))).toBe('served');
  });

  it('gets what any of its channels names', async () => {
    const given = await givenThing();
    await given.deploy(1);
    await given.deploy(2, { slot: { thing: given.thing, channel: 'environment' } });
    const run = { slot: { thing: given.thing, channel: 'software' }, track: null } as const;
    await given.deploy(3, run);
    await given.deploy(4, run);
    for (const speed of [1, 2, 3, 4])
      expect(await serve(given, digestOfSpeed(speed)), `${speed}`).toBe('served');
  });
});

describe('a thing that asks for more', () => {
  it('is rejected where nothing was ever deployed to it', async () => {
    const given = await givenThing();
    await itemOf(given.world, '{"speed":1}');
    expect(await serve(given, digestOfSpeed(1))).toBe('rejected');
    expect(lastAnswer(given)).toEqual(rejection(given, digestOfSpeed(1), 0));
  });

  it('is rejected for what its target named before', async () => {
    const given = await givenThing();
    await given.deploy(1);
    await given.settle();
    await given.deploy(2);
    expect(await serve(given, digestOfSpeed(1))).toBe('rejected');
    expect(await serve(given, digestOfSpeed(2))).toBe('served');
  });

  it('is rejected for what is only staged', async () => {
    const given = await givenThing();
    await given.stage(1);
    expect(await serve(given, digestOfSpeed(1))).toBe('rejected');
  });

  it('is rejected for what another thing of its organization has', async () => {
    const given = await givenThing();
    const other = await nameOfThing(given.world, 'robot-8');
    await given.deploy(1, { slot: { thing: other, channel: 'release' } });
    expect(await serve(given, digestOfSpeed(1))).toBe('rejected');
  });

  it('gets its own organization’s bytes, and never learns that another organization has the same', async () => {
    const given = await givenThing();
    const theirs = await nameOfThing(given.world, 'robot-7', 'globex');
    const item = await itemOf(given.world, 'secret of globex', '/srv/x', 'globex');
    granted(
      await given.create(1, {
        organization: 'globex',
        slot: { thing: theirs, channel: 'release' },
        items: [item],
      }),
    );
    expect(await serve(given, item.digest)).toBe('rejected');
    expect(await serve({ ...given, thing: theirs }, item.digest)).toBe('served');
  });

  it('is rejected for the digest of nothing, and for one that nobody has', async () => {
    const given = await givenThing();
    await given.deploy(1, { items: [] });
    expect(await serve(given, nothing)).toBe('rejected');
    expect(await serve(given, `sha256:${'0'.repeat(64)}`)).toBe('rejected');
  });

  it('is rejected when nobody knows it, on the topic that it would have', async () => {
    const given = await givenThing();
    await given.deploy(1);
    const stranger = { ...given, thing: 'stranger' };
    expect(await serve(stranger, digestOfSpeed(1))).toBe('rejected');
    expect(lastAnswer(stranger).topic).toBe('shadowcast/stranger/fetch/rejected');
  });
});

describe('a file with a secret in it', () => {
  const ref = { kind: 'secrets@shop', id: 'password' };
  const entry = (text: string) => ({
    ...ref,
    organization: 'acme',
    createdAt: 0,
    updatedAt: 0,
    version: 1,
    body: { text, salt: 'pepper' },
    unique: {},
  });

  const givenSecret = async (text: string) => {
    const given = await givenThing();
    const { world } = given;
    await world.catalog.save(entry(text));
    const secretOf = () => ({ text, salt: 'pepper' });
    const sealed = await sealSecretContent(world.contents, 'acme', ['{"password":"', ref, '"}'], secretOf);
    if (sealed === undefined) throw new Error('It was not sealed.');
    const item = { id: 'app', path: 'app.json', format: 'json', ...sealed };
    await given.deploy(1, { items: [item] });
    return { ...given, item };
  };

  const payloads = ({ system }: Given) => system.publisher.published().map(({ payload }) => payload);

  it('is put together when it is fetched, and has the digest that the manifest names', async () => {
    const given = await givenSecret('swordfish');
    expect(await serve(given, given.item.digest)).toBe('served');
    const [bytes = new Uint8Array()] = payloads(given);
    expect(digestOf(bytes)).toBe(given.item.digest);
    expect(JSON.parse(Buffer.from(bytes.subarray(given.item.salt)).toString())).toEqual({
      password: 'swordfish',
    });
  });

  it('comes in chunks, and no chunk beyond the last', async () => {
    const given = await givenSecret('x'.repeat(2 * chunkBytes));
    for (const chunk of [0, 1, 2]) expect(await serve(given, given.item.digest, chunk)).toBe('served');
    expect(digestOf(Buffer.concat(payloads(given)))).toBe(given.item.digest);
    expect(await serve(given, given.item.digest, 3)).toBe('rejected');
    expect(lastAnswer(given)).toEqual(rejection(given, given.item.digest, 3));
  });

  it('is nowhere in the shadow, and its template is served to nobody', async () => {
    const given = await givenSecret('swordfish');
    await given.settle();
    const [told] = given.system.targetOf(given.thing).items ?? [];
    const { path, digest, size, salt, template } = given.item;
    expect(told).toEqual({ path, digest, size, salt });
    expect(JSON.stringify(given.system.shadows.writes())).not.toContain('swordfish');
    expect(await serve(given, template)).toBe('rejected');
  });

  it('is refused for ever once the secret is gone, whatever the cache has seen', async () => {
    const given = await givenSecret('swordfish');
    const contents = cachedContents(given.world.contents, 1_000_000);
    const cached = { ...given, world: { ...given.world, contents } };
    expect(await serve(cached, given.item.digest)).toBe('served');
    await given.world.catalog.remove(entry('swordfish'));
    expect(await serve(cached, given.item.digest)).toBe('rejected');
    expect(lastAnswer(given).said).toEqual({
      digest: given.item.digest,
      chunk: 0,
      code: 'purged',
      message: 'A secret in it was destroyed: nobody can have it any more.',
    });
  });

  it('that comes out otherwise than it was sealed is a fault, and not sent', async () => {
    const given = await givenSecret('swordfish');
    await given.world.catalog.remove(entry('swordfish'));
    await given.world.catalog.save(entry('marlin'));
    const failed = await serve(given, given.item.digest).catch(String);
    expect(failed).toContain('does not give');
    expect(failed).not.toContain('marlin');
    expect(payloads(given)).toEqual([]);
  });
});

describe('one channel whose manifest is missing', () => {
  it('does not keep the others from their files', async () => {
    const given = await givenThing();
    await given.deploy(1, { slot: { thing: given.thing, channel: 'environment' } });
    const broken = (await given.world.slots.load({ thing: given.thing, channel: 'environment' }))?.target
      ?.revision;
    await given.deploy(2);
    const { contents } = given.world;
    const get: typeof contents.get = async (organization, digest) =>
      digest === broken ? undefined : contents.get(organization, digest);
    const world = { ...given.world, contents: { ...contents, get } };
    expect(await serve({ ...given, world }, digestOfSpeed(2))).toBe('served');
  });
});
