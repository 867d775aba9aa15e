// A function on this machine behaves as on Lambda: timeouts, crashes, its own variables, one request at a time.
import { describe, expect, it } from 'vitest';
import type { Outcome } from '#infra/local/lambda/messages';
import { givenFunction } from './support/functions.ts';

const read = (outcome: Outcome): unknown => (outcome.ok ? JSON.parse(outcome.payload) : outcome.error);

describe('an invocation', () => {
  it('hands over the event and the context, and returns the answer', async () => {
    const echo = givenFunction(`export const handler = async (event, context) => ({
      event, name: context.functionName, arn: context.invokedFunctionArn, memory: context.memoryLimitInMB,
      hasId: context.awsRequestId.length > 0, remaining: context.getRemainingTimeInMillis() });`);

    const answer = read(await echo.invoke('{"a":[1,"ü"]}'));

    expect(answer).toMatchObject({ event: { a: [1, 'ü'] }, name: 'example', memory: '128', hasId: true });
    expect((answer as { remaining: number }).remaining).toBeLessThanOrEqual(5000);
  });

  it.each([
    ['nothing is null', 'export const handler = async () => {};', null],
    ['a value that is no promise', 'export const handler = () => 42;', 42],
  ])('%s', async (_what, source, expected) => {
    expect(read(await givenFunction(source).invoke('{}'))).toBe(expected);
  });

  it('that throws is an error with its name and message', async () => {
    const broken = givenFunction(`export const handler = async () => { throw new RangeError('too far'); };`);

    expect(read(await broken.invoke('{}'))).toMatchObject({
      errorType: 'RangeError',
      errorMessage: 'too far',
    });
  });

  it('with an answer of more than 6 MB is an error', async () => {
    const large = givenFunction(`export const handler = async () => 'x'.repeat(7 * 1024 * 1024);`);

    expect(read(await large.invoke('{}'))).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' });
  });
});

describe('a timeout', () => {
  it('ends the environment, and the next invocation gets a new one', async () => {
    const slow = givenFunction(
      `let count = 0;
       export const handler = async ({ hang }) => { count += 1; if (hang) await new Promise(() => setInterval(() => {}, 1000)); return count; };`,
      { timeoutMs: 100 },
    );

    const first = await slow.invoke('{"hang":true}');
    const second = await slow.invoke('{}');

    expect(read(first)).toMatchObject({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringContaining('Task timed out after 0.10 seconds'),
    });
    expect(read(second)).toBe(1);
  });

  it('ends a loop that never yields, too', async () => {
    const busy = givenFunction('export const handler = async () => { for (;;) {} };', { timeoutMs: 100 });

    expect(read(await busy.invoke('{}'))).toMatchObject({ errorType: 'Sandbox.Timedout' });
  });
});

describe('a crash', () => {
  it.each([
    [
      'process.exit',
      'process.exit(3)',
      { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('exit status 3') },
    ],
    [
      'an error that nobody catches',
      `setTimeout(() => { throw new Error('lost'); }, 0); await new Promise(() => {})`,
      { errorMessage: 'Error: lost' },
    ],
    [
      'a rejection that nobody catches',
      `Promise.reject(new Error('lost')); await new Promise(() => setInterval(() => {}, 1000))`,
      { errorMessage: 'Error: lost' },
    ],
    [
      'too much memory',
      `const held = []; for (;;) held.push(new Array(1e6).fill(Math.random()))`,
      { errorType: 'Runtime.OutOfMemory' },
    ],
  ])('by %s fails that invocation only', async (_what, code, expected) => {
    const fragile = givenFunction(
      `export const handler = async ({ crash }) => { if (crash) { ${code} } return 'well'; };`,
    );

    const first = await fragile.invoke('{"crash":true}');
    const second = await fragile.invoke('{}');

    expect(read(first)).toMatchObject(expected);
    expect(read(second)).toBe('well');
  });

  it('at load is an error that says why', async () => {
    const broken = givenFunction(`throw new Error('no table'); export const handler = async () => {};`);

    expect(read(await broken.invoke('{}'))).toMatchObject({ errorMessage: 'no table' });
  });

  it('a bundle without the handler is an error', async () => {
    const empty = givenFunction('export const other = 1;');

    expect(read(await empty.invoke('{}'))).toMatchObject({
      errorMessage: expect.stringContaining('no function named handler'),
    });
  });
});

describe('an environment', () => {
  it('sees its own variables and no others', async () => {
    const reading = givenFunction('export const handler = async () => process.env;', {
      environment: { TABLE_NAME: 'mine', AWS_REGION: 'us-east-1' },
    });

    expect(read(await reading.invoke('{}'))).toEqual({ TABLE_NAME: 'mine', AWS_REGION: 'us-east-1' });
  });

  it('does not change the variables of others', async () => {
    const writing = givenFunction(`export const handler = async () => { process.env.LEAK = 'yes'; };`);

    await writing.invoke('{}');

    expect(process.env.LEAK).toBeUndefined();
  });

  it('keeps what it knows between invocations', async () => {
    const counting = givenFunction('let count = 0; export const handler = async () => ++count;');

    await counting.invoke('{}');

    expect(read(await counting.invoke('{}'))).toBe(2);
  });

  it('serves one request at a time', async () => {
    const overlap = givenFunction(
      `let inside = 0;
       export const handler = async () => { inside += 1; const seen = inside; await new Promise((done) => setTimeout(done, 20)); inside -= 1; return seen; };`,
    );

    const answers = await Promise.all([1, 2, 3, 4, 5, 6].map(() => overlap.invoke('{}')));

    expect(answers.map(read)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('waits for a free one where the limit is reached', async () => {
    const one = givenFunction('let count = 0; export const handler = async () => ++count;', {
      concurrencyMax: 1,
    });

    const answers = await Promise.all([1, 2, 3].map(() => one.invoke('{}')));

    expect(answers.map(read)).toEqual([1, 2, 3]);
  });

  it('is joined by another where all of them have to wait, up to the limit', async () => {
    const patient = givenFunction(
      `export const handler = ({ forever }) => (forever ? new Promise(() => {}) : 'here');`,
      { concurrencyMax: 2 },
    );

    void patient.invoke('{"forever":true}');

    expect(read(await patient.invoke('{}'))).toBe('here');
  });

  it('that ends tells whoever waits for it', async () => {
    const slow = givenFunction('export const handler = () => new Promise(() => {});', { concurrencyMax: 1 });
    const asked = [1, 2, 3].map(() => slow.invoke('{}'));

    await slow.stop();

    for (const outcome of await Promise.all(asked))
      expect(read(outcome)).toMatchObject({ errorType: 'Runtime.ExitError' });
  });

  it('writes its words and a report to its log', async () => {
    const talking = givenFunction(`export const handler = async () => { console.log('hello\\nworld'); };`);

    await talking.invoke('{}');
    await talking.stop();

    expect(talking.lines).toEqual(
      expect.arrayContaining(['hello', 'world', expect.stringMatching(/^REPORT RequestId: .*Duration/)]),
    );
  });
});
