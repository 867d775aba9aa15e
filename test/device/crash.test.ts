// The plug is pulled after every single step on the disk: what is found is the old set or the new one, and then it converges.
// `CRASH_POINTS=all` is every step; every run of the tests has a share of them.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFiles } from '#device/agent/files/open';
import { storeName } from '#device/agent/files/store';
import { strideOf } from '#test/support/share';
import { temporaryFolder } from './support/device.ts';
import { type Crash, failingDisk, hastyDisk } from './support/failing-disk.ts';
import { namesIn, newSet, type Texts, viewOf } from './support/sets.ts';

const nobody = new AbortController().signal;
const foreign: Texts = { 'srv/by-hand.txt': 'not ours', 'other/deep/file': 'not ours either' };

interface Change {
  readonly name: string;
  readonly old: Texts | undefined;
  readonly new: Texts;
  /** Comes before every file of the new set in its content. */
  readonly salt?: string;
  /** A name that is a file in one set and a directory in the other cannot be both for the moment of the switch. */
  readonly mixedUntilRestart?: true;
}

const changes: Change[] = [
  { name: 'the first set', old: undefined, new: { 'srv/a': '1', 'srv/x/b': '2' } },
  {
    name: 'a file changed, one added, one removed, one the same',
    old: { 'srv/a': '1', 'srv/b': '2', 'gone/c': '3', 'srv/same': '=' },
    new: { 'srv/a': 'one', 'new/dir/d': '4', 'srv/same': '=', 'srv/b': '2!' },
  },
  {
    name: 'files with secrets in them',
    old: { 'srv/a': '1', 'srv/b': '2' },
    new: { 'srv/a': 'one', 'srv/c': '' },
    salt: 'salt of 16 bytes',
  },
  { name: 'all new', old: { 'srv/a': '1' }, new: { 'etc/b': '2' } },
  { name: 'to the empty set', old: { 'srv/a': '1', 'deep/er/b': '2' }, new: {} },
  { name: 'from the empty set', old: {}, new: { 'srv/a': '1' } },
  {
    name: 'a file becomes a directory',
    old: { a: '1', z: '0' },
    new: { 'a/b': '2', 'a/c/d': '3', z: '1' },
    mixedUntilRestart: true,
  },
  {
    name: 'a directory becomes a file',
    old: { 'a/b': '2', 'a/c/d': '3', z: '1' },
    new: { a: '1', z: '0' },
    mixedUntilRestart: true,
  },
];

const crashes: Crash[] = ['kill', 'power'];

const prepare = async ({ old }: Change) => {
  const folder = temporaryFolder();
  const root = join(folder, 'root');
  for (const [path, text] of Object.entries(foreign)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  if (old) await (await openFiles(root, hastyDisk)).place(newSet(1, old), nobody);
  return { folder, root };
};

const withForeign = (texts: Texts | undefined): Texts => ({ ...texts, ...foreign });

/** Runs until the plug is pulled; says whether it came to its end before. */
const runOn = async (
  root: string,
  disk: ReturnType<typeof failingDisk>,
  run: 'place' | 'recover',
  change: Change,
) => {
  try {
    const files = await openFiles(root, disk.disk);
    if (run === 'place') await files.place(newSet(2, change.new, change.salt), nobody);
    else expect((await files.recover()).trouble).toBe(undefined);
    return true;
  } catch {
    return false;
  }
};

const expectOneOf = (root: string, change: Change, when: string) => {
  const found = viewOf(root);
  const wholes = [withForeign(change.old), withForeign(change.new)].map((texts) =>
    JSON.stringify(sorted(texts)),
  );
  expect(wholes, when).toContain(JSON.stringify(sorted(found)));
};
const sorted = (texts: Texts) => Object.entries(texts).sort();

const expectConverged = async (root: string, change: Change, when: string) => {
  const files = await openFiles(root, hastyDisk);
  const { kept, trouble } = await files.recover();
  expect(trouble, when).toBe(undefined);
  const expected = kept?.report.seq === 2 ? change.new : change.old;
  expect(viewOf(root), when).toEqual(withForeign(expected));
  if (kept?.report.seq !== 2) await files.place(newSet(2, change.new, change.salt), nobody);
  expect(viewOf(root), when).toEqual(withForeign(change.new));
  expect((await files.recover()).kept?.report, when).toMatchObject({
    seq: 2,
    state: Object.keys(change.new).length > 0 ? 'applied' : 'removed',
  });
  expect(readdirSync(join(root, storeName, 'sets')), when).toHaveLength(1);
};

describe.each(changes)('$name', { timeout: 60_000 }, (change) => {
  it.each(crashes)('is all or nothing after every step (%s)', async (crash) => {
    const { start, stride } = strideOf(16);
    for (let step = start, ended = false; !ended; step += stride) {
      const { folder, root } = await prepare(change);
      const disk = failingDisk(step, join(folder, 'bin'));
      ended = await runOn(root, disk, 'place', change);
      if (crash === 'power' && !ended) disk.loseUnsynced();
      if (!change.mixedUntilRestart) expectOneOf(root, change, `at once, step ${step}`);
      await expectConverged(root, change, `after a restart, step ${step}`);
      rmSync(folder, { recursive: true });
    }
  });

  it.each(crashes)('is all or nothing when the recovery is interrupted, too (%s)', async (crash) => {
    const whole = failingDisk(Number.POSITIVE_INFINITY, '');
    const tried = await prepare(change);
    await runOn(tried.root, { ...whole }, 'place', change);
    // Every eleventh step of the change, and the steps of the recovery from there.
    for (let step = 2; step < whole.steps(); step += 11) {
      const { start, stride } = strideOf(24);
      for (let again = start, ended = false; !ended; again += stride) {
        const { folder, root } = await prepare(change);
        await runOn(root, failingDisk(step, join(folder, 'bin')), 'place', change);
        const disk = failingDisk(again, join(folder, 'bin-2'));
        ended = await runOn(root, disk, 'recover', change);
        if (crash === 'power' && !ended) disk.loseUnsynced();
        await expectConverged(root, change, `steps ${step} and ${again}`);
        rmSync(folder, { recursive: true });
      }
    }
  });

  it('leaves no directory behind that it made', async () => {
    const { root } = await prepare(change);
    const before = namesIn((await prepare({ ...change, old: undefined })).root);
    const files = await openFiles(root, hastyDisk);
    await files.place(newSet(2, change.new, change.salt), nobody);
    await files.place(newSet(3, {}), nobody);
    expect(namesIn(root)).toEqual(before);
  });
});
