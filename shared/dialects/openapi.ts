// An OpenAPI 3.0 document, made from a contract.
import * as z from 'zod';
import type { Contract, Route } from './contract.ts';

export interface ApiInfo {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly security: Readonly<Record<string, unknown>>;
  /** Headers that every request but the public ones carries. */
  readonly headers: readonly { readonly name: string; readonly description: string }[];
}

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> => {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'openapi-3.0', io, unrepresentable: 'any' });
  return rest;
};

const pathParameters = (path: string) =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));

/** Query values are strings on the wire; what they may be is said by what they become. */
const queryParameters = ({ query }: Route) => {
  if (query === undefined) return [];
  const { properties = {} } = schemaOf(query, 'output') as { properties?: Record<string, unknown> };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }));
};

const headerParameters = (info: ApiInfo, { scopes }: Route) =>
  scopes === 'public'
    ? []
    : info.headers.map(({ name, description }) => ({
        name,
        in: 'header',
        required: true,
        description,
        schema: { type: 'string' },
      }));

const bodyOf = ({ body }: Route) =>
  body === undefined
    ? {}
    : {
        requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } },
      };

const contentOf = (answer: z.ZodType | undefined) =>
  answer === undefined
    ? { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
    : { 'application/json': { schema: schemaOf(answer, 'output') } };

const answerOf = ({ answer, status }: Route) => ({
  description: 'Success.',
  ...(status === 204 ? {} : { content: contentOf(answer) }),
});

const scopesOf = ({ scopes }: Route): string =>
  scopes === 'public'
    ? 'Needs no key.'
    : scopes.length === 0
      ? 'Needs a key.'
      : `Needs ${scopes.join(', ')}.`;

const operationOf = (info: ApiInfo, path: string, route: Route, errors: unknown) => ({
  summary: route.summary,
  description: scopesOf(route),
  ...(route.scopes === 'public' ? { security: [] } : {}),
  parameters: [...pathParameters(path), ...headerParameters(info, route), ...queryParameters(route)],
  ...bodyOf(route),
  responses: {
    [route.status ?? 200]: answerOf(route),
    default: { description: 'Refused.', content: { 'application/json': { schema: errors } } },
  },
});

/** `base` is cut off the paths: it belongs to the server's URL. */
export const openApi = (
  contract: Contract,
  info: ApiInfo,
  base: string,
  error: z.ZodType,
): Record<string, unknown> => {
  const paths: Record<string, Record<string, unknown>> = {};
  const errors = schemaOf(error, 'output');
  for (const [key, route] of Object.entries(contract)) {
    const [method = '', path = ''] = key.split(' ');
    // The reference page and the like: beside the API, not of it.
    if (!path.startsWith(base)) continue;
    const below = path.slice(base.length);
    paths[below] = { ...paths[below], [method.toLowerCase()]: operationOf(info, below, route, errors) };
  }
  return {
    openapi: '3.0.3',
    info: { title: info.title, version: info.version, description: info.description },
    servers: [{ url: base }],
    security: Object.keys(info.security).map((name) => ({ [name]: [] })),
    paths,
    components: { securitySchemes: info.security },
  };
};
