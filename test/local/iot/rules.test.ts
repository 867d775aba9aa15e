// Rules: what their SQL selects, what it refuses at registration, and where the result goes.
import { UpdateThingShadowCommand } from '@aws-sdk/client-iot-data-plane';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RuleAction } from '#infra/local/iot/iot-core';
import type { Message } from '#infra/local/iot/message';
import { createRulesEngine } from '#infra/local/iot/rules/engine';
import { select } from '#infra/local/iot/rules/select';
import { parseSql } from '#infra/local/iot/rules/sql-parse';
import { matchesFilter } from '#infra/local/iot/topics';
import { connect, provision, startWorld, type World } from './support.ts';

const now = 1_700_000_000_000;

const messageOf = (
  payload: object | Buffer,
  topic = 'a/b/c',
  clientId: string | undefined = 'robot',
): Message => ({
  topic,
  payload: Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload)),
  qos: 0,
  retain: false,
  ...(clientId !== undefined && { clientId }),
});

const selected = (sql: string, message: Message) => {
  const result = select(parseSql(sql), message, now);
  return result && JSON.parse(Buffer.from(result).toString());
};

describe('SELECT', () => {
  const payload = { state: { reported: { a: 1, n: null, l: [1, 2] } }, name: 'x' };

  it.each([
    ['*', payload],
    ['topic(2) AS thing, * ', { ...payload, thing: 'b' }],
    ['state.reported.a AS a', { a: 1 }],
    ['state.reported AS r', { r: payload.state.reported }],
    ['state.reported.n AS n', { n: null }],
    ['state.nowhere.a AS a, name AS name', { name: 'x' }],
    [
      "'it''s' AS text, 3 AS int, -1.5 AS decimal, true AS yes, null AS nothing",
      { text: "it's", int: 3, decimal: -1.5, yes: true, nothing: null },
    ],
    ['topic() AS t, topic(1) AS first, topic(9) AS ninth', { t: 'a/b/c', first: 'a' }],
    ['timestamp() AS at, clientid() AS who', { at: now, who: 'robot' }],
    ["encode(*, 'base64') AS data", { data: Buffer.from(JSON.stringify(payload)).toString('base64') }],
    ['isUndefined(state.x) AS gone, isNull(state.reported.n) AS empty', { gone: true, empty: true }],
  ])('%s', (columns, expected) => {
    expect(selected(`SELECT ${columns} FROM 'a/#'`, messageOf(payload))).toEqual(expected);
  });

  it('knows no client where the cloud published', () => {
    const { clientId: _, ...message } = messageOf({});

    expect(selected("SELECT clientid() AS who FROM '#'", message)).toEqual({ who: 'n/a' });
  });

  it('hands binary payloads on as they are, or in base64', () => {
    const bytes = Buffer.from([0, 255, 3]);

    expect(select(parseSql("SELECT * FROM '#'"), messageOf(bytes), now)).toEqual(bytes);
    expect(selected("SELECT encode(*, 'base64') AS data FROM '#'", messageOf(bytes))).toEqual({
      data: 'AP8D',
    });
  });

  it('fails for a binary payload with further columns', () => {
    expect(() => selected("SELECT *, topic() AS t FROM '#'", messageOf(Buffer.from([0])))).toThrow(
      'JSON object',
    );
  });

  it('is written in any case and on several lines', () => {
    expect(
      selected("select name\n as n\tfrom 'a/+/c' Where NAME <> 'y' or name = 'x'", messageOf({ name: 'x' })),
    ).toBeUndefined();
    expect(
      selected("select name\n as n\tfrom 'a/+/c' Where name <> 'y' or name = 'z'", messageOf({ name: 'x' })),
    ).toEqual({ n: 'x' });
  });
});

describe('WHERE', () => {
  const payload = { a: 1, t: 'x', yes: true, no: false, nil: null, o: { p: 1 }, l: [1, 2] };

  it.each([
    ['a = 1', true],
    ['a = 2', false],
    ["a = '1'", false],
    ["t = 'x'", true],
    ["t <> 'x'", false],
    ["t <> 'y'", true],
    ['yes = true', true],
    ['yes', true],
    ['no', false],
    ['a', false],
    ['nil = null', true],
    ['isNull(nil)', true],
    ['isNull(a)', false],
    ['isNull(gone)', false],
    ['isUndefined(gone)', true],
    ['isUndefined(o.p)', false],
    ['isUndefined(o.p) = false', true],
    ['gone = 1', false],
    ['gone <> 1', false],
    ['NOT gone = 1', false],
    ['NOT a = 2', true],
    ['NOT NOT yes', true],
    ['yes AND no', false],
    ['yes OR no', true],
    ['no OR no', false],
    ['no AND no OR yes', true],
    ['no AND (no OR yes)', false],
    ['NOT (no OR no)', true],
    ["topic(2) = 'b' AND clientid() = 'robot'", true],
    ['a = o.p', true],
  ])('%s is %s', (condition, expected) => {
    const result = selected(`SELECT * FROM 'a/b/c' WHERE ${condition}`, messageOf(payload));

    expect(result !== undefined).toBe(expected);
  });
});

