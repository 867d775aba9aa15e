// The Humanitec dialect: who is let in, what each route does, and how no is said.
import { refuse } from '#domain/refusal';
import type { Dialect } from '../dialect.ts';
import { type HttpRequest, json } from '../http.ts';
import { contract } from './contract.ts';
import { applications } from './operations/applications.ts';
import { auditLogs } from './operations/audit-logs.ts';
import { deltas } from './operations/deltas.ts';
import { deployments } from './operations/deployments.ts';
import { devices } from './operations/devices.ts';
import { environmentTypes } from './operations/environment-types.ts';
import { environments } from './operations/environments.ts';
import { logs } from './operations/logs.ts';
import { organizations } from './operations/organizations.ts';
import { pipelines } from './operations/pipelines.ts';
import { rollouts } from './operations/rollouts.ts';
import { rules } from './operations/rules.ts';
import { runtime } from './operations/runtime.ts';
import { sets } from './operations/sets.ts';
import type { Operations, RouteName } from './operations/types.ts';
import { valueSetVersions } from './operations/value-set-versions.ts';
import { values } from './operations/values.ts';
import { webhooks } from './operations/webhooks.ts';
import { environmentsIn, wordsFor } from './words.ts';

const operations: Operations<RouteName> = {
  ...organizations,
  ...auditLogs,
  ...environmentTypes,
  ...applications,
  ...environments,
  ...deployments,
  ...rollouts,
  ...devices,
  ...deltas,
  ...sets,
  ...values,
  ...valueSetVersions,
  ...runtime,
  ...rules,
  ...webhooks,
  ...logs,
  ...pipelines,
};

/** Another organization than the key's is not there. */
const admit: Dialect['admit'] = ({ params: { orgId } }, { organization }) =>
  orgId === undefined || orgId === organization
    ? undefined
    : refuse('not_found', `There is no organization ${orgId}.`, { id: orgId });

const credentials = /^(?:Bearer|JWT) +(\S+)$/i;

const patternOf = (route: string): { readonly method: string; readonly path: RegExp } => {
  const [method = '', path = ''] = route.split(' ');
  return { method, path: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}$`) };
};

const patterns = Object.keys(contract).map(patternOf);

const methodsOf = ({ path }: HttpRequest): string[] =>
  patterns.filter((pattern) => pattern.path.test(path)).map(({ method }) => method);

const errorBody = (error: string, message: string, details?: Readonly<Record<string, unknown>>) => ({
  error,
  message,
  ...(details === undefined || Object.keys(details).length === 0 ? {} : { details }),
});

export const humanitec: Dialect = {
  name: 'humanitec',
  contract,
  operations,
  bodyBytesMax: 4 * 1024 * 1024,
  keyOf: ({ headers }) => credentials.exec(headers.authorization?.trim() ?? '')?.[1],
  admit,
  editionOf: () => '',
  tellRefusal: (refusal) => {
    const { status, error } = wordsFor(refusal);
    return json(status, environmentsIn(refusal) ?? errorBody(error, refusal.message, refusal.params));
  },
  tellUnknownRoute: (request) => {
    const methods = methodsOf(request);
    return methods.length === 0
      ? json(404, errorBody('API-404', `There is no ${request.path}.`))
      : json(405, errorBody('API-405', `${request.path} knows no ${request.method}.`), {
          allow: methods.join(', '),
        });
  },
  tellFault: (requestId) =>
    json(
      500,
      errorBody('API-500', `Something went wrong here; quote request ${requestId}.`, {
        request_id: requestId,
      }),
    ),
};
