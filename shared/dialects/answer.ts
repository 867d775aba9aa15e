// From a request to its answer, the same steps for every dialect: let in, parse, ask, tell.
import * as z from 'zod';
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import { mapNames, uidsFor } from '#engine/ids';
import { allows, type Principal } from '#engine/keys';
import { limitGuesses } from '#engine/limit-guesses';
import { type LimitRequests, limitRequests } from '#engine/limit-requests';
import { askingOf } from '#engine/limits';
import { Unavailable, type World } from '#engine/ports';
import { auditedCall } from './audit-call.ts';
import { itself, type Route } from './contract.ts';
import type { Authenticate, Call, Dialect, Reply } from './dialect.ts';
import { type Received, receiveGuest } from './guests.ts';
import { type HttpRequest, type HttpResponse, json } from './http.ts';
import { parseQuery } from './query.ts';

export interface Answered {
  readonly response: HttpResponse;
  readonly principal: Principal | undefined;
  readonly refusal: Refusal | undefined;
  /** What we stand on was busy or away: for the log, not for the caller. */
  readonly cause?: Unavailable;
}

const whoAsks = async (
  dialect: Dialect,
  authenticate: Authenticate,
  request: HttpRequest,
): Promise<Principal | Refusal> => {
  const key = dialect.keyOf(request);
  const principal = key === undefined ? undefined : await authenticate(key);
  return principal ?? refuse('unauthenticated', 'The API key is missing, unknown or revoked.', {});
};

/** Before anything of the request is looked at: whose limit it counts against, scopes, and what else the dialect asks. */
const objectionTo = async (
  dialect: Dialect,
  limit: LimitRequests,
  { scopes }: Route,
  request: HttpRequest,
  principal: Principal,
): Promise<Refusal | undefined> => {
  const tooMany = await limit(askingOf(request.method), principal);
  if (tooMany !== undefined) return tooMany;
  const missing = scopes === 'public' ? undefined : scopes.find((scope) => !allows(principal, scope));
  return missing === undefined ? dialect.admit(request, principal) : lacks(missing);
};

export const lacks = (scope: string): Refusal =>
  refuse('forbidden', `This API key lacks the scope ${scope}.`, { scope });

const invalid = (where: string, error: z.ZodError): Refusal => {
  const issues = error.issues.map(({ path, message }) => ({
    field: path.join('.') || where,
    reason: message,
  }));
  const [first] = issues;
  return refuse('invalid', `${first?.field ?? where}: ${first?.reason ?? 'is wrong'}`, { where, issues });
};

/** Undefined where there is no body at all. */
export const readJson = ({ body }: HttpRequest): { readonly sent: unknown } | Refusal => {
  if (body.length === 0) return { sent: undefined };
  try {
    const sent: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return { sent };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'unreadable';
    return refuse('malformed_body', `The body is not JSON: ${reason}`, {});
  }
};

const faultOf = (value: unknown): string | undefined => {
  if (typeof value === 'string' && !value.isWellFormed())
    return 'has half of a surrogate pair: it is no text';
  return typeof value === 'number' && !Number.isFinite(value) ? 'is too large to be a number' : undefined;
};

/** What JSON can say and nobody can keep: it could not be compared, stored or told again. No recursion: towers are high. */
const refuseUnspeakable = (sent: unknown): Refusal | undefined => {
  const left: [path: string, value: unknown][] = [['', sent]];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [path, value] = next;
    const reason = faultOf(value);
    if (reason !== undefined) return unspeakable(path, reason);
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, inner] of Object.entries(value)) {
      if (!key.isWellFormed()) return unspeakable(path, 'has a key with half of a surrogate pair');
      left.push([path === '' ? key : `${path}.${key}`, inner]);
    }
  }
  return undefined;
};

const unspeakable = (path: string, reason: string): Refusal => {
  const field = path || 'body';
  return refuse('invalid', `${field}: ${reason}`, { where: 'body', issues: [{ field, reason }] });
};

