// What the local cloud measures of itself, as AWS would: names and dimensions are AWS's own.
import { describe, expect, it, onTestFinished } from 'vitest';
import { measureAnswer, measureQueues, measureSent } from '#infra/local/cloudwatch/vended';
import { cloudMessage } from '#infra/local/iot/message';
import { createRulesEngine } from '#infra/local/iot/rules/engine';
import { startWatchedFunction } from '#infra/local/lambda/watched-function';
import { startQueues } from '#infra/local/sqs/queues';
import { startTime } from '#infra/local/time';
import { testFolder, writeIn } from '../support/folder.ts';

type Measured = [namespace: string, dimensions: object, values: object];

const givenMeasure = () => {
  const measured: Measured[] = [];
  return { measured, measure: (...values: Measured) => void measured.push(values) };
};

describe('AWS/Lambda', () => {
  const givenWatched = (source: string) => {
    const folder = testFolder();
    writeIn(folder, { 'index.mjs': source });
    const { measured, measure } = givenMeasure();
    const lines: string[] = [];
    const watched = startWatchedFunction(
      { time: startTime(), measure, read: (line) => lines.push(line) },
      {
        handlerFile: `${folder}/index.mjs`,
        handlerName: 'handler',
        functionName: 'example',
        functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:example',
        memoryMb: 128,
        timeoutMs: 5000,
        environment: {},
        concurrencyMax: 1,
        log: () => {},
      },
    );
    onTestFinished(() => watched.stop());
    return { watched, measured, lines };
  };

  it('counts and times each call, and its errors', async () => {
    const { watched, measured } = givenWatched(
      'export const handler = async ({ bad }) => { if (bad) throw new Error(); };',
    );

    await watched.invoke('{}');
    await watched.invoke('{"bad":true}');

    const dimensions = { FunctionName: 'example' };
    expect(measured).toEqual([
      ['AWS/Lambda', dimensions, { Invocations: 1, Errors: 0, Throttles: 0, Duration: expect.any(Number) }],
      ['AWS/Lambda', dimensions, { Invocations: 1, Errors: 1, Throttles: 0, Duration: expect.any(Number) }],
    ]);
  });

  it('a call that there is no room for is a throttle, and no invocation', async () => {
    const { watched, measured } = givenWatched('export const handler = async () => 1;');
    const takeAway = watched.answerInstead(() => 'throttled');

    expect(await watched.invoke('{}')).toMatchObject({ error: { errorType: 'TooManyRequestsException' } });
    expect(measured).toEqual([['AWS/Lambda', { FunctionName: 'example' }, { Throttles: 1 }]]);

    takeAway();
    expect(await watched.invoke('{}')).toEqual({ ok: true, payload: '1' });
  });

  it('what it prints is read', async () => {
    const { watched, lines } = givenWatched('export const handler = async () => console.log("sold two");');

    await watched.invoke('{}');
    await expect.poll(() => lines).toContain('sold two');
  });
});

describe('AWS/SQS', () => {
  it('depth and age are measured when somebody looks, and what is sent when it is', async () => {
    const { measured, measure } = givenMeasure();
    const queues = await startQueues({
      dataDir: testFolder(),
      region: 'us-east-1',
      onSent: measureSent(measure),
    });
    onTestFinished(() => queues.close());
    queues.put('jobs', 'arn:aws:sqs:us-east-1:000000000000:jobs', {});
    await queues.send(queues.url('jobs'), 'one');
    queues.pass(90_000);

    measureQueues(measure, queues)();

    expect(measured).toEqual([
      ['AWS/SQS', { QueueName: 'jobs' }, { NumberOfMessagesSent: 1 }],
      [
        'AWS/SQS',
        { QueueName: 'jobs' },
        {
          ApproximateNumberOfMessagesVisible: 1,
          ApproximateNumberOfMessagesNotVisible: 0,
          ApproximateNumberOfMessagesDelayed: 0,
          ApproximateAgeOfOldestMessage: 90,
          NumberOfMessagesSent: 0,
        },
      ],
    ]);
  });
});

describe('AWS/ApiGateway', () => {
  it.each([
    [200, { Count: 1, '4xx': 0, '5xx': 0, Latency: 7 }],
    [404, { Count: 1, '4xx': 1, '5xx': 0, Latency: 7 }],
    [503, { Count: 1, '4xx': 0, '5xx': 1, Latency: 7 }],
  ])('an answer of %i is measured for its API, and for its stage', (status, values) => {
    const { measured, measure } = givenMeasure();

    measureAnswer(measure)({ apiId: 'shop', status, ms: 7 });

    expect(measured).toEqual([
      ['AWS/ApiGateway', { ApiId: 'shop' }, values],
      ['AWS/ApiGateway', { ApiId: 'shop', Stage: '$default' }, values],
    ]);
  });
});

describe('AWS/IoT', () => {
  const payload = {
    Sql: "SELECT * FROM 'said'",
    AwsIotSqlVersion: '2016-03-23',
    Actions: [{ Sqs: { QueueUrl: 'jobs' } }],
    ErrorAction: { Sqs: { QueueUrl: 'failed' } },
  };
  const message = cloudMessage('said', Buffer.from('{}'));

  it.each([
    ['arrives', () => false, [['TopicMatch'], ['Success', 'Sqs']]],
    [
      'does not arrive, but its error action does',
      (queue: string) => queue === 'jobs',
      [['TopicMatch'], ['Failure', 'Sqs'], ['ErrorActionSuccess', 'Sqs']],
    ],
    ['is lost altogether', () => true, [['TopicMatch'], ['Failure', 'Sqs'], ['ErrorActionFailure', 'Sqs']]],
  ] as const)('what a rule selects %s', async (_what, isAway, expected) => {
    const { measured, measure } = givenMeasure();
    const rules = createRulesEngine({
      deliver: async (action) => {
        if (action.kind === 'sqs' && isAway(action.queueUrl)) throw new Error('away');
      },
      log: () => {},
      measure,
    });
    rules.put('heard', payload);

    rules.take(message);
    await rules.settle();

    expect(measured).toEqual(
      expected.map(([metric, ActionType]) => [
        'AWS/IoT',
        { RuleName: 'heard', ...(ActionType && { ActionType }) },
        { [metric]: 1 },
      ]),
    );
  });
});
