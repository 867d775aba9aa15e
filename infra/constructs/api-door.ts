// How our house builds its door to the internet: one HTTP API, exactly the routes of the contracts, and one catch-all per dialect.
import { Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type ErrorImpact, saysWhoIsHurt } from './error-impact.ts';
import type { HouseFunction } from './function.ts';
import { named, type Stage } from './stage.ts';

/** Under the account's own limits (10,000 and 5,000), so that one stage cannot starve another in the same account. */
const throttle = { rateLimit: 2_000, burstLimit: 4_000 };

/** One line per request, without query strings and headers: those may hold what nobody should read in a log. */
const accessLogFields = {
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  sourceIp: '$context.identity.sourceIp',
  userAgent: '$context.identity.userAgent',
  method: '$context.httpMethod',
  path: '$context.path',
  route: '$context.routeKey',
  status: '$context.status',
  responseBytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  integrationError: '$context.integrationErrorMessage',
  gatewayError: '$context.error.message',
};

type Opening = {
  /** Keys of the contract, such as `GET /beta/deployments/{id}`. */
  readonly routes: readonly string[];
  /** Path below which this dialect answers everything else, in its own words; the more specific one wins. */
  readonly catchAll: `/${string}{proxy+}`;
  readonly to: HouseFunction;
};

const methodNamed = (name: string | undefined): HttpMethod | undefined =>
  Object.values(HttpMethod).find((method) => method === name);

const routeKeyOf = (route: string): HttpRouteKey => {
  const [name, path] = route.split(' ');
  const method = methodNamed(name);
  if (method === undefined || path === undefined)
    throw new Error(`"${route}" is no route: write "GET /path".`);
  return HttpRouteKey.with(path, method);
};

export class ApiDoor extends Construct {
  readonly url: string;
  readonly id: string;
  readonly #api: HttpApi;

  constructor(scope: Construct, id: string, { stage, errorImpact }: { readonly stage: Stage } & ErrorImpact) {
    super(scope, id);
    this.#api = new HttpApi(this, 'Api', {
      apiName: named(stage),
      description: errorImpact,
      createDefaultStage: false,
    });
    // AWS lists every other log group in one resource policy, which ends at 5,120 characters; this prefix needs no entry there.
    const logs = new LogGroup(this, 'AccessLogs', {
      logGroupName: `/aws/vendedlogs/${named(stage, 'api')}`,
      retention: stage.logRetention,
      removalPolicy: stage.removalPolicy,
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.#api,
      stageName: '$default',
      autoDeploy: true,
      // Requests, refusals, faults and latency of each operation; our own lines count by function.
      detailedMetricsEnabled: true,
      throttle,
      accessLogSettings: {
        destination: new LogGroupLogDestination(logs),
        format: AccessLogFormat.custom(JSON.stringify(accessLogFields)),
      },
    });
    this.url = this.#api.apiEndpoint;
    this.id = this.#api.apiId;
    saysWhoIsHurt(this.#api, { errorImpact });
    Validations.of(this.#api).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        'The door itself authenticates: one cached read of a hashed key, or a single-use activation token, and a refusal in the words of the dialect. An authorizer would be a second function with answers of its own.',
    });
  }

  opens({ routes, catchAll, to }: Opening): void {
    // One integration and one permission for the whole API: a permission per route would overflow the function's policy. Both get
    // their logical ids from the first route that needs them: the catch-all, which no change of the contract takes away.
    const integration = new HttpLambdaIntegration(to.node.id, to.lambda, { scopePermissionToRoute: false });
    for (const route of [`ANY ${catchAll}`, ...routes]) {
      const routeKey = routeKeyOf(route);
      new HttpRoute(this.#api, route.replaceAll('/', '.'), { httpApi: this.#api, routeKey, integration });
    }
  }
}
