// What the templates allow, read from their plan: a pure function, so that a test can ask it of any template without starting anything.
import * as z from 'zod';
import type { Planned } from '../template/plan.ts';
import { arnOf, globalArnOf } from '../template/resource-type.ts';
import type { World } from '../template/world.ts';
import type { Condition } from './conditions.ts';
import type { Statement } from './document.ts';
import {
  permissionProperties,
  policyProperties,
  queuePolicyProperties,
  roleProperties,
} from './resources.ts';

export type Role = {
  readonly name: string;
  readonly statements: readonly Statement[];
  readonly trust: readonly Statement[];
};

export type Grants = {
  /** By ARN. */
  readonly roles: ReadonlyMap<string, Role>;
  /** The ARN of each function's role, by the function's name. */
  readonly roleOfFunction: ReadonlyMap<string, string>;
  /** What resources say of themselves, by their ARNs: policies of queues, permissions of functions. */
  readonly ofResource: ReadonlyMap<string, readonly Statement[]>;
};

export const planOf = <Schema extends z.ZodType>(
  planned: readonly Planned[],
  type: string,
  schema: Schema,
): Array<{ resource: Planned['resource']; properties: z.infer<Schema> }> =>
  planned
    .filter(({ resource }) => resource.type === type)
    .map(({ resource }) => ({ resource, properties: schema.parse(resource.properties) }));

const collected = <Value>(
  pairs: ReadonlyArray<readonly [string, readonly Value[]]>,
): Map<string, Value[]> => {
  const byKey = new Map<string, Value[]>();
  for (const [key, values] of pairs) byKey.set(key, [...(byKey.get(key) ?? []), ...values]);
  return byKey;
};

const rolesOf = (planned: readonly Planned[], world: World): Map<string, Role> => {
  const attached = collected(
    planOf(planned, 'AWS::IAM::Policy', policyProperties).flatMap(({ properties }) =>
      properties.Roles.map((name) => [name, properties.PolicyDocument.Statement] as const),
    ),
  );
  return new Map(
    planOf(planned, 'AWS::IAM::Role', roleProperties).map(({ resource: { name }, properties }) => {
      const inline = properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
      const trust = properties.AssumeRolePolicyDocument.Statement;
      return [
        globalArnOf('iam', 'role/')({ name, world }),
        { name, trust, statements: [...inline, ...(attached.get(name) ?? [])] },
      ];
    }),
  );
};

/** Given by ARN or by name. */
export const functionArnOf = (world: World, name: string): string =>
  name.startsWith('arn:') ? name : arnOf('lambda', 'function:')({ name, world });

export const queueArnOfUrl = (world: World, url: string): string =>
  arnOf('sqs')({ name: url.split('/').at(-1) ?? '', world });

/** CloudFormation's short form of a statement in a function's own policy. */
const permissionStatement = (
  functionArn: string,
  { Action, Principal, SourceArn, SourceAccount }: z.infer<typeof permissionProperties>,
): Statement => {
  const conditions: Array<Condition | undefined> = [
    SourceArn === undefined ? undefined : { operator: 'ArnLike', key: 'aws:SourceArn', values: [SourceArn] },
    SourceAccount === undefined
      ? undefined
      : { operator: 'StringEquals', key: 'aws:SourceAccount', values: [SourceAccount] },
  ];
  return {
    Effect: 'Allow',
    Principal: { Service: [Principal] },
    Action: [Action],
    Resource: [functionArn],
    Condition: conditions.filter((each) => each !== undefined),
  };
};

const ownPoliciesOf = (planned: readonly Planned[], world: World): Map<string, Statement[]> => {
  const queues = planOf(planned, 'AWS::SQS::QueuePolicy', queuePolicyProperties).flatMap(({ properties }) =>
    properties.Queues.map((url) => [queueArnOfUrl(world, url), properties.PolicyDocument.Statement] as const),
  );
  const functions = planOf(planned, 'AWS::Lambda::Permission', permissionProperties).map(({ properties }) => {
    const arn = functionArnOf(world, properties.FunctionName);
    return [arn, [permissionStatement(arn, properties)]] as const;
  });
  return collected([...queues, ...functions]);
};

const functionProperties = z.looseObject({ Role: z.string() });

export const grantsOf = (planned: readonly Planned[], world: World): Grants => ({
  roles: rolesOf(planned, world),
  roleOfFunction: new Map(
    planOf(planned, 'AWS::Lambda::Function', functionProperties).map(({ resource, properties }) => [
      resource.name,
      properties.Role,
    ]),
  ),
  ofResource: ownPoliciesOf(planned, world),
});