const parseBody = (
  dialect: Dialect,
  route: Route,
  request: HttpRequest,
): { value: unknown; sent: unknown } | Refusal => {
  if (request.body.length > dialect.bodyBytesMax)
    return refuse('body_too_large', `The body is larger than ${dialect.bodyBytesMax} bytes.`, {
      limit: dialect.bodyBytesMax,
    });
  if (route.body === undefined) return { value: undefined, sent: null };
  const read = (dialect.readBody ?? readJson)(request);
  if (isRefusal(read)) return read;
  const refused = refuseUnspeakable(read.sent);
  if (refused !== undefined) return refused;
  const parsed = route.body.safeParse(read.sent);
  return parsed.success ? { value: parsed.data, sent: read.sent } : invalid('body', parsed.error);
};

const parseQueryOf = (route: Route, { query }: HttpRequest): { value: unknown } | Refusal => {
  if (route.query === undefined) return { value: undefined };
  const parsed = route.query.safeParse(parseQuery(query));
  return parsed.success ? { value: parsed.data } : invalid('query', parsed.error);
};

const etag = /^(?:W\/)?"(\d+)"$/;

/** `*` and absence ask for nothing; a tag that is none of ours can match nothing. */
const versionOf = ({ headers }: HttpRequest): number | undefined => {
  const wanted = headers['if-match']?.trim();
  if (wanted === undefined || wanted === '*') return undefined;
  return Number(etag.exec(wanted)?.[1] ?? -1);
};

const idempotencyKey = z.string().min(1).max(255);

const understand = (
  world: World,
  dialect: Dialect,
  route: Route,
  request: HttpRequest,
  { principal, recognise }: Received,
  authenticate: Authenticate,
): Call<unknown, unknown> | Refusal => {
  const query = parseQueryOf(route, request);
  if (isRefusal(query)) return query;
  const body = parseBody(dialect, route, request);
  if (isRefusal(body)) return body;
  const key = idempotencyKey.optional().safeParse(request.headers['idempotency-key']);
  if (!key.success) return invalid('Idempotency-Key', key.error);
  const named = `${dialect.name} ${request.method} ${request.path}`;
  const idempotency = key.data === undefined ? undefined : { route: named, key: key.data };
  const uids = uidsFor(world, principal().organization, idempotency);
  return {
    principal: principal(),
    recognise,
    params: request.params,
    query: query.value,
    body: body.value,
    request: body.sent ?? null,
    route: named,
    idempotencyKey: key.data,
    ids: mapNames(uids, route.makes ?? itself),
    callerSecret: dialect.keyOf(request) ?? '',
    authenticate,
    version: versionOf(request),
    edition: dialect.editionOf(request),
    headers: request.headers,
    baseUrl: `${request.headers['x-forwarded-proto'] ?? 'https'}://${request.headers.host ?? 'localhost'}`,
  };
};

const isRaw = (body: unknown): body is { raw: Uint8Array | string } =>
  typeof body === 'object' && body !== null && 'raw' in body;

const tell = (
  route: Route,
  { body, status = route.status ?? 200, headers = {} }: Reply<unknown>,
): HttpResponse => {
  if (isRaw(body)) return { status, headers, body: body.raw };
  return body === undefined ? { status, headers, body: '' } : json(status, body, headers);
};

const act = async (
  dialect: Dialect,
  world: World,
  { route = '' }: HttpRequest,
  call: Call<unknown, unknown>,
): Promise<Reply<unknown> | Refusal> => {
  const operation = dialect.operations[route];
  if (operation === undefined) throw new Error(`${dialect.name} has no operation for ${route}.`);
  return operation(world)(call);
};

const retryAfter = ({ params: { retryAfterSeconds } }: Refusal): Record<string, string> =>
  typeof retryAfterSeconds === 'number' ? { 'retry-after': String(retryAfterSeconds) } : {};

