// A list of things to run: in order, one at a time, each once, and each result until the cloud has it.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { result } from '#device/result';
import { chunkBytes } from '#device/shadow';
import { contentTopics, shadowTopics } from '#device/topics';
import { startDevice, temporaryFolder, thing } from './support/device.ts';
import { createFakeCloud } from './support/fake-cloud.ts';
import { listOf, offer, offerAll, offerBytes, offerWithItems, runOf } from './support/offers.ts';
import { createMachine, startServer, takeResults } from './support/runs.ts';
import { targetOf, viewOf } from './support/sets.ts';

const topics = shadowTopics(thing, 'software');
const resultTopic = contentTopics(thing).result;

const given = (seqs: readonly number[]) => {
  const cloud = createFakeCloud(thing);
  const machine = createMachine();
  return { cloud, machine, pointers: offerAll(cloud, seqs), software: { execute: machine.execute } };
};

const states = (cloud: ReturnType<typeof createFakeCloud>) =>
  cloud.heard.flatMap(({ verb, topic, body }) => {
    if (verb !== 'publish' || topic !== topics.update) return [];
    const { current } = (body as { state: { reported: { current: { seq: number; state: string } } } }).state
      .reported;
    return [`${current.state} ${current.seq}`];
  });

describe('a list', () => {
  it('of eight is run in its order, one at a time, and told result by result', async () => {
    const { cloud, machine, pointers, software } = given([1, 2, 3, 4, 5, 6, 7, 8]);
    machine.holds = true;
    const { next, results } = await startServer({ cloud, software });
    takeResults(cloud, listOf(8, pointers));
    for (const { seq } of pointers) {
      await machine.runs(`run ${seq}`);
      machine.end(`run ${seq}`);
    }
    await next('confirmed', ({ state }) => state === 'removed');
    expect(machine.began).toEqual(pointers.map(({ seq }) => `run ${seq}`));
    expect(machine.mostAtOnce()).toBe(1);
    expect(results().map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    for (const each of results()) expect(result.safeParse(each).error).toBe(undefined);
    expect(states(cloud)).toEqual(['removed 16']);
  });

  it('says that it has begun what takes longer than 5 s, once', async () => {
    const { cloud, machine, pointers, software } = given([1]);
    machine.holds = true;
    const { clock, next } = await startServer({ cloud, software });
    cloud.want('software', listOf(1, pointers));
    await machine.runs('run 1');
    clock.advance(4_999);
    expect(states(cloud)).toEqual([]);
    clock.advance(1);
    await next('confirmed', ({ state }) => state === 'applying');
    machine.end('run 1');
    await next('gave');
    expect(states(cloud)).toEqual(['applying 1']);
  });

  it('is not seq order: its own order counts', async () => {
    const { cloud, machine, pointers, software } = given([9, 3, 5]);
    const { next } = await startServer({ cloud, software });
    takeResults(cloud, listOf(9, pointers));
    await next('confirmed', ({ state }) => state === 'removed');
    expect(machine.began).toEqual(['run 9', 'run 3', 'run 5']);
  });

  it('that grows while something runs is gone on with', async () => {
    const { cloud, machine, pointers, software } = given([1, 2, 3]);
    machine.holds = true;
    const { next } = await startServer({ cloud, software });
    cloud.want('software', listOf(1, pointers.slice(0, 1)));
    await machine.runs('run 1');
    cloud.want('software', listOf(3, pointers));
    machine.end('run 1');
    await machine.runs('run 2');
    machine.end('run 2');
    await machine.runs('run 3');
    machine.end('run 3');
    await next('gave', ({ seq }) => seq === 3);
    expect(machine.began).toEqual(['run 1', 'run 2', 'run 3']);
  });

  it('may lose what has not begun', async () => {
    const { cloud, machine, pointers, software } = given([1, 2, 3]);
    machine.holds = true;
    const { next } = await startServer({ cloud, software });
    cloud.want('software', listOf(3, pointers));
    await machine.runs('run 1');
    cloud.want(
      'software',
      listOf(
        4,
        pointers.filter(({ seq }) => seq !== 2),
      ),
    );
    machine.end('run 1');
    await machine.runs('run 3');
    machine.end('run 3');
    await next('gave', ({ seq }) => seq === 3);
    expect(machine.began).toEqual(['run 1', 'run 3']);
  });

  it('may lose what runs: that goes on to its end, and nobody is told', async () => {
    const { cloud, machine, pointers, software } = given([1]);
    machine.holds = true;
    const { next, results } = await startServer({ cloud, software });
    cloud.want('software', listOf(1, pointers));
    await machine.runs('run 1');
    cloud.want('software', listOf(2, []));
    machine.end('run 1');
    await next('ran');
    await next('confirmed', ({ state }) => state === 'removed');
    expect(results()).toEqual([]);
  });

  it('is followed by the newest, however often and in whatever order the deltas come', async () => {
    const { cloud, machine, pointers, software } = given([1, 2, 3]);
    const [one, two, three] = pointers;
    if (!one || !two || !three) throw new Error('three');
    const lists = [listOf(1, [one]), listOf(2, [one, two]), listOf(3, [two, three]), listOf(4, [three])];
    const { next } = await startServer({ cloud, software });
    await next('connected');
    for (const index of [1, 3, 0, 3, 2, 1, 3, 0])
      cloud.send(topics.delta, { version: 1, state: { target: lists[index] } });
    await next('gave', ({ seq }) => seq === 3);
    expect(new Set(machine.began).size).toBe(machine.began.length);
    expect(machine.began.at(-1)).toBe('run 3');
  });

  it('of an older seq counts for nothing, also after a restart', async () => {
    const { cloud, machine, pointers, software } = given([1, 2]);
    const first = await startServer({ cloud, software });
    cloud.want('software', listOf(5, pointers.slice(0, 1)));
    await first.next('gave');
    await first.stop();
    const again = await startServer({ cloud, software, root: first.root });
    cloud.want('software', listOf(4, pointers));
    expect(await again.next('ignored', ({ why }) => why === 'older')).toMatchObject({ seq: 4 });
    expect(machine.began).toEqual(['run 1']);
  });
});

/** It has run, the cloud knows that it was begun, and the result was told once. */
const whoseResultWaits = async () => {
  const { cloud, machine, pointers, software } = given([1]);
  machine.holds = true;
  const server = await startServer({ cloud, software });
  cloud.want('software', listOf(1, pointers));
  await machine.runs('run 1');
  server.clock.advance(5_000);
  await server.next('confirmed');
  machine.end('run 1');
  await server.next('gave');
  return { ...server, cloud, machine, pointers };
};

describe('a result', () => {
  it('says when it ran, what it printed, and how it ended', async () => {
    const { cloud, pointers, software } = given([7]);
    const { next, results } = await startServer({ cloud, software });
    cloud.want('software', listOf(7, pointers));
    await next('gave');
    expect(results()).toEqual([
      {
        v: 1,
        ...pointers[0],
        outputs: {},
        stdout: 'run 7',
        stderr: '',
        status_code: 0,
        trimmed: [],
        started_at: '2026-01-01T00:00:00.000Z',
        finished_at: '2026-01-01T00:00:00.000Z',
      },
    ]);
  });

  it('is told again after 10 s, 20 s, and so on to 15 min, until its pointer has left the list', async () => {
    const { cloud, clock, next, results } = await whoseResultWaits();
    for (const [index, seconds] of [10, 20, 40, 80, 160, 320, 640, 900, 900].entries()) {
      clock.advance(seconds * 1000 - 1);
      expect(results()).toHaveLength(index + 1);
      clock.advance(1);
      expect(results()).toHaveLength(index + 2);
    }
    cloud.want('software', listOf(2, []));
    await next('confirmed', ({ state }) => state === 'removed');
    clock.advance(86_400_000);
    expect(results()).toHaveLength(10);
  });

  it('is told again at once when the connection is back, or when the cloud asks again', async () => {
    const { cloud, clock, machine, next, pointers, results } = await whoseResultWaits();
    cloud.cut();
    clock.advance(1000);
    await next('confirmed');
    await next('gave');
    cloud.want('software', listOf(1, pointers));
    await next('gave');
    expect(results()).toHaveLength(3);
    expect(machine.began).toEqual(['run 1']);
  });

  it('is told again when the cloud asks a thing that never had to say anything else', async () => {
    const { cloud, pointers, software } = given([1]);
    const { next, results } = await startServer({ cloud, software });
    cloud.want('software', listOf(1, pointers));
    await next('gave');
    cloud.want('software', listOf(1, pointers));
    await next('gave');
    expect([results().length, states(cloud)]).toEqual([2, []]);
  });

  it('survives a restart, and a second one', async () => {
    const { cloud, machine, pointers, software } = given([1]);
    cloud.lost = (topic) => topic === resultTopic;
    const first = await startServer({ cloud, software });
    cloud.want('software', listOf(1, pointers));
    await first.next('gave');
    await first.stop();
    for (const _ of [1, 2]) {
      const again = await startServer({ cloud, software, root: first.root });
      await again.next('gave');
      await again.stop();
    }
    expect(machine.began).toEqual(['run 1']);
    expect(states(cloud)).toEqual(['applying 1', 'applying 1']);
  });

  it('is answered again under another seq, when the thing is thought to have started from nothing', async () => {
    const { cloud, machine, pointers, software } = given([1]);
    const { next, results } = await startServer({ cloud, software });
    cloud.want('software', listOf(1, pointers));
    await next('gave');
    cloud.want(
      'software',
      listOf(
        9,
        pointers.map((pointer) => ({ ...pointer, seq: 8 })),
      ),
    );
    await next('gave', ({ seq }) => seq === 8);
    expect(results().map(({ seq, stdout }) => [seq, stdout])).toEqual([
      [1, 'run 1'],
      [8, 'run 1'],
    ]);
    expect(machine.began).toEqual(['run 1']);
  });

  it('is forgotten when its pointer has left the list, but not that it ran: a pointer that comes back runs nothing', async () => {
    const { cloud, machine, pointers, software } = given([1]);
    const first = await startServer({ cloud, software });
    takeResults(cloud, listOf(1, pointers));
    await first.next('confirmed', ({ state }) => state === 'removed');
    const [key = ''] = readdirSync(join(first.root, 'runs'));
    await vi.waitFor(() => expect(readdirSync(join(first.root, 'runs', key))).toEqual(['buried.json']));
    await first.stop();

    const again = await startServer({ cloud, software, root: first.root });
    cloud.want('software', listOf(20, pointers));
    await again.next('gave');
    const [, told] = again.results();
    expect(told).toMatchObject({ seq: 1, status_code: 0, stdout: '', trimmed: ['stdout', 'stderr'] });
    expect(told?.stderr).toContain('it ran before');
    expect(machine.began).toEqual(['run 1']);
  });
});

describe('a lost connection', () => {
  it('does not stop what runs, and its result is told when it is back', async () => {
    const { cloud, machine, pointers, software } = given([1]);
    machine.holds = true;
    const { clock, next, results } = await startServer({ cloud, software });
    cloud.want('software', listOf(1, pointers));
    await machine.runs('run 1');
    cloud.cut();
    machine.end('run 1');
    await next('ran');
    expect(results()).toEqual([]);
    clock.advance(1000);
    await next('gave');
  });

  it('begins nothing: meanwhile it may have been taken away', async () => {
    const { cloud, machine, pointers, software } = given([1, 2, 3]);
    machine.holds = true;
    const { clock, next } = await startServer({ cloud, software });
    cloud.want('software', listOf(3, pointers));
    await machine.runs('run 1');
    cloud.cut();
    machine.end('run 1');
    await next('ran');
    cloud.want('software', listOf(4, pointers.slice(2)));
    clock.advance(1000);
    await machine.runs('run 3');
    expect(machine.began).toEqual(['run 1', 'run 3']);
  });

  it('is survived by a list whose delta was lost: it is asked for', async () => {
    const { cloud, pointers, software } = given([1, 2]);
    const first = await startServer({ cloud, software });
    cloud.want('software', listOf(1, pointers.slice(0, 1)));
    await first.next('gave');
    await first.stop();
    cloud.onWay = (message) => (message.topic === topics.delta ? [] : [message]);
    cloud.want('software', listOf(2, pointers));
    const { clock, next } = await startServer({ cloud, software, root: first.root });
    await next('reported');
    clock.advance(10_000);
    await next('gave', ({ seq }) => seq === 2);
  });
});

describe('a pointer that says what it is made of', () => {
  it('is run after one fetch: nobody asks for its manifest', async () => {
    const { cloud, machine, software } = given([]);
    const { next } = await startServer({ cloud, software });
    cloud.want('software', listOf(1, [offerWithItems(cloud, 1, runOf('run 1'))]));
    await next('gave');
    expect(machine.began).toEqual(['run 1']);
    const { fetch } = contentTopics(thing);
    expect(cloud.heard.filter(({ topic, verb }) => verb === 'publish' && topic === fetch)).toHaveLength(1);
  });
});

describe('what cannot be had', () => {
  it('is asked for in chunks, also when a chunk is lost', async () => {
    const { cloud, machine, software } = given([]);
    const config = 'x'.repeat(2.5 * chunkBytes);
    let lost = 1;
    const { fetch } = contentTopics(thing);
    cloud.lost = (topic, body) => topic === fetch && (body as { chunk: number }).chunk === 2 && lost-- > 0;
    const { clock, next } = await startServer({ cloud, software });
    cloud.want('software', listOf(1, [offer(cloud, 1, runOf(config))]));
    await cloud.hears(fetch, 4);
    await clock.waiting(5_000);
    clock.advance(5_000);
    await next('gave');
    expect(machine.began).toEqual([config]);
  });

  it('is tried again after 15 s, 30 s, 60 s; the cloud hears of each attempt, and nothing later is begun', async () => {
    const { cloud, machine, pointers, software } = given([1, 2]);
    const { fetch, fetchRejected } = contentTopics(thing);
    cloud.lost = (topic, body) => {
      if (topic !== fetch) return false;
      cloud.send(fetchRejected, { ...(body as object), code: 'not_named', message: 'no' });
      return true;
    };
    const { clock, next } = await startServer({ cloud, software });
    cloud.want('software', listOf(2, pointers));
    for (const [index, seconds] of [15, 30, 60].entries()) {
      const { current } = await next('reported', (event) => event.current.attempt === index + 1);
      expect(current).toMatchObject({ seq: 1, state: 'retrying', error: { code: 'content_refused' } });
      await clock.waiting(seconds * 1000);
      if (seconds === 60) cloud.lost = () => false;
      clock.advance(seconds * 1000);
    }
    const { current } = await next('reported', ({ current: { state } }) => state === 'applying');
    expect(current).toMatchObject({ seq: 1, attempt: 4, error: null });
    await next('ran', ({ seq }) => seq === 2);
    expect(machine.began).toEqual(['run 1', 'run 2']);
  });

  it('gives way when its pointer has left the list', async () => {
    const { cloud, machine, pointers, software } = given([1, 2]);
    const refusesOne = cloud.contents.get(pointers[0]?.manifest ?? '');
    cloud.contents.delete(pointers[0]?.manifest ?? '');
    expect(refusesOne).toBeDefined();
    const { next } = await startServer({ cloud, software });
    cloud.want('software', listOf(2, pointers));
    await cloud.hears(contentTopics(thing).fetch);
    cloud.want('software', listOf(3, pointers.slice(1)));
    await next('gave');
    expect(machine.began).toEqual(['run 2']);
  });

  it.each<[string, Buffer, string | undefined]>([
    ['no JSON', Buffer.from('{'), undefined],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), undefined],
    ['no run', Buffer.from('{"v":1}'), undefined],
    ['a run of another version', Buffer.from(JSON.stringify({ ...runOf(''), v: 2 })), undefined],
    ['no item of that name', Buffer.from(JSON.stringify(runOf(''))), 'other.json'],
  ])('ends with 126 when it is %s, and the next is run', async (_, bytes, path) => {
    const { cloud, machine, pointers, software } = given([2]);
    const bad = offerBytes(cloud, 1, bytes, path);
    const { next, results } = await startServer({ cloud, software });
    cloud.want('software', listOf(2, [bad, ...pointers]));
    await next('gave', ({ seq }) => seq === 2);
    expect(results()[0]).toMatchObject({ seq: 1, status_code: 126, stdout: '' });
    expect(results()[0]?.stderr).toMatch(/^shadowcast: bad_run: /);
    expect(machine.began).toEqual(['run 2']);
  });

  it('ends with a wrong digest only by being tried again', async () => {
    const { cloud, machine, pointers, software } = given([1]);
    const digest = pointers[0]?.manifest ?? '';
    const right = cloud.contents.get(digest) ?? Buffer.alloc(0);
    cloud.contents.set(digest, Buffer.from('{"items":[],"v":1}'));
    const { clock, next } = await startServer({ cloud, software });
    cloud.want('software', listOf(1, pointers));
    const { current } = await next('reported');
    expect(current).toMatchObject({ state: 'retrying', error: { code: 'content_mismatch' } });
    expect(machine.began).toEqual([]);
    cloud.contents.set(digest, right);
    await clock.waiting(15_000);
    clock.advance(15_000);
    await next('gave');
  });
});

