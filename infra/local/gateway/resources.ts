// The HTTP API resources of our templates: one API, its routes, and the functions behind them.
import * as z from 'zod';
import { resourceType, withoutEffect } from '../template/resource-type.ts';

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