const tellRefusal = (dialect: Dialect, refusal: Refusal, request: HttpRequest): HttpResponse => {
  const response = dialect.tellRefusal(refusal, request);
  return { ...response, headers: { ...response.headers, ...retryAfter(refusal) } };
};

/** A throttled table recovers within seconds; whoever repeats at once keeps it busy. */
const unavailableSeconds = 2;

const unavailable = (): Refusal =>
  refuse('unavailable', `Too much is asked of us just now; ask again in ${unavailableSeconds} s.`, {
    retryAfterSeconds: unavailableSeconds,
  });

/** Whose request it is, is known from its key. */
const receiveKey =
  (dialect: Dialect, world: World, limit: LimitRequests, authenticate: Authenticate) =>
  async (route: Route, request: HttpRequest): Promise<Received | Refusal> => {
    const principal = await whoAsks(dialect, authenticate, request);
    if (isRefusal(principal)) return principal;
    return {
      objection: () => objectionTo(dialect, limit, route, request, principal),
      recognise: async () => {
        throw new Error(`${request.route} has recognised its key already.`);
      },
      audit: auditedCall(world, route, request, principal),
      principal: () => principal,
      note: () => undefined,
    };
  };

const answerRoute = (dialect: Dialect, world: World, authenticate: Authenticate) => {
  const limit = limitRequests(world);
  const guest = receiveGuest(world, limit, limitGuesses(world.clock));
  const keyed = receiveKey(dialect, world, limit, authenticate);
  return async (request: HttpRequest): Promise<Answered> => {
    const route = Object.entries(dialect.contract).find(([key]) => key === request.route)?.[1];
    if (route === undefined)
      return { response: dialect.tellUnknownRoute(request), principal: undefined, refusal: undefined };
    const refused = (refusal: Refusal, principal?: Principal): Answered => ({
      response: tellRefusal(dialect, refusal, request),
      principal,
      refusal,
    });
    const received = route.scopes === 'public' ? guest(route, request) : await keyed(route, request);
    if (isRefusal(received)) return refused(received);
    const { audit, principal } = received;
    const refusedEarly = async (refusal: Refusal): Promise<Answered> => {
      const told = refused(refusal, principal());
      await audit.refused(refusal, told.response.status);
      return told;
    };
    const objection = await received.objection();
    if (objection !== undefined) return refusedEarly(objection);
    const call = understand(world, dialect, route, request, received, authenticate);
    if (isRefusal(call)) return refusedEarly(call);
    const reply = await audit.around(
      () => act(dialect, world, request, call),
      (refusal) => tellRefusal(dialect, refusal, request).status,
      route.makes === undefined ? null : call.ids[0],
    );
    received.note(reply);
    if (isRefusal(reply)) return refused(reply, principal());
    return { response: tell(route, reply), principal: principal(), refusal: undefined };
  };
};

const despiteOutages =
  (dialect: Dialect, answerIt: (request: HttpRequest) => Promise<Answered>) =>
  async (request: HttpRequest): Promise<Answered> => {
    try {
      return await answerIt(request);
    } catch (cause) {
      if (!(cause instanceof Unavailable)) throw cause;
      const refusal = unavailable();
      const response = tellRefusal(dialect, refusal, request);
      return { response, principal: undefined, refusal, cause };
    }
  };

/** Faults are thrown: the door makes them the dialect's 500. That something is busy is none: the same request may work later. */
export const answer = (dialect: Dialect, world: World, authenticate: Authenticate) => {
  const answerIt = despiteOutages(dialect, answerRoute(dialect, world, authenticate));
  return async (request: HttpRequest): Promise<Answered> => {
    const answered = await answerIt(request);
    const { response } = answered;
    const everywhere = dialect.headersOf?.(request) ?? {};
    return { ...answered, response: { ...response, headers: { ...response.headers, ...everywhere } } };
  };
};
