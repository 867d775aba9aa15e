// The local HTTP API does to requests and answers what API Gateway does, one line per fact.
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway } from '#infra/local/gateway/gateway';
import { routeTable } from '#infra/local/gateway/routes';
import type { Outcome } from '#infra/local/lambda/messages';

type Sent = {
  body?: string;
  headers?: Record<string, string>;
  isBase64Encoded?: boolean;
  rawPath: string;
} & Record<string, unknown>;
type Gateway = Awaited<ReturnType<typeof startGateway>>;

const ok = (value: unknown): Outcome => ({ ok: true, payload: JSON.stringify(value) });

/** What stands behind the routes: by the last part of its ARN. */
const functions: Record<string, (event: Sent) => Promise<Outcome> | Outcome> = {
  echo: (event) =>
    ok({ statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(event) }),
  fails: () => ({ ok: false, error: { errorType: 'Error', errorMessage: 'secret' } }),
  hangs: () => new Promise(() => {}),
  answers: (event) => ok(JSON.parse(event.body ?? 'null')),
};

const route = (routeKey: string, functionArn: string, timeoutMs = 30_000) => ({
  routeKey,
  functionArn,
  timeoutMs,
});

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway({
    port: 0,
    invoke: async (arn, event) => functions[arn]?.(JSON.parse(event)) ?? ok(null),
    log: () => {},
  });
  gateway.open({ apiId: 'api', accountId: '000000000000' }, [
    route('ANY /echo/{proxy+}', 'echo'),
    route('GET /things/{id}', 'echo'),
    route('POST /fails', 'fails'),
    route('POST /hangs', 'hangs', 50),
    route('POST /answers', 'answers'),
  ]);
});
afterAll(() => gateway.close());

type Answer = {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  bytes: Buffer;
};

/** Not fetch: that one tidies up paths, headers and repeated names. */
const ask = (
  method: string,
  path: string,
  headers: Record<string, string | string[]> = {},
  body: string | Buffer = '',
): Promise<Answer> =>
  new Promise((done, fail) => {
    const { hostname, port } = new URL(gateway.url);
    const sent = request({ hostname, port, method, path, headers, agent: false }, async (response) => {
      const bytes = Buffer.concat(await response.toArray());
      done({ status: response.statusCode ?? 0, headers: response.headers, text: bytes.toString(), bytes });
    });
    sent.on('error', fail);
    sent.end(body);
  });

const eventOf = async (...request: Parameters<typeof ask>): Promise<Sent> =>
  JSON.parse((await ask(...request)).text) as Sent;

describe('the event', () => {
  it('is of format 2.0 and says who asks for what', async () => {
    const event = await eventOf('GET', '/things/a%20b?x=1', { 'User-Agent': 'test', Host: 'api.example' });

    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'GET /things/{id}',
      pathParameters: { id: 'a b' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'api',
        domainName: 'api.example',
        http: {
          method: 'GET',
          path: '/things/a b',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test',
        },
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        routeKey: 'GET /things/{id}',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
      isBase64Encoded: false,
    });
    expect(event).not.toHaveProperty('body');
    expect(event).not.toHaveProperty('cookies');
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['the path is decoded', '/echo/a%2Bb%20c', { rawPath: '/echo/a+b c' }],
    [
      'the query string is not',
      '/echo/a?q=a%20b+c',
      { rawQueryString: 'q=a%20b+c', queryStringParameters: { q: 'a b c' } },
    ],
    ['repeated keys are joined', '/echo/a?id=1&x=2&id=3', { queryStringParameters: { id: '1,3', x: '2' } }],
    ['a comma in a value looks the same', '/echo/a?id=1,3', { queryStringParameters: { id: '1,3' } }],
    [
      'brackets stay in the name',
      '/echo/a?expand[]=release',
      { queryStringParameters: { 'expand[]': 'release' } },
    ],
    [
      'a key without a value',
      '/echo/a?flag',
      { rawQueryString: 'flag', queryStringParameters: { flag: '' } },
    ],
    ['a greedy variable takes the rest', '/echo/a/b/c', { pathParameters: { proxy: 'a/b/c' } }],
  ])('%s', async (_what, path, expected) => {
    expect(await eventOf('GET', path)).toMatchObject(expected);
  });

  it('has no query parameters where there are none', async () => {
    const event = await eventOf('GET', '/echo/a');

    expect(event.rawQueryString).toBe('');
    expect(event).not.toHaveProperty('queryStringParameters');
  });

  it('has headers in lower case, repeated ones joined, and none of the connection itself', async () => {
    const { headers } = await eventOf('GET', '/echo/a', {
      'X-Tag': ['one', 'two'],
      'X-API-Key': 'k',
      Connection: 'close',
    });

    expect(headers).toMatchObject({
      'x-tag': 'one,two',
      'x-api-key': 'k',
      'x-forwarded-proto': 'http',
      'x-forwarded-for': '127.0.0.1',
    });
    expect(headers).not.toHaveProperty('connection');
  });

  it('has cookies of their own', async () => {
    const event = await eventOf('GET', '/echo/a', { Cookie: 'a=1; b=2' });

    expect(event).toMatchObject({ cookies: ['a=1', 'b=2'] });
    expect(event.headers).not.toHaveProperty('cookie');
  });

  it.each([
    ['application/json', '{"a":"ü"}', false],
    ['application/json; charset=utf-8', '{}', false],
    ['text/yaml', 'a: 1', false],
    ['application/xml', '<a/>', false],
    ['application/javascript', 'a', false],
    ['application/octet-stream', 'a', true],
    ['application/x-www-form-urlencoded', 'a=1', true],
    ['application/vnd.api+json', '{}', true],
  ])('has a body of %s as it should be', async (type, body, isBase64Encoded) => {
    const event = await eventOf('POST', '/echo/a', { 'Content-Type': type }, body);

    expect(event).toMatchObject({
      isBase64Encoded,
      body: isBase64Encoded ? Buffer.from(body).toString('base64') : body,
    });
  });

  it('has a body without a type as base64', async () => {
    expect(await eventOf('POST', '/echo/a', {}, '{}')).toMatchObject({ isBase64Encoded: true, body: 'e30=' });
  });
});

