// The Miru dialect: who is let in, what each route does, and how no is said.
import { type Refusal, refuse } from '#domain/refusal';
import type { Dialect } from '../dialect.ts';
import { type HttpRequest, json } from '../http.ts';
import { referencePage } from '../reference.ts';
import { contract } from './contract.ts';
import { document } from './document.ts';
import { editionNames, editionOf, isEdition } from './editions.ts';
import { auditEvents } from './operations/audit-events.ts';
import { configInstances } from './operations/config-instances.ts';
import { configSchemas } from './operations/config-schemas.ts';
import { configTypes } from './operations/config-types.ts';
import { deployments } from './operations/deployments.ts';
import { devices } from './operations/devices.ts';
import { gitCommits } from './operations/git-commits.ts';
import { releases } from './operations/releases.ts';
import type { Operations, RouteName } from './operations/types.ts';
import { errorOf } from './words.ts';

const operations: Operations<RouteName> = {
  'GET /beta/openapi.json': () => async () => ({ body: document() }),
  'GET /docs': () => async () => ({
    body: { raw: referencePage(document()) },
    headers: { 'content-type': 'text/html; charset=utf-8' },
  }),
  'GET /beta/principal':
    () =>
    async ({ principal: { keyId } }) => ({ body: { object: 'principal', id: keyId, name: keyId } }),
  ...gitCommits,
  ...configTypes,
  ...configSchemas,
  ...configInstances,
  ...releases,
  ...devices,
  ...deployments,
  ...auditEvents,
};

const unknownVersion = (asked: string | undefined): Refusal => {
  const problem =
    asked === undefined ? 'The header Miru-Version is missing' : `Miru-Version ${asked} is unknown`;
  return refuse('invalid', `${problem}; known are: ${editionNames.join(', ')}.`, {
    header: 'Miru-Version',
    known: editionNames,
  });
};

const admit = ({ headers, route = '', method, path }: HttpRequest): Refusal | undefined => {
  const asked = headers['miru-version'];
  if (!isEdition(asked)) return unknownVersion(asked);
  return editionOf(asked).without.includes(route)
    ? refuse('not_found', `There is no ${method} ${path} in version ${asked}.`, {
        method,
        path,
        version: asked,
      })
    : undefined;
};

const errorBody = (code: string, message: string, params: Readonly<Record<string, unknown>>) => ({
  error: { code, message, params },
});

/** The SDK repeats a 409 unless it is told that this is no use. */
const headersOf = (status: number): Record<string, string> =>
  status === 409 ? { 'x-should-retry': 'false' } : {};

export const miru: Dialect = {
  name: 'miru',
  contract,
  operations,
  bodyBytesMax: 4 * 1024 * 1024,
  keyOf: ({ headers }) => headers['x-api-key'],
  admit,
  editionOf: ({ headers }) => headers['miru-version'] ?? '',
  tellRefusal: ({ refused, message, params }) => {
    const { status, code } = errorOf[refused];
    return json(status, errorBody(code, message, params), headersOf(status));
  },
  tellUnknownRoute: ({ method, path }) =>
    json(404, errorBody('resource_not_found', `There is no ${method} ${path}.`, { method, path })),
  tellFault: (requestId) =>
    json(
      500,
      errorBody('internal_server_error', `Something went wrong here; quote request ${requestId}.`, {
        request_id: requestId,
      }),
    ),
};
