// The plug is pulled after every single step on the disk: nothing is ever run twice, each result is told, and then it converges.
// `CRASH_POINTS=all` is every step; every run of the tests has a share of them.
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf } from '#device/agent/digest';
import type { Disk } from '#device/agent/files/disk';
import { createJournal } from '#device/agent/software/journal';
import { makeLayout } from '#device/agent/software/layout';
import { load } from '#device/agent/software/load';
import type { Result } from '#device/result';
import { contentTopics } from '#device/topics';
import { strideOf } from '#test/support/share';
import { temporaryFolder, thing } from './support/device.ts';
import { type Crash, failingDisk, hastyDisk } from './support/failing-disk.ts';
import { createFakeCloud } from './support/fake-cloud.ts';
import { listOf, offerAll } from './support/offers.ts';
import { ending, startServer, takeResults } from './support/runs.ts';

const crashes: Crash[] = ['kill', 'power'];

/** A cloud with two runs, which hears nobody who is dead; and how often each was run, in whatever life. */
const createScene = () => {
  const cloud = createFakeCloud(thing);
  const ran: string[] = [];
  const told: Result[] = [];
  let isDead = false;
  cloud.lost = (topic, body) => {
    if (!isDead && topic === contentTopics(thing).result) told.push(body as Result);
    return isDead;
  };
  takeResults(cloud, listOf(2, offerAll(cloud, [1, 2])));

  /** Says whether it came to its end before the plug was pulled. */
  const live = async (root: string, disk: Disk): Promise<boolean> => {
    isDead = false;
    const death = Promise.withResolvers<false>();
    const watched = Object.fromEntries(
      Object.entries(disk).map(([name, act]) => [
        name,
        async (...args: never[]) => {
          try {
            return await (act as (...given: never[]) => Promise<unknown>)(...args);
          } catch (error) {
            isDead = true;
            death.resolve(false);
            throw error;
          }
        },
      ]),
    ) as unknown as Disk;
    const life = startServer({
      cloud,
      root,
      software: {
        disk: watched,
        execute: async ({ run: { config }, onSpawned }, signal) => {
          expect(isDead, `${config} was started although nobody could write that down`).toBe(false);
          ran.push(config);
          await onSpawned(process.pid);
          if (!isDead) return ending(0, config);
          // Nobody is left who could hear of its end.
          if (!signal.aborted) await once(signal, 'abort');
          return ending(125);
        },
      },
    });
    const ended = life.then(async ({ next }) => {
      await next('listed', ({ runs }) => runs === 0);
      return true;
    });
    const cameToItsEnd = await Promise.race([ended.catch(() => false), death.promise]);
    await life.then(
      ({ stop }) => stop(),
      () => {},
    );
    return cameToItsEnd && !isDead;
  };
  return { ran, told, live };
};

type Scene = ReturnType<typeof createScene>;

const expectConverged = async ({ ran, told, live }: Scene, root: string, when: string) => {
  await live(root, hastyDisk);
  expect(new Set(ran).size, when).toBe(ran.length);
  for (const seq of [1, 2]) {
    const results = told.filter((one) => one.seq === seq);
    // However often it is told, it is the same story; and what never ran is not said to have ended well.
    const stories = new Set(results.map(({ status_code, stdout }) => `${status_code} ${stdout}`));
    expect(stories.size, when).toBe(1);
    const possible = ran.includes(`run ${seq}`) ? [`0 run ${seq}`, '125 '] : ['125 '];
    expect(possible, when).toContain([...stories][0]);
  }
  const keys = readdirSync(join(root, 'runs'));
  expect(
    keys.map((key) => readdirSync(join(root, 'runs', key))),
    when,
  ).toEqual([['buried.json'], ['buried.json']]);
};

const inFolder = async (act: (folder: string, root: string) => Promise<void>) => {
  const folder = temporaryFolder();
  await act(folder, join(folder, 'root'));
  rmSync(folder, { recursive: true });
};