describe('the answer', () => {
  const answer = (value: unknown) =>
    ask('POST', '/answers', { 'Content-Type': 'application/json' }, JSON.stringify(value));

  it('has the status, headers, cookies and body that the function gave', async () => {
    const given = await answer({
      statusCode: 201,
      headers: { 'X-One': 'a', 'content-type': 'text/plain' },
      cookies: ['a=1', 'b=2'],
      body: 'ü',
    });

    expect(given).toMatchObject({
      status: 201,
      text: 'ü',
      headers: { 'x-one': 'a', 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'] },
    });
    expect(given.headers['apigw-requestid']).toBeDefined();
  });

  it('may be bytes', async () => {
    const bytes = Buffer.from([0, 255, 1, 128]);

    const given = await answer({ statusCode: 200, isBase64Encoded: true, body: bytes.toString('base64') });

    expect(given.bytes.equals(bytes)).toBe(true);
  });

  it('without a status code is JSON with status 200', async () => {
    expect(await answer({ a: 1 })).toMatchObject({
      status: 200,
      text: '{"a":1}',
      headers: { 'content-type': 'application/json' },
    });
  });

  it('without a body is empty', async () => {
    expect(await answer({ statusCode: 204 })).toMatchObject({ status: 204, text: '' });
  });

  it.each([
    ['a status that is none', { statusCode: 'well' }],
    ['a body that is no text', { statusCode: 200, body: { a: 1 } }],
  ])('with %s is an error', async (_what, value) => {
    expect(await answer(value)).toMatchObject({ status: 500, text: '{"message":"Internal Server Error"}' });
  });
});

describe('the gateway itself answers', () => {
  it.each<[string, () => Promise<Answer>, number, string]>([
    ['where there is no route', () => ask('GET', '/nowhere'), 404, 'Not Found'],
    ['where the method has no route', () => ask('DELETE', '/things/1'), 404, 'Not Found'],
    ['when the function fails', () => ask('POST', '/fails'), 500, 'Internal Server Error'],
    ['when the function is too slow', () => ask('POST', '/hangs'), 503, 'Service Unavailable'],
    [
      'a body of more than 10 MB',
      () => ask('POST', '/echo/a', {}, Buffer.alloc(10 * 1024 * 1024 + 1)),
      413,
      'Request Entity Too Large',
    ],
    [
      'an event of more than 6 MB',
      () => ask('POST', '/echo/a', {}, Buffer.alloc(5 * 1024 * 1024)),
      413,
      'Request Entity Too Large',
    ],
    [
      'headers of more than 10,240 bytes',
      () => ask('GET', '/echo/a', { 'x-long': 'a'.repeat(10_240) }),
      431,
      'Request Header Fields Too Large',
    ],
  ])('%s', async (_what, act, status, message) => {
    expect(await act()).toMatchObject({
      status,
      text: JSON.stringify({ message }),
      headers: { 'content-type': 'application/json' },
    });
  });
});

describe('of several routes', () => {
  const keys = [
    '$default',
    'ANY /{proxy+}',
    'ANY /beta/{proxy+}',
    'GET /beta/deployments',
    'POST /beta/deployments',
    'GET /beta/deployments/{id}',
    'GET /beta/deployments/mine',
    'POST /beta/deployments/{id}/deploy',
    'ANY /beta/deployments/{id}',
    'GET /beta/{kind}/first',
  ];
  const match = routeTable(keys.map((key) => route(key, 'echo')));

  it.each([
    ['the exact one', 'GET', '/beta/deployments', 'GET /beta/deployments'],
    ['the exact one of a method', 'POST', '/beta/deployments', 'POST /beta/deployments'],
    ['the literal before the variable', 'GET', '/beta/deployments/mine', 'GET /beta/deployments/mine'],
    ['the variable before the greedy one', 'GET', '/beta/deployments/1', 'GET /beta/deployments/{id}'],
    ['the method before ANY', 'DELETE', '/beta/deployments/1', 'ANY /beta/deployments/{id}'],
    ['the leftmost literal', 'GET', '/beta/deployments/first', 'GET /beta/deployments/{id}'],
    ['the deeper one', 'POST', '/beta/deployments/1/deploy', 'POST /beta/deployments/{id}/deploy'],
    ['the longer greedy one', 'GET', '/beta/deployments/1/nothing', 'ANY /beta/{proxy+}'],
    ['the catch-all for another method', 'PUT', '/beta/deployments', 'ANY /beta/{proxy+}'],
    ['the outer catch-all', 'GET', '/elsewhere', 'ANY /{proxy+}'],
    ['the outer catch-all where nothing follows', 'GET', '/beta', 'ANY /{proxy+}'],
    ['the default where even that matches nothing', 'GET', '/', '$default'],
  ])('%s wins', (_what, method, path, expected) => {
    expect(match(method, path)?.route.routeKey).toBe(expected);
  });
});
