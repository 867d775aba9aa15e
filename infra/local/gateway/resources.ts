// The HTTP API resources of our templates: one API, its routes, and the functions behind them.
import * as z from 'zod';
import { PlainError } from '../plain-error.ts';
import { resourceType, withoutEffect } from '../template/resource-type.ts';
import type { Stage } from './event.ts';
import type { Route } from './routes.ts';

/** Collected while the templates start; the gateway opens when all of it is known. */
export type HttpApis = {
  addApi: (id: string) => void;
  addIntegration: (id: string, integration: { functionArn: string; timeoutMs: number }) => void;
  addRoute: (routeKey: string, target: string) => void;
  api: (accountId: string) => Stage;
  routes: () => Route[];
};

export const httpApis = (): HttpApis => {
  const apis = new Set<string>();
  const integrations = new Map<string, { functionArn: string; timeoutMs: number }>();
  const routes: Array<{ routeKey: string; target: string }> = [];
  return {
    addApi: (id) => {
      apis.add(id);
      if (apis.size > 1)
        throw new PlainError('the local cloud has one port and so one HTTP API, and this is the second');
    },
    addIntegration: (id, integration) => integrations.set(`integrations/${id}`, integration),
    addRoute: (routeKey, target) => routes.push({ routeKey, target }),
    api: (accountId) => ({ apiId: [...apis][0] ?? 'none', accountId }),
    routes: () =>
      routes.map(({ routeKey, target }) => {
        const integration = integrations.get(target);
        if (integration === undefined)
          throw new PlainError(`the route ${routeKey} leads to ${target}, which does not exist`);
        return { routeKey, ...integration };
      }),
  };
};

const api = resourceType({
  properties: z.strictObject({
    Name: z.string(),
    ProtocolType: z.literal('HTTP'),
    Description: withoutEffect('words for people'),
    Tags: withoutEffect('nothing is billed here'),
  }),
  nameProperty: 'Name',
  attributes: { ApiId: ({ name }) => name, ApiEndpoint: ({ world }) => world.apiUrl },
  starts: { with: 'wiring', start: ({ name }, { apis }) => apis.addApi(name) },
});

const integration = resourceType({
  properties: z.strictObject({
    ApiId: z.string(),
    IntegrationType: z.literal('AWS_PROXY'),
    IntegrationUri: z.string().regex(/^arn:[^:]+:lambda:/, 'only functions answer here'),
    PayloadFormatVersion: z.literal('2.0'),
    TimeoutInMillis: z.number().int().min(50).max(30_000).default(30_000),
    IntegrationMethod: withoutEffect('a function is always invoked'),
    Description: withoutEffect('words for people'),
  }),
  starts: {
    with: 'wiring',
    start: ({ name, properties }, { apis }) =>
      apis.addIntegration(name, {
        functionArn: properties.IntegrationUri,
        timeoutMs: properties.TimeoutInMillis,
      }),
  },
});

const route = resourceType({
  properties: z.strictObject({
    ApiId: z.string(),
    RouteKey: z.string(),
    Target: z.string(),
    AuthorizationType: z.literal('NONE').default('NONE'),
  }),
  starts: {
    with: 'wiring',
    start: ({ properties: { RouteKey, Target } }, { apis }) => apis.addRoute(RouteKey, Target),
  },
});

const stage = resourceType({
  properties: z.strictObject({
    ApiId: z.string(),
    StageName: z.literal('$default'),
    AutoDeploy: z.literal(true),
    AccessLogSettings: withoutEffect('one line per request goes to logs/http-api.log'),
    DefaultRouteSettings: withoutEffect('a machine of one person needs no throttle'),
    Description: withoutEffect('words for people'),
    Tags: withoutEffect('nothing is billed here'),
  }),
});

export const gatewayTypes = {
  'AWS::ApiGatewayV2::Api': api,
  'AWS::ApiGatewayV2::Stage': stage,
  'AWS::ApiGatewayV2::Integration': integration,
  'AWS::ApiGatewayV2::Route': route,
};
