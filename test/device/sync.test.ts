// What the agent makes of the shadow's messages: it speaks first, the newest seq wins, and nothing is said without a reason.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contentTopics, shadowTopics } from '#device/topics';
import { startDevice, temporaryFolder, thing } from './support/device.ts';
import { createFakeCloud } from './support/fake-cloud.ts';
import { targetOf, viewOf } from './support/sets.ts';

const topics = shadowTopics(thing, 'release');
const a = { 'srv/a.json': '{"a":1}' };
const b = { 'srv/b.json': '{"b":2}' };

const published = (cloud: ReturnType<typeof createFakeCloud>, topic: string) =>
  cloud.heard.filter(({ verb, topic: at }) => verb === 'publish' && at === topic);

const wanting = (target: unknown) => {
  const cloud = createFakeCloud(thing);
  cloud.want('release', target);
  return cloud;
};

describe('a device that never had a target', () => {
  it('subscribes to everything before it says anything, then asks for its shadow', async () => {
    const { cloud, next } = await startDevice();
    await next('connected');
    const firstWord = cloud.heard.findIndex(({ verb }) => verb === 'publish');
    expect(cloud.heard.slice(0, firstWord).map(({ topic }) => topic.replace(thing, '{thing}'))).toEqual([
      '$aws/things/{thing}/shadow/name/release/update/delta',
      '$aws/things/{thing}/shadow/name/release/get/accepted',
      '$aws/things/{thing}/shadow/name/release/get/rejected',
      '$aws/things/{thing}/shadow/name/release/update/rejected',
      'shadowcast/{thing}/fetch/rejected',
      'shadowcast/{thing}/ping',
      'shadowcast/{thing}/content/+/+',
    ]);
    expect(cloud.heard.slice(firstWord).map(({ topic }) => topic)).toEqual([topics.get]);
  });

  it('applies what it finds wanted there, and reports it', async () => {
    const { cloud, next, root } = await startDevice({ cloud: wanting(targetOf(5, a)) });
    await next('confirmed');
    expect(viewOf(root)).toEqual(a);
    expect(cloud.reported('release')).toEqual({
      v: 1,
      seq: 5,
      deployment: 'dpl_5',
      manifest: targetOf(5, a).manifest,
      state: 'applied',
      attempt: 1,
      error: null,
    });
  });

  it('waits for a delta when it has no shadow yet', async () => {
    const { cloud, clock, next, root } = await startDevice();
    await next('connected');
    cloud.want('release', targetOf(5, a));
    await next('confirmed');
    clock.advance(3_600_000);
    expect(published(cloud, topics.get)).toHaveLength(1);
    expect(viewOf(root)).toEqual(a);
  });

  it('asks again when its question was lost: after 5 s, 10 s, 20 s, 40 s, then every minute', async () => {
    const cloud = createFakeCloud(thing);
    cloud.lost = (topic) => topic === topics.get;
    const { clock, next } = await startDevice({ cloud });
    await next('connected');
    const delays = [5, 10, 20, 40, 60, 60].map((seconds) => seconds * 1000);
    for (const [index, delay] of delays.entries()) {
      expect(clock.delays()).toEqual([delay]);
      clock.advance(delay);
      expect(published(cloud, topics.get)).toHaveLength(index + 2);
    }
  });

  it('reports an empty set as removed', async () => {
    const { cloud, next, root } = await startDevice({ cloud: wanting(targetOf(5, {})) });
    await next('confirmed');
    expect(cloud.reported('release')).toMatchObject({ seq: 5, state: 'removed', error: null });
    expect(viewOf(root)).toEqual({});
  });
});

describe('a device that comes back', () => {
  it('publishes its report first, and needs no get: the delta comes by itself', async () => {
    const first = await startDevice({ cloud: wanting(targetOf(5, a)) });
    await first.next('confirmed');
    await first.stop();

    const cloud = wanting(targetOf(6, b));
    const again = await startDevice({ cloud, root: first.root });
    await again.next('confirmed', ({ seq }) => seq === 6);

    const words = cloud.heard.filter(({ verb }) => verb === 'publish');
    expect(words.map(({ topic }) => topic)).toEqual([topics.update, topics.update]);
    expect(words[0]?.body).toMatchObject({ state: { reported: { current: { seq: 5, state: 'applied' } } } });
    expect(viewOf(first.root)).toEqual(b);
  });

  it('asks for its shadow when the delta after its report was lost', async () => {
    const first = await startDevice({ cloud: wanting(targetOf(5, a)) });
    await first.next('confirmed');
    await first.stop();

    const cloud = wanting(targetOf(6, b));
    cloud.onWay = (message) => (message.topic === topics.delta ? [] : [message]);
    const { clock, next } = await startDevice({ cloud, root: first.root });
    await next('reported', ({ current }) => current.seq === 5);
    clock.advance(10_000);
    await next('reported', ({ current }) => current.seq === 6);
    expect(viewOf(first.root)).toEqual(b);
  });

  it('catches up after a lost connection with what was wanted in between, and only with the newest', async () => {
    const { cloud, clock, next, root, events } = await startDevice({ cloud: wanting(targetOf(5, a)) });
    await next('confirmed');
    cloud.cut();
    cloud.want('release', targetOf(6, { 'srv/never.json': '' }));
    cloud.want('release', targetOf(7, b));
    clock.advance(1000);
    await next('confirmed', ({ seq }) => seq === 7);
    expect(viewOf(root)).toEqual(b);
    expect(events.filter(({ event }) => event === 'target')).toHaveLength(2);
  });
});