describe('a filter', () => {
  it.each([
    ['a/b', 'a/b', true],
    ['a/b', 'a/b/c', false],
    ['a/+', 'a/b', true],
    ['a/+', 'a', false],
    ['a/+', 'a/', true],
    ['a/#', 'a', true],
    ['a/#', 'a/b/c', true],
    ['a/#', 'ab', false],
    ['+/b', 'a/b', true],
    ['#', 'a/b', true],
    ['#', '$aws/x', false],
    ['+/x', '$aws/x', false],
    ['$aws/#', '$aws/x', true],
    ['$aws/things/+/shadow/name/+/update/accepted', '$aws/things/t/shadow/name/n/update/accepted', true],
  ])('%s and the topic %s: %s', (filter, topic, expected) => {
    expect(matchesFilter(filter, topic)).toBe(expected);
  });
});

describe('SQL is refused at registration, and the place is named', () => {
  it.each([
    ["SELECT a FROM '#'", 'AS is expected at "FROM'],
    ["SELECT lower(a) AS a FROM '#'", 'The function lower() is not served at "lower(a)'],
    ["SELECT encode(*, 'hex') AS a FROM '#'", 'hex'],
    ["SELECT topic(0) AS a FROM '#'", 'counted from 1'],
    ['SELECT * FROM topic', 'a topic filter in quotes'],
    ["SELECT * FROM 'a/#/b'", 'The topic filter is not valid'],
    ["SELECT * FROM '#' WHERE a > 1", 'Not served by the local rules engine at "> 1"'],
    ["SELECT * FROM '#' WHERE a + 1 = 2", 'at "+ 1 = 2"'],
    ["SELECT * FROM '#' WHERE a IN [1]", 'at "[1]'],
    ["SELECT * FROM '#' WHERE (a = 1", ') is expected'],
    ["SELECT * FROM '#' WHERE a = 1 b", 'the end of the statement at "b"'],
    ["SELECT * FROM '#' WHERE", 'A value is expected'],
    ['SELECT', 'A value is expected'],
    ["SELECT (SELECT a FROM b) AS c FROM '#'", 'A value is expected'],
    ["SELECT a.b.0 AS c FROM '#'", 'the next part of the path at "0'],
    ['DELETE everything', 'SELECT is expected'],
  ])('%s', (sql, problem) => {
    expect(() => parseSql(sql)).toThrow(problem);
  });
});

const sqs: RuleAction = { kind: 'sqs', queueUrl: 'http://queue', useBase64: false };
const ruleOf = (Sql: string, more: object = {}) => ({
  Sql,
  AwsIotSqlVersion: '2016-03-23',
  Actions: [{ Sqs: { QueueUrl: 'http://queue', RoleArn: 'arn' } }],
  ...more,
});

describe('a rule is refused', () => {
  const put = (payload: unknown) => () =>
    createRulesEngine({ deliver: async () => undefined, log: () => undefined }).put('mine', payload);

  it.each([
    [
      'with an action that is not served',
      ruleOf("SELECT * FROM '#'", { Actions: [{ Kinesis: {} }] }),
      'Kinesis',
    ],
    [
      'with an unknown property of an action',
      ruleOf("SELECT * FROM '#'", { Actions: [{ Lambda: { FunctionArn: 'a', Batch: true } }] }),
      'Batch',
    ],
    ['without an action', ruleOf("SELECT * FROM '#'", { Actions: [] }), 'Actions'],
    [
      'with an older SQL',
      ruleOf("SELECT * FROM '#'", { AwsIotSqlVersion: '2015-10-08' }),
      'AwsIotSqlVersion',
    ],
    ['with an unknown property', ruleOf("SELECT * FROM '#'", { Priority: 1 }), 'Priority'],
    ['with SQL that is not served', ruleOf("SELECT md5(a) AS m FROM '#'"), 'md5'],
  ])('%s, by its name', (_sentence, payload, problem) => {
    expect(put(payload)).toThrow('IoT rule mine');
    expect(put(payload)).toThrow(problem);
  });
});

