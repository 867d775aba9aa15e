// What was once stored or sent is read for ever: samples of every version, read with the code of today.
import { describe, expect, it } from 'vitest';
import { current } from '#device/shadow';
import { bodies } from '#dialects/humanitec/store/kinds';
import { takeWord } from '#functions/jobs/take-word';
import { smallSystem } from '#test/support/small-system';
import { digestOf, start } from '../contracts/given.ts';
import { rememberingLog, sqsRecord } from '../functions/given.ts';
import { carriedKinds } from './carried.ts';
import { hasSample, itemsOf, sampleOf, writtenToday } from './files.ts';
import { scratchTable } from './scratch.ts';
import { storedKinds } from './stored.ts';

const moved = (name: string, number: number): string =>
  `What is written for "${name}" is not what ${name}.${number}.json says any more. Old ones are in every table and queue: leave that file, ` +
  `add what the new form means to test/samples, write ${name}.${number + 1}.json with test/samples/write.ts, and read both.`;

const versionsOf = (kinds: Readonly<Record<string, { readonly expected: readonly unknown[] }>>) =>
  Object.entries(kinds).flatMap(([name, { expected }]) =>
    expected.map((value, at) => ({ name, number: at + 1, value })),
  );

describe('what lies in the table', () => {
  it.each(versionsOf(storedKinds))(
    '$name, version $number, is read as what it meant',
    async ({ name, number, value }) => {
      const { table } = scratchTable(itemsOf(sampleOf(name, number)));
      expect(await storedKinds[name]?.read(table)).toEqual(value);
    },
  );

  it.each(Object.entries(storedKinds))('%s is written as its newest sample says', async (name, kind) => {
    const newest = kind.expected.length;
    expect(await writtenToday(kind, kind.expected.at(-1)), moved(name, newest)).toEqual(
      sampleOf(name, newest),
    );
  });
});

describe('what is carried', () => {
  it.each(versionsOf(carriedKinds))(
    '$name, version $number, is read as what it meant',
    ({ name, number, value }) => {
      expect(carriedKinds[name]?.read(sampleOf(name, number))).toEqual(value);
    },
  );

  it.each(Object.entries(carriedKinds))('%s is sent as its newest sample says', async (name, kind) => {
    const newest = kind.expected.length;
    expect(await kind.write(), moved(name, newest)).toEqual(sampleOf(name, newest));
  });
});

it('every kind has as many samples as meanings', () => {
  for (const [name, { expected }] of [...Object.entries(storedKinds), ...Object.entries(carriedKinds)])
    expect([name, hasSample(name, expected.length + 1)]).toEqual([name, false]);
});

describe('what a device said', () => {
  it('of a target: with an error, and without, which a shadow does not keep', () => {
    const said = { v: 1, seq: start + 1, deployment: 'dpl_1', attempt: 2 };
    expect(current.array().parse(sampleOf('report', 1))).toMatchObject([
      { ...said, state: 'failed', error: { code: 'no_space', message: 'The disk is full.' } },
      { ...said, state: 'applied', error: null },
    ]);
  });

  it('is taken by the worker, in each of the words that the rules write', async () => {
    const { log, lines } = rememberingLog();
    const { take } = takeWord(smallSystem().world);
    for (const said of sampleOf('word', 1) as unknown[]) await take(said, sqsRecord('m', said), log);
    expect(lines).toMatchObject([
      { code: 'report.taken', outcome: 'applied' },
      { code: 'report.taken', outcome: 'connected' },
      { code: 'report.taken', outcome: 'pong' },
      { code: 'report.taken', outcome: 'ran' },
    ]);
  });
});

describe("an environment's entry", () => {
  it('is read as it was before it could have devices, and its deployment before there were rollouts', () => {
    expect(bodies.env.parse(sampleOf('humanitec-env', 1))).toMatchObject({
      last: { id: 'd1', rollout: null, ended: { status: 'succeeded' } },
      base: null,
      good: null,
      isFleet: false,
      paused: false,
      replicas: { web: 2 },
    });
  });

  it('is read with all that it has now, and nothing else', () => {
    const rollout = { id: 'r1', revision: expect.stringMatching(/^sha256:/) };
    const env = bodies.env.parse(sampleOf('humanitec-env', 2));
    expect(env).toMatchObject({
      last: { rollout },
      good: { id: 'd1', rollout },
      isFleet: true,
      paused: true,
    });
    expect(env).toEqual(sampleOf('humanitec-env', 2));
  });

  it('is of an application that had no webhooks then', () => {
    expect(bodies.app.parse(sampleOf('humanitec-app', 1))).toMatchObject({
      id: 'shop',
      envs: [],
      webhooks: [],
    });
  });
});

it('digests of samples are what they were', () => {
  expect(digestOf('{"speed":1}')).toBe(
    'sha256:bb615633951fd3b3ab458748064bee9e32595405615974013174d467ebdd18eb',
  );
});
