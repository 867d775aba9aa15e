// From an HTTP request to the event that an HTTP API hands to Lambda: payload format 2.0, with its losses and its joins.
import type { IncomingHttpHeaders } from 'node:http';
import type { Match } from './routes.ts';

export type Received = {
  method: string;
  /** As it came: `/a%20b?x=1`. */
  target: string;
  /** Names and values in turn, as they came. */
  rawHeaders: readonly string[];
  headers: IncomingHttpHeaders;
  body: Buffer;
  sourceIp: string;
  port: number;
};

export type Stage = { apiId: string; accountId: string };

/** Content of these types reaches the function as text, all other as base64; so does a body without a type. */
const isText = (contentType: string | undefined): boolean =>
  /^(text\/.*|application\/(json|xml|javascript))$/.test(
    (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
  );

/** They belong to one connection, and end here. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

const pairsOf = (raw: readonly string[]): Array<[string, string]> =>
  raw.flatMap(
    (name, position): Array<[string, string]> =>
      position % 2 === 0 ? [[name.toLowerCase(), raw[position + 1] ?? '']] : [],
  );

/** Repeated names are joined by commas. */
const joined = (pairs: Iterable<readonly [string, string]>): Record<string, string> => {
  const result: Record<string, string> = {};
  for (const [name, value] of pairs) result[name] = name in result ? `${result[name]},${value}` : value;
  return result;
};

const headersOf = ({ rawHeaders, sourceIp, port }: Received, traceId: string): Record<string, string> => ({
  ...joined(pairsOf(rawHeaders).filter(([name]) => name !== 'cookie' && !hopByHop.has(name))),
  'x-amzn-trace-id': traceId,
  'x-forwarded-for': sourceIp,
  'x-forwarded-port': String(port),
  'x-forwarded-proto': 'http',
});

const cookiesOf = (cookie: string | undefined): string[] | undefined =>
  cookie === undefined ? undefined : cookie.split(';').map((each) => each.trim());

const bodyOf = ({ body, headers }: Received): { body?: string; isBase64Encoded: boolean } => {
  if (body.length === 0) return { isBase64Encoded: false };
  return isText(headers['content-type'])
    ? { body: body.toString('utf8'), isBase64Encoded: false }
    : { body: body.toString('base64'), isBase64Encoded: true };
};

/** `21/Nov/2025:09:08:00 +0000` */
const clfTime = (now: Date): string => {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(now.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
};

const decodedPath = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

const unlessEmpty = <Key extends string>(key: Key, record: Record<string, string>) =>
  Object.keys(record).length === 0 ? {} : { [key]: record };

export const splitTarget = (target: string): { path: string; query: string } => {
  const mark = target.indexOf('?');
  return mark === -1
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
};

/** `rawPath` is decoded in spite of its name, `rawQueryString` is not: so does an HTTP API, unlike a REST API or a function URL. */
export const eventOf = (
  received: Received,
  match: Match,
  stage: Stage,
  requestId: string,
  now: Date,
): object => {
  const { path, query } = splitTarget(received.target);
  const rawPath = decodedPath(path);
  const cookies = cookiesOf(received.headers.cookie);
  const traceId = `Root=1-${Math.floor(now.getTime() / 1000).toString(16)}-${requestId.replaceAll('-', '').slice(0, 24)}`;
  return {
    version: '2.0',
    routeKey: match.route.routeKey,
    rawPath,
    rawQueryString: query,
    ...(cookies === undefined ? {} : { cookies }),
    headers: headersOf(received, traceId),
    ...unlessEmpty('queryStringParameters', joined(new URLSearchParams(query))),
    requestContext: {
      accountId: stage.accountId,
      apiId: stage.apiId,
      domainName: received.headers.host ?? '',
      domainPrefix: (received.headers.host ?? '').split('.')[0],
      http: {
        method: received.method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: received.sourceIp,
        userAgent: received.headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: match.route.routeKey,
      stage: '$default',
      time: clfTime(now),
      timeEpoch: now.getTime(),
    },
    ...unlessEmpty('pathParameters', match.pathParameters),
    ...bodyOf(received),
  };
};
