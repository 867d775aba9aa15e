// What AWS itself does in our name: it polls queues as a function's role, and invokes functions that let it. Checked before anything starts.
import * as z from 'zod';
import { PlainError } from '../plain-error.ts';
import type { Planned } from '../template/plan.ts';
import { arnOf } from '../template/resource-type.ts';
import type { World } from '../template/world.ts';
import type { RequestContext } from './conditions.ts';
import type { Statement } from './document.ts';
import { denialOf, evaluator, type Need } from './evaluate.ts';
import { functionArnOf, type Grants, queueArnOfUrl } from './grants.ts';

/** Either a role that a service takes on, or the service itself, which the function must let in. */
export type Errand =
  | {
      readonly kind: 'as role';
      readonly roleArn: string;
      readonly service: string;
      readonly needs: readonly Need[];
    }
  | {
      readonly kind: 'as itself';
      readonly service: string;
      readonly sourceArn: string;
      readonly functionArn: string;
    };

type Facts = {
  readonly planned: readonly Planned[];
  readonly grants: Grants;
  readonly world: World;
  readonly roleOf: (functionName: string) => string;
};
type ErrandsOf = (planned: Planned['resource'], facts: Facts) => Errand[];

const read =
  <Schema extends z.ZodType>(
    schema: Schema,
    errands: (properties: z.infer<Schema>, resource: Planned['resource'], facts: Facts) => Errand[],
  ): ErrandsOf =>
  (resource, facts) =>
    errands(schema.parse(resource.properties), resource, facts);

const lambda = 'lambda.amazonaws.com';

const functionRuns = read(z.looseObject({ Role: z.string() }), ({ Role }) => [
  { kind: 'as role', roleArn: Role, service: lambda, needs: [] },
]);

const pollActions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

const mappingPolls = read(
  z.looseObject({ FunctionName: z.string(), EventSourceArn: z.string() }),
  ({ FunctionName, EventSourceArn }, _resource, { roleOf }) => [
    {
      kind: 'as role',
      roleArn: roleOf(FunctionName),
      service: lambda,
      needs: pollActions.map((action) => ({ action, resource: EventSourceArn })),
    },
  ],
);

/** By the kind of destination. */
const handOverActions: Readonly<Record<string, string>> = {
  sqs: 'sqs:SendMessage',
  lambda: 'lambda:InvokeFunction',
};
const handOver = (arn: string): Need => ({
  action: handOverActions[arn.split(':')[2] ?? ''] ?? 'an action that the local cloud does not know',
  resource: arn,
});

const failureIsHandedOver = read(
  z.looseObject({
    FunctionName: z.string(),
    DestinationConfig: z
      .looseObject({ OnFailure: z.looseObject({ Destination: z.string() }).optional() })
      .optional(),
  }),
  ({ FunctionName, DestinationConfig }, _resource, { roleOf }) => {
    const arn = DestinationConfig?.OnFailure?.Destination;
    if (arn === undefined) return [];
    return [{ kind: 'as role', roleArn: roleOf(FunctionName), service: lambda, needs: [handOver(arn)] }];
  },
);

const ruleAction = z.looseObject({
  Lambda: z.looseObject({ FunctionArn: z.string() }).optional(),
  Sqs: z.looseObject({ QueueUrl: z.string(), RoleArn: z.string() }).optional(),
});

const iot = 'iot.amazonaws.com';

const ruleActs = read(
  z.looseObject({
    TopicRulePayload: z.looseObject({ Actions: z.array(ruleAction), ErrorAction: ruleAction.optional() }),
  }),
  ({ TopicRulePayload: { Actions, ErrorAction } }, { name }, { world }) => {
    const sourceArn = arnOf('iot', 'rule/')({ name, world });
    return [...Actions, ...(ErrorAction === undefined ? [] : [ErrorAction])].flatMap(
      ({ Lambda, Sqs }): Errand[] => [
        ...(Lambda === undefined
          ? []
          : [{ kind: 'as itself' as const, service: iot, sourceArn, functionArn: Lambda.FunctionArn }]),
        ...(Sqs === undefined
          ? []
          : [
              {
                kind: 'as role' as const,
                roleArn: Sqs.RoleArn,
                service: iot,
                needs: [{ action: 'sqs:SendMessage', resource: queueArnOfUrl(world, Sqs.QueueUrl) }],
              },
            ]),
      ],
    );
  },
);

const scheduleWakes = read(
  z.looseObject({ Target: z.looseObject({ Arn: z.string(), RoleArn: z.string() }) }),
  ({ Target: { Arn, RoleArn } }) => [
    { kind: 'as role', roleArn: RoleArn, service: 'scheduler.amazonaws.com', needs: [handOver(Arn)] },
  ],
);

