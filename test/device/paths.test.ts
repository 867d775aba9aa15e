// Which paths a device places, and which it refuses before it touches anything.
import { existsSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFiles } from '#device/agent/files/open';
import { normalPath, refuseConflicts } from '#device/agent/files/paths';
import { temporaryFolder } from './support/device.ts';
import { namesIn, newSet, type Texts, viewOf } from './support/sets.ts';

const nobody = new AbortController().signal;

const outcomeOf = (run: () => unknown): unknown => {
  try {
    return run() ?? 'fine';
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
};

describe('a path', () => {
  it.each([
    ['a.json', 'a.json'],
    ['/srv/miru/configs/a.json', 'srv/miru/configs/a.json'],
    ['srv//a.json', 'srv/a.json'],
    ['./srv/./a.json', 'srv/a.json'],
    ['///a', 'a'],
    ['srv/a/', 'srv/a'],
    ['..a/b..', '..a/b..'],
    ['...', '...'],
    ['ä ö/☃', 'ä ö/☃'],
    ['a.shadowcast', 'a.shadowcast'],
    ['srv/.shadowcast/a', 'srv/.shadowcast/a'],
    ['..', 'path_escapes'],
    ['../etc/passwd', 'path_escapes'],
    ['../../etc/passwd', 'path_escapes'],
    ['/../etc/passwd', 'path_escapes'],
    ['a/../b', 'path_escapes'],
    ['a/..', 'path_escapes'],
    ['', 'path_invalid'],
    ['/', 'path_invalid'],
    ['.', 'path_invalid'],
    ['a\0b', 'path_invalid'],
    ['a\\..\\b', 'path_invalid'],
    ['a/'.repeat(3) + 'x'.repeat(256), 'path_invalid'],
    ['ä'.repeat(128), 'path_invalid'],
    ['.shadowcast', 'path_reserved'],
    ['/.shadowcast/current', 'path_reserved'],
    ['.ShadowCast/sets/1', 'path_reserved'],
  ])('%j is %j', (path, expected) => {
    expect(outcomeOf(() => normalPath(path))).toBe(expected);
  });
});

describe('paths together', () => {
  it.each([
    [['a', 'b', 'c/d', 'c/e'], 'fine'],
    [['a', 'ab', 'a.b'], 'fine'],
    [['a', 'A'], 'fine'],
    [['a', 'b', 'a'], 'path_conflict'],
    [['a/b', 'a'], 'path_conflict'],
    [['a', 'a/b/c'], 'path_conflict'],
    [[], 'fine'],
  ])('%j are %s', (paths, expected) => {
    expect(outcomeOf(() => refuseConflicts(paths))).toBe(expected);
  });
});

describe('what lies on the disk already', () => {
  interface Case {
    readonly name: string;
    readonly before: (root: string, outside: string) => void;
    readonly texts: Texts;
    readonly code: string | undefined;
  }
  const dir = (...parts: string[]) => mkdirSync(join(...parts), { recursive: true });
  const cases: Case[] = [
    {
      name: 'a directory that is there may be used',
      before: (root) => dir(root, 'srv'),
      texts: { 'srv/a': '1' },
      code: undefined,
    },
    {
      name: 'a file of somebody else is not replaced',
      before: (root) => writeFileSync(join(root, 'a'), 'theirs'),
      texts: { a: '1' },
      code: 'path_taken',
    },
    {
      name: 'a file of somebody else does not become a directory',
      before: (root) => writeFileSync(join(root, 'a'), 'theirs'),
      texts: { 'a/b': '1' },
      code: 'path_taken',
    },
    {
      name: 'a directory of somebody else does not become a file',
      before: (root) => dir(root, 'a'),
      texts: { a: '1' },
      code: 'path_taken',
    },
    {
      name: 'a link at the place of a file is not replaced, wherever it leads',
      before: (root) => symlinkSync('elsewhere', join(root, 'a')),
      texts: { a: '1' },
      code: 'path_taken',
    },
    {
      name: 'a link to a directory outside of the root is not followed',
      before: (root, outside) => symlinkSync(outside, join(root, 'srv')),
      texts: { 'srv/a': '1' },
      code: 'path_escapes',
    },
    {
      name: 'a link above the root is not followed',
      before: (root) => symlinkSync('..', join(root, 'up')),
      texts: { 'up/a': '1' },
      code: 'path_escapes',
    },
    {
      name: 'a chain of links that ends outside is not followed',
      before: (root, outside) => {
        symlinkSync(outside, join(root, 'one'));
        symlinkSync('one', join(root, 'two'));
      },
      texts: { 'two/a': '1' },
      code: 'path_escapes',
    },
    {
      name: 'a link into the agent’s own directory is not followed',
      before: (root) => {
        dir(root, '.shadowcast/sets');
        symlinkSync('.shadowcast/sets', join(root, 'mine'));
      },
      texts: { 'mine/a': '1' },
      code: 'path_reserved',
    },
    {
      name: 'a link that leads nowhere is not followed',
      before: (root) => symlinkSync('nowhere', join(root, 'srv')),
      texts: { 'srv/a': '1' },
      code: 'path_taken',
    },
    {
      name: 'a link to a directory inside of the root is followed',
      before: (root) => {
        dir(root, 'data/srv');
        symlinkSync('data/srv', join(root, 'srv'));
      },
      texts: { 'srv/deep/a': '1', 'srv/b': '2' },
      code: undefined,
    },
    {
      name: 'two spellings of one place conflict',
      before: (root) => {
        dir(root, 'data');
        symlinkSync('data', join(root, 'srv'));
      },
      texts: { 'srv/a': '1', 'data/a': '2' },
      code: 'path_conflict',
    },
  ];

  it.each(cases)('$name', async ({ before, texts, code }) => {
    const folder = temporaryFolder();
    const [root, outside] = [join(folder, 'root'), join(folder, 'outside')];
    for (const each of [root, outside]) mkdirSync(each);
    before(root, outside);
    const untouched = [namesIn(root), namesIn(outside)];
    const files = await openFiles(root);
    const found = await files.place(newSet(1, texts), nobody).catch(({ code: refused }) => refused);
    expect(found).toBe(code);
    if (code) expect([namesIn(root), namesIn(outside)]).toEqual(untouched);
    else
      for (const [path, text] of Object.entries(texts))
        expect(readFileSync(join(root, path), 'utf8')).toBe(text);
  });

  it('a file that somebody put in our directory stays when the set goes', async () => {
    const root = temporaryFolder();
    const files = await openFiles(root);
    await files.place(newSet(1, { 'srv/configs/a': '1' }), nobody);
    writeFileSync(join(root, 'srv/configs/notes'), 'theirs');
    await files.place(newSet(2, {}), nobody);
    expect(viewOf(root)).toEqual({ 'srv/configs/notes': 'theirs' });
  });

  it('our directory with a file of somebody else does not become a file', async () => {
    const root = temporaryFolder();
    const files = await openFiles(root);
    await files.place(newSet(1, { 'a/b': '1' }), nobody);
    writeFileSync(join(root, 'a/notes'), 'theirs');
    await expect(files.place(newSet(2, { a: '1' }), nobody)).rejects.toMatchObject({ code: 'path_taken' });
    expect(viewOf(root)).toEqual({ 'a/b': '1', 'a/notes': 'theirs' });
  });

  it('the root can be moved as a whole: its links are relative', async () => {
    const root = temporaryFolder();
    const files = await openFiles(root);
    await files.place(newSet(1, { 'srv/configs/a': '1' }), nobody);
    expect(readlinkSync(join(root, 'srv/configs/a'))).toBe('../../.shadowcast/current/srv/configs/a');
  });

  it('an empty directory that was there before stays', async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'srv'));
    const files = await openFiles(root);
    await files.place(newSet(1, { 'srv/configs/a': '1' }), nobody);
    await files.place(newSet(2, {}), nobody);
    expect(existsSync(join(root, 'srv'))).toBe(true);
    expect(existsSync(join(root, 'srv/configs'))).toBe(false);
  });
});
