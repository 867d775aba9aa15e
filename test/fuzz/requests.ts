// Requests to one route: right ones, nearly right ones, and such as nobody should send, with every kind of key.
import fc from 'fast-check';
import type { z } from 'zod';
import type { Route } from '#dialects/contract';
import { hostileQueries, hostileTexts, nearly, oddHeaders, spoiled, textOf } from './mutations.ts';
import { type Known, validFor, wordsIn } from './of-schema.ts';

/** Whose key comes with it: `own` has every scope, `lacking` none. */
export const wrongKeys = ['none', 'malformed', 'unknown', 'revoked', 'foreign', 'lacking'] as const;
export type KeyKind = 'own' | (typeof wrongKeys)[number];

export interface Request {
  readonly route: string;
  /** What has been done to a right one; undefined: nothing. */
  readonly changed?: string;
  readonly key: KeyKind;
  readonly params: Readonly<Record<string, string>>;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
  /** As API Gateway sends what it does not take for text. */
  readonly isBase64: boolean;
  /** What the body says, where it was made by changing a value. */
  readonly sent?: unknown;
}

/** For whole requests, whose parts belong together: a signature is that of one path. */
export type Together = Readonly<Record<string, readonly Partial<Request>[]>>;

/** `devices.id` before `id`: the same name means another thing below another collection. */
const paramsOf = (route: string, known: Known): fc.Arbitrary<Record<string, string>> => {
  const segments = route.split('/');
  const fields = segments.flatMap((segment, at) => {
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name === undefined) return [];
    // Of what nothing is known nothing is found: the share of what is granted tells.
    const values = known[`${segments[at - 1]}.${name}`] ?? known[name] ?? ['nobody'];
    return [[name, fc.constantFrom(...values.map(String))] as const];
  });
  return fc.record(Object.fromEntries(fields), { noNullPrototype: true });
};

const guesses = ['0', '1', '7', 'true', 'id', 'x', '', '2026-01-01T00:00:00Z'];

const queryField = (name: string, schema: z.ZodType, known: Known): [string, fc.Arbitrary<string>][] => {
  const values = [...(known[name] ?? []).map(String), ...wordsIn(schema), ...guesses];
  const taken = values.filter((value) => schema.safeParse([value]).success);
  return taken.length === 0 ? [] : [[name, fc.constantFrom(...taken)]];
};

const queryOf = ({ query }: Route, known: Known): fc.Arbitrary<string> => {
  if (query === undefined || !('shape' in query)) return fc.constant('');
  const shape = Object.entries(query.shape as Record<string, z.ZodType>);
  const fields = Object.fromEntries(shape.flatMap(([name, schema]) => queryField(name, schema, known)));
  // Mostly none at all: a filter rarely fits.
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant('') },
    {
      weight: 1,
      arbitrary: fc
        .record(fields, { requiredKeys: [], noNullPrototype: true })
        .map((values) => new URLSearchParams(values as Record<string, string>).toString()),
    },
  );
};

type Requests = fc.Arbitrary<Request>;

const changedIn = (
  requests: Requests,
  how: string,
  changes: fc.Arbitrary<(request: Request) => Partial<Request>>,
): Requests =>
  fc.tuple(requests, changes).map(([request, change]) => ({ ...request, changed: how, ...change(request) }));

const nearlyRight = (
  right: Requests,
  { body }: Route,
  valid: fc.Arbitrary<unknown>,
  theirs: readonly string[],
): readonly Requests[] => {
  const odd = (part: string, changes: fc.Arbitrary<(request: Request) => Partial<Request>>) =>
    changedIn(right, part, changes);
  const anywhere = [
    odd(
      'a header',
      fc.constantFrom(...oddHeaders).map((headers) => () => ({ headers })),
    ),
    odd(
      'the query',
      fc.constantFrom(...hostileQueries).map((query) => () => ({ query })),
    ),
    odd(
      'the path',
      fc.tuple(fc.nat(), fc.constantFrom(...hostileTexts, ...theirs)).map(([at, text]) => ({ params }) => {
        const names = Object.keys(params);
        const name = names[at % Math.max(names.length, 1)];
        return name === undefined ? {} : { params: { ...params, [name]: text } };
      }),
    ),
    odd(
      'a body that nobody asked for',
      fc
        .constantFrom('{', '[]', 'x')
        .map((text) => () => (body === undefined ? { body: text } : { isBase64: true })),
    ),
  ];
  if (body === undefined) return anywhere;
  const value = odd(
    'a field',
    nearly(valid, theirs).map((sent) => () => ({ sent, body: textOf(sent) })),
  );
  const text = odd(
    'the text of the body',
    fc.constantFrom(...Object.values(spoiled)).map((spoil) => ({ body: sent }) => ({
      body: spoil(String(sent)),
    })),
  );
  return [...anywhere, value, value, value, value, text];
};

const validBodyFor = (key: string, { body }: Route, known: Known): fc.Arbitrary<unknown> =>
  body === undefined ? fc.constant(undefined) : validFor(body, known, `${key} body`);

/** What a route takes, with our own key. */
export const rightRequestsTo = (
  key: string,
  route: Route,
  known: Known,
  together: Together,
  valid = validBodyFor(key, route, known),
): Requests => {
  const whole = together[key];
  return fc
    .record({
      params: paramsOf(key, known),
      query: queryOf(route, known),
      sent: valid,
      over: whole === undefined ? fc.constant({}) : fc.constantFrom(...whole),
    })
    .map(({ params, query, sent, over }) => ({
      route: key,
      key: 'own' as const,
      params,
      query,
      headers: {},
      body: sent === undefined ? '' : textOf(sent),
      isBase64: false,
      ...(sent === undefined ? {} : { sent }),
      ...over,
    }));
};

/** Three in ten are right, two come with a wrong key, and the rest is nearly right. */
export const requestsTo = (key: string, route: Route, known: Known, together: Together): Requests => {
  const valid = validBodyFor(key, route, known);
  const right = rightRequestsTo(key, route, known, together, valid);
  const near = fc.oneof(...nearlyRight(right, route, valid, (known.theirs ?? []).map(String)));
  const withKey = fc
    .tuple(fc.oneof(right, near), fc.constantFrom(...wrongKeys))
    .map(([request, wrong]): Request => ({ ...request, key: wrong }));
  return fc.oneof(
    { weight: 3, arbitrary: right },
    { weight: 5, arbitrary: near },
    { weight: 2, arbitrary: withKey },
  );
};

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());

export const pathOf = ({ route, params }: Request): string =>
  (route.split(' ')[1] ?? '').replaceAll(/\{(\w+)\}/g, (_, name: string) => encoded(params[name] ?? ''));

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const shown = (body: Uint8Array | string): string => {
  const text = typeof body === 'string' ? body : `base64:${Buffer.from(body).toString('base64')}`;
  return text.length <= 2000 ? text : `${text.slice(0, 300)}…(${text.length} letters)`;
};

/** As somebody would type it; instead of the key its kind. */
export const curlOf = (request: Request): string => {
  const { route, query, headers, body, key, changed } = request;
  const parts = [
    `curl -X ${route.split(' ')[0]}`,
    quoted(`${pathOf(request).slice(0, 400)}${query === '' ? '' : `?${query.slice(0, 400)}`}`),
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body.length === 0 ? [] : [`--data-binary ${quoted(shown(body))}`]),
  ];
  return `${parts.join(' ')}  # key: ${key}${changed === undefined ? '' : `, changed: ${changed}`}`;
};