describe('a list that makes no sense', () => {
  it.each<[string, object, string]>([
    ['of another version', { v: 2 }, 'unsupported_version'],
    ['of nine', { run: Array.from({ length: 9 }, (_, at) => at) }, 'bad_target'],
  ])('%s: its first is reported as failed, and nothing is run', async (_, twist, code) => {
    const { cloud, machine, pointers, software } = given([1, 2]);
    const { next } = await startServer({ cloud, software });
    const list = { ...listOf(2, pointers), ...twist };
    cloud.want('software', { ...list, run: Object.values(list.run).map((one, at) => pointers[at] ?? one) });
    await next('confirmed');
    expect(cloud.reported('software')).toMatchObject({ seq: 1, state: 'failed', error: { code } });
    cloud.want('software', listOf(3, pointers.slice(1)));
    await next('ran');
    expect(machine.began).toEqual(['run 2']);
  });

  it('that names a deployment twice is reported as failed', async () => {
    const { cloud, machine, pointers, software } = given([1]);
    const { next } = await startServer({ cloud, software });
    cloud.want('software', listOf(2, [...pointers, ...pointers]));
    await next('confirmed');
    expect(cloud.reported('software')).toMatchObject({ seq: 1, error: { code: 'bad_target' } });
    expect(machine.began).toEqual([]);
  });

  it('of another version is answered with the result, if its first has run already', async () => {
    const { cloud, pointers, software } = given([1]);
    const { next, results } = await startServer({ cloud, software });
    cloud.want('software', listOf(1, pointers));
    await next('gave');
    cloud.want('software', { ...listOf(2, pointers), v: 2 });
    await next('gave');
    expect(results()).toHaveLength(2);
    expect(states(cloud)).toEqual([]);
  });

  it.each([[{ v: 1 }], [{ v: 1, seq: 3, run: 'all' }], [{ v: 1, seq: 3, run: [{}] }], [7], [null]])(
    '%j is ignored',
    async (target) => {
      const { cloud, machine, software } = given([]);
      const { next } = await startServer({ cloud, software });
      await next('connected');
      cloud.send(topics.delta, { version: 9, state: { target } });
      await next('ignored', ({ why }) => why === 'unreadable');
      expect(machine.began).toEqual([]);
    },
  );
});

describe('an agent that is stopped', () => {
  it('ends what runs, tells it, and never runs it again', async () => {
    const { cloud, machine, pointers, software } = given([1, 2]);
    machine.holds = true;
    const first = await startServer({ cloud, software });
    cloud.want('software', listOf(2, pointers));
    await machine.runs('run 1');
    await first.stop();
    expect(first.results()).toMatchObject([{ seq: 1, status_code: 125 }]);
    const again = await startServer({ cloud, software, root: first.root });
    await machine.runs('run 2');
    await again.next('gave', ({ seq }) => seq === 1);
    expect(machine.began).toEqual(['run 1', 'run 2']);
  });
});

it('goes its own way beside a channel of files', async () => {
  const { cloud, machine, pointers, software } = given([1]);
  const root = temporaryFolder();
  const roots = { release: join(root, 'release'), software: join(root, 'software') };
  cloud.want('software', listOf(1, pointers));
  cloud.want('release', targetOf(5, { a: '1' }));
  const { next } = await startDevice({ cloud, software, roots });
  await next('gave');
  await cloud.hears(shadowTopics(thing, 'release').update);
  expect(machine.began).toEqual(['run 1']);
  expect(viewOf(roots.release)).toEqual({ a: '1' });
});