describe('the rules engine', () => {
  const lambda = { Lambda: { FunctionArn: 'arn:function' } };
  const errorQueue = { Sqs: { QueueUrl: 'http://errors', RoleArn: 'arn', UseBase64: true } };
  const setUp = (failing: (action: RuleAction) => boolean = () => false) => {
    const delivered: { action: RuleAction; payload: string; topic: string }[] = [];
    const log: string[] = [];
    const engine = createRulesEngine({
      deliver: async (action, payload, topic) => {
        if (failing(action)) throw new Error(`no ${action.kind}`);
        delivered.push({ action, payload: Buffer.from(payload).toString(), topic });
      },
      log: (line) => log.push(line),
    });
    return { engine, delivered, log };
  };

  it('delivers to each action what the rule selects', async () => {
    const { engine, delivered } = setUp();
    engine.put('r', ruleOf("SELECT a AS a FROM 'a/#'", { Actions: [...ruleOf('').Actions, lambda] }));

    engine.take(messageOf({ a: 1, b: 2 }));
    await engine.settle();

    expect(delivered).toEqual([
      { action: sqs, payload: '{"a":1}', topic: 'a/b/c' },
      { action: { kind: 'lambda', functionArn: 'arn:function' }, payload: '{"a":1}', topic: 'a/b/c' },
    ]);
  });

  it('tells the error action of all failures in one message', async () => {
    const { engine, delivered } = setUp(
      (action) => action.kind === 'lambda' || action.queueUrl === 'http://queue',
    );
    const actions = [...ruleOf('').Actions, lambda];
    engine.put('r', ruleOf("SELECT * FROM 'a/#'", { Actions: actions, ErrorAction: errorQueue }));

    engine.take(messageOf({ a: 1 }));
    await engine.settle();

    expect(delivered).toHaveLength(1);
    expect(delivered[0]?.action).toEqual({ kind: 'sqs', queueUrl: 'http://errors', useBase64: true });
    expect(JSON.parse(delivered[0]?.payload ?? '')).toEqual({
      ruleName: 'r',
      topic: 'a/b/c',
      cloudwatchTraceId: expect.any(String),
      clientId: 'robot',
      base64OriginalPayload: Buffer.from('{"a":1}').toString('base64'),
      failures: [
        { failedAction: 'SqsAction', failedResource: 'http://queue', errorMessage: 'no sqs' },
        { failedAction: 'LambdaAction', failedResource: 'arn:function', errorMessage: 'no lambda' },
      ],
    });
  });

  it('logs what not even the error action could take, and goes on', async () => {
    const { engine, log } = setUp(() => true);
    engine.put('r', ruleOf("SELECT * FROM 'a/#'", { ErrorAction: errorQueue }));

    engine.take(messageOf({ a: 1 }));
    await engine.settle();

    expect(log).toEqual(['iot rule r: no sqs', 'iot rule r: the error action failed too: no sqs']);
  });

  it('does not let one rule that cannot read a message keep it from the others', async () => {
    const { engine, delivered, log } = setUp();
    engine.put('strict', ruleOf("SELECT *, topic() AS t FROM 'a/#'"));
    engine.put('easy', ruleOf("SELECT * FROM 'a/#'"));

    engine.take(messageOf(Buffer.from('no JSON')));
    await engine.settle();

    expect(delivered.map(({ payload }) => payload)).toEqual(['no JSON']);
    expect(log).toEqual(['iot rule strict: SELECT * with further columns needs a JSON object']);
  });

  it('replaces a rule by its name, and leaves a disabled one out', async () => {
    const { engine, delivered } = setUp();
    engine.put('r', ruleOf("SELECT * FROM 'a/#'"));
    engine.put('r', ruleOf("SELECT 'new' AS v FROM 'a/#'"));
    engine.put('off', ruleOf("SELECT * FROM 'a/#'", { RuleDisabled: true }));

    engine.take(messageOf({}));
    await engine.settle();

    expect(delivered.map(({ payload }) => payload)).toEqual(['{"v":"new"}']);
  });
});

describe('rules see', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
    world.core.putRule(
      'everything',
      ruleOf("SELECT topic() AS topic, clientid() AS client, state AS state FROM '#'"),
    );
    world.core.putRule(
      'shadows',
      ruleOf("SELECT topic() AS topic, clientid() AS client, state AS state FROM '$aws/#'"),
    );
  });
  beforeEach(() => void world.deliveries.splice(0));
  afterEach(() => void world.deliveries.splice(0));
  afterAll(() => world.end());

  const seen = async (topic: string) => {
    const found = await world.delivered(({ payload }) => JSON.parse(payload.toString()).topic === topic);
    return JSON.parse(found.payload.toString());
  };

  it('what devices publish, with their client id, and each answer of the shadow service', async () => {
    const client = await connect(world, await provision(world, 'seen'));
    const shadow = '$aws/things/seen/shadow/name/a/update';

    client.publish('shadowcast/seen/fetch', '{}');
    client.publish(shadow, JSON.stringify({ state: { desired: { a: 1 } } }));

    expect(await seen('shadowcast/seen/fetch')).toMatchObject({ client: 'seen' });
    expect(await seen(`${shadow}/accepted`)).toMatchObject({ client: 'n/a', state: { desired: { a: 1 } } });
    expect(await seen(`${shadow}/delta`)).toMatchObject({ state: { a: 1 } });
    expect(await seen(`${shadow}/documents`)).toMatchObject({ client: 'n/a' });
    client.publish(shadow, '{}');
    expect(await seen(`${shadow}/rejected`)).toMatchObject({ client: 'n/a' });
    await client.endAsync();
    expect(await seen('$aws/events/presence/disconnected/seen')).toMatchObject({ client: 'n/a' });
  });

  it('what the cloud writes over HTTP', async () => {
    const payload = Buffer.from(JSON.stringify({ state: { desired: { a: 1 } } }));

    await world.data.send(new UpdateThingShadowCommand({ thingName: 'quiet', shadowName: 'a', payload }));

    expect(await seen('$aws/things/quiet/shadow/name/a/update/accepted')).toMatchObject({
      state: { desired: { a: 1 } },
    });
  });
});