describe('seq decides', () => {
  it('ignores a lower seq than the one in force', async () => {
    const { cloud, next, root } = await startDevice({ cloud: wanting(targetOf(5, a)) });
    await next('confirmed');
    cloud.want('release', targetOf(4, b));
    expect(await next('ignored', ({ why }) => why === 'older')).toMatchObject({ seq: 4 });
    expect(viewOf(root)).toEqual(a);
  });

  it('ignores a lower seq after a restart, too', async () => {
    const first = await startDevice({ cloud: wanting(targetOf(5, a)) });
    await first.next('confirmed');
    await first.stop();
    const { next, root } = await startDevice({ cloud: wanting(targetOf(4, b)), root: first.root });
    await next('ignored', ({ why }) => why === 'older');
    expect(viewOf(root)).toEqual(a);
  });

  it('ignores a lower seq than one that failed, although that one is not in force', async () => {
    const { cloud, next, root } = await startDevice({ cloud: wanting(targetOf(5, a)) });
    await next('confirmed');
    cloud.want('release', targetOf(9, { '../out': '' }));
    await next('confirmed', ({ state }) => state === 'failed');
    cloud.want('release', targetOf(8, b));
    await next('ignored', ({ why }) => why === 'older');
    expect(viewOf(root)).toEqual(a);
  });

  it('lets a newer target interrupt the work on an older one', async () => {
    const slow = { ...targetOf(5, a), items: targetOf(5, a).items?.map(({ data: _, ...item }) => item) };
    const { cloud, next, root } = await startDevice({ cloud: wanting(slow) });
    await next('target');
    cloud.want('release', targetOf(6, b));
    await next('confirmed', ({ seq }) => seq === 6);
    expect(viewOf(root)).toEqual(b);
  });

  it('ends with the newest, however often and in whatever order the deltas come', async () => {
    const cloud = createFakeCloud(thing);
    const sets = [1, 2, 3, 4, 5].map((seq) => targetOf(seq, { [`srv/${seq}.json`]: `${seq}` }));
    const { next, root } = await startDevice({ cloud });
    await next('connected');
    for (const index of [2, 0, 4, 4, 1, 3, 2, 4, 0])
      cloud.send(topics.delta, { version: 1, state: { target: sets[index] } });
    await next('reported', ({ current }) => current.seq === 5);
    expect(viewOf(root)).toEqual({ 'srv/5.json': '5' });
  });

  it('applies nothing twice', async () => {
    const { cloud, next, events } = await startDevice({ cloud: wanting(targetOf(5, a)) });
    await next('confirmed');
    cloud.send(topics.delta, { version: 0, state: { target: targetOf(5, a) } });
    await next('ignored', ({ why }) => why === 'already reported');
    expect(events.filter(({ event }) => event === 'target')).toHaveLength(1);
  });
});

describe('a report', () => {
  it('is said once when it is heard: the delta that it causes is its echo', async () => {
    const { cloud, clock, next } = await startDevice({ cloud: wanting(targetOf(5, a)) });
    await next('confirmed');
    await next('ignored', ({ why }) => why === 'already reported');
    clock.advance(3_600_000);
    expect(published(cloud, topics.update)).toHaveLength(1);
  });

  it('is heard where nothing is wanted any more, and so no delta comes: the shadow shows it to who asks', async () => {
    const { cloud, clock, next } = await startDevice({ cloud: wanting(targetOf(5, a)) });
    await next('confirmed');
    cloud.want('release', undefined);
    cloud.cut();
    await clock.waiting(1_000);
    clock.advance(1_000);
    await next('reported');
    clock.advance(10_000);
    await next('confirmed');
    const said = published(cloud, topics.update).length;
    clock.advance(3_600_000);
    expect(published(cloud, topics.update)).toHaveLength(said);
  });

  it('is said again, with patience, until it is heard', async () => {
    const cloud = wanting(targetOf(5, a));
    cloud.lost = (topic) => topic === topics.update;
    const { clock, next } = await startDevice({ cloud });
    await next('reported');
    clock.advance(5_000);
    clock.advance(10_000);
    expect(published(cloud, topics.update)).toHaveLength(3);
    cloud.lost = () => false;
    clock.advance(20_000);
    await next('confirmed');
    clock.advance(3_600_000);
    expect(published(cloud, topics.update)).toHaveLength(4);
  });

  it('is said again when the cloud wants the same seq anew', async () => {
    const { cloud, next } = await startDevice({ cloud: wanting(targetOf(5, a)) });
    await next('confirmed');
    cloud.want('release', targetOf(5, a));
    await next('confirmed');
    expect(published(cloud, topics.update)).toHaveLength(2);
  });

  it('is said again after it was rejected', async () => {
    const cloud = wanting(targetOf(5, a));
    cloud.lost = (topic, body) => {
      if (topic !== topics.update) return false;
      cloud.lost = () => false;
      const { clientToken } = body as { clientToken: string };
      cloud.send(topics.updateRejected, { code: 429, message: 'Too many requests', clientToken });
      return true;
    };
    const { clock, next } = await startDevice({ cloud });
    expect(await next('rejected')).toMatchObject({ code: 429 });
    clock.advance(5_000);
    await next('confirmed');
  });

  it('is not confirmed by the delta of somebody else’s update', async () => {
    const cloud = wanting(targetOf(5, a));
    cloud.lost = (topic) => topic === topics.update;
    const { clock, next } = await startDevice({ cloud });
    await next('reported');
    const state = { target: targetOf(5, a) };
    cloud.send(topics.delta, { version: 7, state });
    cloud.send(topics.delta, { version: 8, state, clientToken: 'worker-1' });
    clock.advance(5_000);
    expect(published(cloud, topics.update)).toHaveLength(2);
  });

  it('says `applying` only when it takes longer than 5 s', async () => {
    const items = targetOf(5, a).items?.map(({ data: _, ...item }) => item);
    const cloud = wanting({ ...targetOf(5, a), items });
    const { clock, next } = await startDevice({ cloud });
    await next('target');
    await clock.waiting(5_000);
    clock.advance(4_999);
    expect(published(cloud, topics.update)).toHaveLength(0);
    clock.advance(1);
    const { current } = await next('reported');
    expect(current).toMatchObject({ seq: 5, state: 'applying', attempt: 1, error: null });
  });
});