const isFunction = (arn: string): boolean => arn.split(':')[2] === 'lambda';

const eventRuleWakes = read(
  z.looseObject({ Targets: z.array(z.looseObject({ Arn: z.string() })).default([]) }),
  ({ Targets }, { name }, { world }) =>
    Targets.filter(({ Arn }) => isFunction(Arn)).map(({ Arn }) => ({
      kind: 'as itself',
      service: 'events.amazonaws.com',
      sourceArn: arnOf('events', 'rule/')({ name, world }),
      functionArn: Arn,
    })),
);

const integrations = z.looseObject({ IntegrationUri: z.string() });

const routeInvokes = read(
  z.looseObject({ ApiId: z.string(), RouteKey: z.string(), Target: z.string() }),
  ({ ApiId, RouteKey, Target }, _resource, { planned, world }) => {
    const integration = planned.find(
      ({ resource }) =>
        resource.type === 'AWS::ApiGatewayV2::Integration' && Target === `integrations/${resource.name}`,
    );
    if (integration === undefined) return [];
    const [method, path = '/'] = RouteKey.split(' ');
    return [
      {
        kind: 'as itself',
        service: 'apigateway.amazonaws.com',
        sourceArn: arnOf('execute-api')({ name: `${ApiId}/$default/${method}${path}`, world }),
        functionArn: integrations.parse(integration.resource.properties).IntegrationUri,
      },
    ];
  },
);

const errandsByType: Readonly<Record<string, ErrandsOf>> = {
  'AWS::Lambda::Function': functionRuns,
  'AWS::Lambda::EventSourceMapping': mappingPolls,
  'AWS::Lambda::EventInvokeConfig': failureIsHandedOver,
  'AWS::IoT::TopicRule': ruleActs,
  'AWS::Scheduler::Schedule': scheduleWakes,
  'AWS::Events::Rule': eventRuleWakes,
  'AWS::ApiGatewayV2::Route': routeInvokes,
};

export type Placed = { readonly place: string; readonly errand: Errand };

export const errandsOf = (planned: readonly Planned[], grants: Grants, world: World): Placed[] => {
  const roleOf = (nameOrArn: string): string =>
    grants.roleOfFunction.get(functionArnOf(world, nameOrArn).split(':').at(-1) ?? '') ?? 'no role';
  const facts = { planned, grants, world, roleOf };
  return planned.flatMap(({ resource }) => {
    const place = `Stack ${resource.stack}, resource ${resource.logicalId} (${resource.type})`;
    return (errandsByType[resource.type]?.(resource, facts) ?? []).map((errand) => ({ place, errand }));
  });
};

const speaksTo =
  (service: string) =>
  ({ Principal }: Statement): boolean =>
    Principal?.Service?.includes(service) ?? false;

const denied = (
  who: string,
  statements: readonly Statement[],
  need: Need,
  context: RequestContext,
): string[] => {
  const decision = evaluator(statements)(need, context);
  return decision.allowed ? [] : [denialOf(who, need, decision)];
};

const objectionsTo = (errand: Errand, { roles, ofResource }: Grants, { accountId }: World): string[] => {
  const context: RequestContext = { 'aws:SecureTransport': 'true', 'aws:SourceAccount': accountId };
  if (errand.kind === 'as itself') {
    const { service, functionArn, sourceArn } = errand;
    const need = { action: 'lambda:InvokeFunction', resource: functionArn };
    const permissions = (ofResource.get(functionArn) ?? []).filter(speaksTo(service));
    return denied(`${service} for ${sourceArn}`, permissions, need, {
      ...context,
      'aws:SourceArn': sourceArn,
    });
  }
  const { roleArn, service, needs } = errand;
  const role = roles.get(roleArn);
  if (role === undefined) return [`the templates declare no role ${roleArn}`];
  const trust = role.trust.filter(speaksTo(service));
  return [
    ...denied(service, trust, { action: 'sts:AssumeRole', resource: roleArn }, context),
    ...needs.flatMap((need) => denied(role.name, role.statements, need, context)),
  ];
};

/** What AWS would refuse to do for us, a sentence each. */
export const wiringProblems = (planned: readonly Planned[], grants: Grants, world: World): string[] =>
  errandsOf(planned, grants, world).flatMap(({ place, errand }) =>
    objectionsTo(errand, grants, world).map((objection) => `${place}: ${objection}.`),
  );

export const checkWiring = (planned: readonly Planned[], grants: Grants, world: World): void => {
  const problems = wiringProblems(planned, grants, world);
  if (problems.length > 0) throw new PlainError(problems.join('\n'));
};
