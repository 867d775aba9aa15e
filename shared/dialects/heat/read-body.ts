// Which bodies are JSON to Heat: one object, from its first byte on, of a content type that it takes for JSON.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import { readJson } from '../answer.ts';
import type { HttpRequest } from '../http.ts';
import type { RouteName } from './operations/types.ts';

type Read = { readonly sent: unknown } | Refusal;

const generic = (): Refusal =>
  refuse(
    'malformed_body',
    'The server could not comply with the request since it is either malformed or otherwise incorrect.',
  );

/** None at all is as good: agents and scripts send none. */
const jsonTypes: ReadonlySet<string> = new Set(['', 'application/json', 'text/plain']);

const typeOf = ({ headers }: HttpRequest): string =>
  (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

const openingBrace = 0x7b;

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const depthMax = 200;

/** Without recursion: whoever wants to exhaust the stack would exhaust it here. */
const isTooDeep = (sent: unknown): boolean => {
  let level: unknown[] = [sent];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > depthMax) return true;
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return false;
};

const checked = (read: Read): Read => {
  if (isRefusal(read)) return read;
  if (!isObject(read.sent)) return generic();
  return isTooDeep(read.sent)
    ? refuse('malformed_body', `The body is nested more than ${depthMax} levels deep.`)
    : read;
};

/** As Heat reads it. */
const strictly = (request: HttpRequest): Read =>
  jsonTypes.has(typeOf(request)) && request.body[0] === openingBrace ? checked(readJson(request)) : generic();

/** Whatever the content type says, and nothing is an empty object: no standard client sends these. */
const leniently = (request: HttpRequest): Read =>
  request.body.length === 0 ? { sent: {} } : checked(readJson(request));

const readers: Partial<Record<RouteName, (request: HttpRequest) => Read>> = {
  'POST /v1/{tenant_id}/deployments/{id}/signal': leniently,
  'PUT /v1/{tenant_id}/deployments/{id}/signal': leniently,
  'POST /v1/{tenant_id}/servers/{server_id}/activation_token': leniently,
  'POST /v3/auth/tokens': leniently,
};

export const readBody = (request: HttpRequest): Read =>
  (readers[request.route as RouteName] ?? strictly)(request);