describe('messages that make no sense', () => {
  const unknownVersion = { ...targetOf(6, b), v: 2, somethingNew: true };

  it('reports a version that it does not know as failed, and keeps what it has', async () => {
    const { cloud, next, root } = await startDevice({ cloud: wanting(targetOf(5, a)) });
    await next('confirmed');
    cloud.want('release', unknownVersion);
    await next('confirmed', ({ seq }) => seq === 6);
    expect(cloud.reported('release')).toMatchObject({
      state: 'failed',
      error: { code: 'unsupported_version' },
    });
    expect(viewOf(root)).toEqual(a);
  });

  it('goes on with the next target of its own version', async () => {
    const { cloud, next, root } = await startDevice({ cloud: wanting(unknownVersion) });
    await next('confirmed', ({ state }) => state === 'failed');
    cloud.want('release', targetOf(7, b));
    await next('confirmed', ({ state }) => state === 'applied');
    expect(viewOf(root)).toEqual(b);
  });

  it('reports a target that breaks the protocol as failed', async () => {
    const { cloud, next } = await startDevice({
      cloud: wanting({ ...targetOf(6, {}), items: [{ path: 7 }] }),
    });
    await next('confirmed');
    expect(cloud.reported('release')).toMatchObject({
      seq: 6,
      state: 'failed',
      error: { code: 'bad_target' },
    });
  });

  it('ignores a target without a seq, a delta without a target, and what is no JSON', async () => {
    const { cloud, next, root } = await startDevice({ cloud: wanting(targetOf(5, a)) });
    await next('confirmed');
    const unreadable = [
      { version: 9, state: { target: { v: 1 } } },
      { version: 9, state: { light: 'on' } },
      7,
      null,
    ];
    for (const message of unreadable) {
      cloud.send(topics.delta, message);
      await next('ignored', ({ why }) => why === 'unreadable');
    }
    expect(viewOf(root)).toEqual(a);
  });

  it('leaves a channel alone that it has no root for', async () => {
    const { cloud, next } = await startDevice({ cloud: wanting(targetOf(5, a)) });
    cloud.want('software', targetOf(5, b));
    await next('confirmed');
    expect(cloud.heard.filter(({ topic }) => topic.includes('/software/'))).toEqual([]);
  });
});

describe('a ping', () => {
  it('is answered with its own words, and nothing else is', async () => {
    const { cloud, next } = await startDevice();
    await next('connected');
    const { ping, pong } = contentTopics(thing);
    for (const body of [{ ping: '' }, {}, 7, { ping: 'x'.repeat(65) }, { ping: 'abc', more: 1 }])
      cloud.send(ping, body);
    await cloud.hears(pong);
    expect(published(cloud, pong).map(({ body }) => body)).toEqual([{ ping: 'abc' }]);
  });
});

describe('two channels', () => {
  it('go their own ways', async () => {
    const cloud = wanting(targetOf(5, a));
    cloud.want('environment', targetOf(3, { '../out': '' }));
    const root = temporaryFolder();
    const roots = { release: join(root, 'release'), environment: join(root, 'environment') };
    const { next } = await startDevice({ cloud, roots });
    await next('confirmed');
    await next('confirmed');
    expect(cloud.reported('release')).toMatchObject({ seq: 5, state: 'applied' });
    expect(cloud.reported('environment')).toMatchObject({ seq: 3, state: 'failed' });
    expect(viewOf(roots.release)).toEqual(a);
  });
});
