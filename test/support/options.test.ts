// The commands of the tests: what they are told is read from a table, and what is wrong is one plain sentence and exit code 1.
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOptions as readBench } from '#test/bench/options';
import { type Shrunk, toldShrunk } from '#test/simulation/shrink';
import { runHere } from './command.ts';
import {
  flag,
  oneOf,
  readOptions,
  someOf,
  UsageError,
  webUrl,
  wholeNumber,
  wholeNumbers,
} from './options.ts';

const known = {
  seed: wholeNumber(0, 7),
  sizes: wholeNumbers(1),
  mood: oneOf(['good', 'very bad']),
  only: someOf(['one', 'two']),
  at: webUrl,
  twice: flag,
};

const none = {
  seed: 7,
  sizes: undefined,
  mood: undefined,
  only: undefined,
  at: undefined,
  twice: false,
} as const;

describe('options', () => {
  it.each([
    [[], {}],
    [['--seed', '0'], { seed: 0 }],
    [['--seed=12', '--twice'], { seed: 12, twice: true }],
    [['--sizes', '1,50'], { sizes: [1, 50] }],
    [['--mood', 'very bad'], { mood: 'very bad' }],
    [['--only', 'two,one'], { only: ['two', 'one'] }],
    [['--at', 'https://heat.example:8004/v1/acme'], { at: 'https://heat.example:8004/v1/acme' }],
  ])('%j are read', (args, read) => {
    expect(readOptions(args, known)).toEqual({ ...none, ...read });
  });

  it.each([
    [['--sead', '7'], 'There is no option --sead.'],
    [['--constructor', '7'], 'There is no option --constructor.'],
    [['-s'], 'There is no option -s.'],
    [['foo'], 'Only options are understood, and foo is none.'],
    [['--twice', '--', 'foo'], 'Only options are understood, and foo is none.'],
    [['--seed'], '--seed needs a value.'],
    [['--seed='], '--seed needs a value.'],
    [['--seed', '--twice'], '--seed needs a value.'],
    [['--twice=yes'], '--twice takes no value.'],
    [['--seed', '-1'], '--seed takes a whole number from 0 on, not -1.'],
    [['--seed', '1.5'], '--seed takes a whole number from 0 on, not 1.5.'],
    [['--seed', '1e3'], '--seed takes a whole number from 0 on, not 1e3.'],
    [['--seed', '9007199254740993'], '--seed takes a whole number from 0 on, not 9007199254740993.'],
    [['--sizes', '10,0'], '--sizes takes whole numbers from 1 on with commas between them, not 10,0.'],
    [['--sizes', '10,'], '--sizes takes whole numbers from 1 on with commas between them, not 10,.'],
    [['--mood', 'bad'], '--mood takes "good" or "very bad", not bad.'],
    [['--only', 'one,three'], '--only takes some of one, two with commas between them, not one,three.'],
    [['--at', 'localhost:8004'], '--at takes a URL like http://127.0.0.1:8004, not localhost:8004.'],
    [['--at', 'http://:8004'], '--at takes a URL like http://127.0.0.1:8004, not http://:8004.'],
  ])('%j are refused', (args, sentence) => {
    expect(() => readOptions(args, known)).toThrow(new UsageError(sentence));
  });
});

const commands = {
  simulate: resolve(import.meta.dirname, '../simulation/main.ts'),
  bench: resolve(import.meta.dirname, '../bench/main.ts'),
  model: resolve(import.meta.dirname, '../model/main.ts'),
} as const;

type Command = keyof typeof commands;

const said = (command: Command, args: readonly string[]) => runHere(commands[command], args, {});

describe('npm run', () => {
  it.each([
    ['simulate', /--sabotage NAME/],
    ['bench', /--compare URL/],
    ['model', /--long/],
  ] as const)('%s -- --help shows how it is used', async (command, option) => {
    const { code, stdout, stderr } = await said(command, ['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^Usage: npm run ${command} -- `));
    expect(stdout).toMatch(option);
  });

  it.each<[Command, string[], string]>([
    ['simulate', ['--sead', '7'], 'There is no option --sead.'],
    ['simulate', ['--seed', 'abc'], '--seed takes a whole number from 0 on, not abc.'],
    ['simulate', ['--days', '-1'], '--days takes a whole number from 1 on, not -1.'],
    ['simulate', ['--devices', '0'], '--devices takes a whole number from 1 on, not 0.'],
    [
      'simulate',
      ['--sabotage', 'nothing'],
      '--sabotage takes "words without a fence", "saves without a condition", or "rollouts saved without a condition", not nothing.',
    ],
    ['bench', ['foo'], 'Only options are understood, and foo is none.'],
    ['bench', ['--compare'], '--compare needs a value.'],
    [
      'bench',
      ['--only', 'nosuchsection'],
      '--only takes some of counts, functions, throughput, scale, compare with commas between them, not nosuchsection.',
    ],
    ['bench', ['--stored', 'x'], '--stored takes whole numbers from 0 on with commas between them, not x.'],
    ['bench', ['--fleet', 'x'], '--fleet takes whole numbers from 1 on with commas between them, not x.'],
    ['bench', ['--devices', '0'], '--devices takes whole numbers from 1 on with commas between them, not 0.'],
    ['bench', ['--only', 'compare'], '--only compare needs --compare URL: the server to compare with.'],
    [
      'bench',
      ['--only', 'counts', '--compare', 'http://127.0.0.1:8004'],
      '--compare URL is for the section compare, and --only leaves that out.',
    ],
    ['model', ['--lung'], 'There is no option --lung.'],
  ])('%s -- %j ends in a sentence and the usage', async (command, args, sentence) => {
    const { code, stdout, stderr } = await said(command, args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.split('\n').slice(0, 2)).toEqual([sentence, '']);
    expect(stderr).toContain(`\nUsage: npm run ${command} -- `);
  });
});

describe('the sections of the bench', () => {
  const url = 'http://127.0.0.1:8004';

  it.each([
    [[], undefined],
    [['--compare', url], ['compare']],
    [
      ['--compare', url, '--only', 'scale,compare'],
      ['scale', 'compare'],
    ],
    [['--only', 'scale'], ['scale']],
  ])('%j are %j', (args, only) => {
    expect(readBench(args).only).toEqual(only);
  });
});

describe('a run that broke something', () => {
  const plan = { seed: 7, days: 6, devices: 40 };
  // Its wishes alone are told.
  const simulated = { wishes: ['3/1', '3/2', '3/1'] } as unknown as Shrunk['simulated'];

  it.each([
    [{}, 'Could not be shrunk (120 runs).'],
    [{ days: 6.04 }, 'Could not be shrunk (120 runs).'],
    [{ days: 1.5 }, 'Shrunk in 120 runs to 40 device(s), 1.50 days, 2 wish(es):'],
    [{ only: [3] }, 'Shrunk in 120 runs to 1 device(s), 6.00 days, 2 wish(es):'],
    [{ without: new Set(['3/7']) }, 'Shrunk in 120 runs to 40 device(s), 6.00 days, 2 wish(es):'],
  ])('of which %j is left is told', (change, told) => {
    expect(toldShrunk(plan, { plan: { ...plan, ...change }, simulated, runs: 120 })).toBe(told);
  });
});