describe.each(crashes)('two runs, and a %s', (crash) => {
  const dieAfter = async (scene: Scene, folder: string, root: string, step: number, bin = 'bin') => {
    const disk = failingDisk(step, join(folder, bin));
    const ended = await scene.live(root, disk.disk);
    if (crash === 'power' && !ended) disk.loseUnsynced();
    return { ended, steps: disk.steps() };
  };

  it('after any step: none is run twice, and both are told', async () => {
    const { start, stride } = strideOf(16);
    let steps = start;
    for (let ended = false; !ended; steps += stride) {
      await inFolder(async (folder, root) => {
        const scene = createScene();
        ({ ended } = await dieAfter(scene, folder, root, steps));
        await expectConverged(scene, root, `step ${steps}`);
      });
    }
    expect(steps).toBeGreaterThan(40);
  });

  it('after any step of the next life, too', async () => {
    // Every seventh step of the first life, and the steps of the life after it.
    for (let step = 3; step < 50; step += 7) {
      const { start, stride } = strideOf(24);
      for (let again = start, ended = false; !ended; again += stride) {
        await inFolder(async (folder, root) => {
          const scene = createScene();
          await dieAfter(scene, folder, root, step);
          ({ ended } = await dieAfter(scene, folder, root, again, 'bin-2'));
          await expectConverged(scene, root, `steps ${step} and ${again}`);
        });
      }
    }
  });
});

describe('the journal', () => {
  const open = async (root: string) => {
    await makeLayout(root);
    const found = await load(hastyDisk, root, Date.UTC(2026, 0, 1));
    return { found, journal: createJournal(hastyDisk, root, found) };
  };
  const resultOf = (seq: number): Result => ({
    v: 1,
    seq,
    deployment: `dpl_${seq}`,
    manifest: digestOf(`${seq}`),
    outputs: { secret: 'x' },
    stdout: 'said',
    stderr: '',
    status_code: 0,
    trimmed: [],
    started_at: new Date(seq).toISOString(),
    finished_at: new Date(seq).toISOString(),
  });
  const runOne = async (journal: ReturnType<typeof createJournal>, seq: number) => {
    const { deployment, manifest, started_at } = resultOf(seq);
    await journal.start({ seq, deployment, manifest, started_at });
    await journal.finish(resultOf(seq));
  };

  it('remembers the last 512 that ran, and forgets the oldest', async () => {
    const root = temporaryFolder();
    const { journal } = await open(root);
    for (let seq = 1; seq <= 515; seq += 1) await runOne(journal, seq);
    await journal.buryExcept(new Set(['dpl_515']));
    const again = (await open(root)).journal;
    await again.buryExcept(new Set());
    const last = (await open(root)).journal;
    const known = Array.from({ length: 515 }, (_, index) => index + 1).filter((seq) =>
      last.has(`dpl_${seq}`),
    );
    expect([known.length, known[0]]).toEqual([512, 4]);
    expect(readdirSync(join(root, 'runs'))).toHaveLength(512);
  });

  it('keeps nothing of what was given back when nobody waits for it any more', async () => {
    const root = temporaryFolder();
    const { journal } = await open(root);
    await runOne(journal, 1);
    await journal.buryExcept(new Set());
    const { journal: again } = await open(root);
    expect(again.resultOf('dpl_1')).toMatchObject({
      status_code: 0,
      outputs: {},
      stdout: '',
      trimmed: ['secret', 'stdout', 'stderr'],
    });
  });

  it('takes a record that cannot be read for a run that was begun', async () => {
    const root = temporaryFolder();
    const { journal } = await open(root);
    await journal.start({ ...resultOf(1), started_at: resultOf(1).started_at });
    const [key = ''] = readdirSync(join(root, 'runs'));
    writeFileSync(join(root, 'runs', key, 'started.json'), '{');
    const { journal: again, found } = await open(root);
    expect(found.interrupted).toHaveLength(1);
    expect(again.has('dpl_1')).toBe(true);
    expect(again.resultOf('dpl_1')).toMatchObject({ status_code: 125 });
  });

  it('removes a folder in which nothing was begun', async () => {
    const root = temporaryFolder();
    await makeLayout(root);
    mkdirSync(join(root, 'runs', 'empty', 'run'), { recursive: true });
    const { found } = await open(root);
    expect(found.entries).toEqual([]);
    expect(readdirSync(join(root, 'runs'))).toEqual([]);
  });
});
