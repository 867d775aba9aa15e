// How our house builds a function: one small ESM bundle, a role and a log group of its own, and exactly the environment it reads.
import type { Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Environment, FunctionName } from '#operations/environment';
import { bundled } from './bundle.ts';
import { type ErrorImpact, saysWhoIsHurt } from './error-impact.ts';
import { allow, explainWildcard, type Permission } from './permission.ts';
import { named, type Stage } from './stage.ts';

export const entries: Record<FunctionName, string> = {
  'api-miru': 'functions/api/miru.ts',
  'api-heat': 'functions/api/heat.ts',
  'api-humanitec': 'functions/api/humanitec.ts',
  'api-device': 'functions/api/device.ts',
  'carry-out-transition': 'functions/workers/carry-out-transition.ts',
  'take-report': 'functions/workers/take-report.ts',
  'serve-content': 'functions/workers/serve-content.ts',
  'roll-out': 'functions/workers/roll-out.ts',
  'halt-rollouts': 'functions/workers/halt-rollouts.ts',
  'deliver-webhook': 'functions/workers/deliver-webhook.ts',
  'sweep-contents': 'functions/workers/sweep-contents.ts',
  'sweep-overdue': 'functions/workers/sweep-overdue.ts',
};

/** Every variable that the function reads and no other: one that is missing or unknown does not compile. */
export type Variables<Name extends FunctionName> = { readonly [Key in keyof Environment<Name>]: string };

export type HouseFunctionProps<Name extends FunctionName> = ErrorImpact & {
  readonly stage: Stage;
  readonly name: Name;
  readonly memoryMb: number;
  readonly timeout: Duration;
  readonly environment: Variables<Name>;
  readonly may: readonly Permission[];
  /** It sends messages to its own queue, as often as it takes: Lambda would take that for a mistake after some 16 rounds and stop it. */
  readonly sendsToItself?: boolean;
};

/** CDK's default role may write to every log group of the account; this one starts empty. */
const emptyRole = (scope: Construct, functionName: string): Role =>
  new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: `What ${functionName} may do, and nothing else`,
  });

export class HouseFunction<Name extends FunctionName = FunctionName> extends Construct {
  readonly lambda: LambdaFunction;
  /** As metrics name it; the short one is the dimension `function` of our own. */
  readonly functionName: string;
  readonly name: FunctionName;
  readonly memoryMb: number;

  constructor(scope: Construct, id: string, props: HouseFunctionProps<Name>) {
    super(scope, id);
    const { stage, name, memoryMb, timeout, environment, may, errorImpact, sendsToItself = false } = props;
    // Named, because operators search logs and metrics by what they know: stage and function.
    const functionName = named(stage, name);
    this.functionName = functionName;
    this.name = name;
    this.memoryMb = memoryMb;
    const role = emptyRole(this, functionName);
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: stage.logRetention,
      removalPolicy: stage.removalPolicy,
    });
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName,
      description: errorImpact,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: memoryMb,
      timeout,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      // Lambda's own START, END and REPORT of each invocation would weigh as much as our lines, and say nothing that is not a metric.
      systemLogLevelV2: SystemLogLevel.WARN,
      // Sampled: the function itself decides which invocations say so much.
      applicationLogLevelV2: ApplicationLogLevel.DEBUG,
      tracing: Tracing.ACTIVE,
      environment: { ...environment },
      code: bundled(entries[name]),
      handler: 'index.handler',
      ...(sendsToItself ? { recursiveLoop: RecursiveLoop.ALLOW } : {}),
    });
    logGroup.grantWrite(role);
    explainWildcard(
      this,
      '*',
      'X-Ray has no resources to name; the only other actions on * are those that say so beside them.',
    );
    for (const permission of may) allow(role, this, permission);
    saysWhoIsHurt(this.lambda, { errorImpact });
  }
}
