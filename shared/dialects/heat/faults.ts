// The shapes of no: Heat's fault, Keystone's error, and what a path that leads nowhere is answered.
import type { RefusalCode } from '#domain/refusal';
import { type HttpRequest, type HttpResponse, json } from '../http.ts';

interface Status {
  readonly title: string;
  readonly explanation: string;
}

const clientError =
  'The server could not comply with the request since it is either malformed or otherwise incorrect.';

const statuses = {
  400: { title: 'Bad Request', explanation: clientError },
  401: {
    title: 'Unauthorized',
    explanation: 'This server could not verify that you are authorized to access the document you requested.',
  },
  403: { title: 'Forbidden', explanation: 'Access was denied to this resource.' },
  404: { title: 'Not Found', explanation: 'The resource could not be found.' },
  405: { title: 'Method Not Allowed', explanation: clientError },
  409: {
    title: 'Conflict',
    explanation: 'There was a conflict when trying to complete your request.',
  },
  412: { title: 'Precondition Failed', explanation: 'Request precondition failed.' },
  422: { title: 'Unprocessable Entity', explanation: 'Unable to process the contained instructions' },
  429: {
    title: 'Too Many Requests',
    explanation: 'You have sent too many requests too quickly. Please try again later.',
  },
  500: {
    title: 'Internal Server Error',
    explanation: 'The server has either erred or is incapable of performing the requested operation.',
  },
  503: {
    title: 'Service Unavailable',
    explanation: 'The server is currently unavailable. Please try again at a later time.',
  },
} as const satisfies Record<number, Status>;

export type FaultStatus = keyof typeof statuses;

/** Without a message where Heat has none. */
export const fault = (status: FaultStatus, type: string, message?: string, reason?: string): HttpResponse => {
  const { title, explanation } = statuses[status];
  const error = { type, traceback: null, ...(message === undefined ? {} : { message }) };
  const whole = reason === undefined ? explanation : `${explanation} ${reason}`;
  return json(status, { code: status, title, explanation: whole, error });
};

const notAllowed = 'The request you have made requires authentication.';

/** As Keystone and the middleware in front of Heat say it. */
export const keystoneError = (status: FaultStatus, message: string, baseUrl: string): HttpResponse =>
  json(
    status,
    {
      error: { code: status, title: statuses[status].title, message: status === 401 ? notAllowed : message },
    },
    status === 401 ? { 'www-authenticate': `Keystone uri="${baseUrl}/v3"` } : {},
  );

const nowhere = 'The resource could not be found.<br /><br />\n\n\n';

const page = `<html>
 <head>
  <title>404 Not Found</title>
 </head>
 <body>
  <h1>404 Not Found</h1>
  ${nowhere}
 </body>
</html>`;

/** No fault: a path that leads nowhere has not reached the API. */
export const unrouted = ({ headers: { accept = '' } }: HttpRequest): HttpResponse =>
  accept === '' || /text\/html|\*\/\*/.test(accept) || !accept.includes('json')
    ? { status: 404, headers: { 'content-type': 'text/html; charset=UTF-8' }, body: page }
    : json(404, { message: nowhere, code: '404 Not Found', title: 'Not Found' });

interface FaultWords {
  readonly status: FaultStatus;
  readonly type: string;
}

const badRequest: FaultWords = { status: 400, type: 'HTTPBadRequest' };
const conflict: FaultWords = { status: 409, type: 'HTTPConflict' };

/** Every refusal. What only other dialects can meet has its word too, should the engine ever answer it here. */
export const faultOf: Readonly<Record<RefusalCode, FaultWords>> = {
  not_found: { status: 404, type: 'NotFound' },
  invalid: badRequest,
  malformed_body: badRequest,
  body_too_large: { status: 400, type: 'RequestLimitExceeded' },
  already_exists: conflict,
  idempotency_key_reused: { status: 422, type: 'HTTPUnprocessableEntity' },
  unauthenticated: { status: 401, type: 'HTTPUnauthorized' },
  too_many_requests: { status: 429, type: 'HTTPTooManyRequests' },
  unavailable: { status: 503, type: 'HTTPServiceUnavailable' },
  forbidden: { status: 403, type: 'Forbidden' },
  changed_meanwhile: { status: 412, type: 'HTTPPreconditionFailed' },
  track_is_current: conflict,
  track_is_not_current: conflict,
  parent_not_current: conflict,
  deployment_drifted: conflict,
  deployment_ended: conflict,
  slot_full: conflict,
  activation_refused: { status: 403, type: 'Forbidden' },
  already_activated: conflict,
  in_use: conflict,
};
