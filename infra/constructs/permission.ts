// What a function may do, as data. A wildcard needs its reason in the same place, or it is refused.
import { Stack, Validations } from 'aws-cdk-lib';
import { type IRole, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import type { Construct } from 'constructs';

export type Permission = {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Required as soon as a resource holds a `*`: why it cannot be narrower. */
  readonly wildcardBecause?: string;
};

const statement = ({ actions, resources, conditions }: Permission): PolicyStatement =>
  new PolicyStatement({
    actions: [...actions],
    resources: [...resources],
    ...(conditions === undefined ? {} : { conditions }),
  });

/** The id under which cdk-nag reports this resource; it depends on how the account and region are known. */
const findingOf = (scope: Construct, resource: string): string =>
  `AwsSolutions-IAM5[Resource::${flattenCfnReference(Stack.of(scope).resolve(resource))}]`;

export const explainWildcard = (scope: Construct, resource: string, reason: string): void =>
  Validations.of(scope).acknowledge({ id: findingOf(scope, resource), reason });

/** Not left to the security checks alone: to them the reason for X-Ray's `*` would explain every other `*` of the same role. */
const refuseUnexplained = ({ resources, wildcardBecause }: Permission): void => {
  const wildcards = resources.filter((resource) => resource.includes('*'));
  if (wildcards.length === 0 || wildcardBecause !== undefined) return;
  throw new Error(`A wildcard needs its reason beside it (wildcardBecause): ${wildcards.join(', ')}`);
};

export const allow = (role: IRole, scope: Construct, permission: Permission): void => {
  refuseUnexplained(permission);
  role.addToPrincipalPolicy(statement(permission));
  const { wildcardBecause } = permission;
  if (wildcardBecause === undefined) return;
  for (const resource of permission.resources) explainWildcard(scope, resource, wildcardBecause);
};

export const sendTo = (...queues: readonly IQueue[]): Permission => ({
  actions: ['sqs:SendMessage'],
  resources: queues.map(({ queueArn }) => queueArn),
});

/** A service, as long as it acts for this account: no stranger's rule or schedule can borrow a role of ours. */
export const onlyForUs = (scope: Construct, service: string): ServicePrincipal =>
  new ServicePrincipal(service, {
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
  });

/** ARN of something in AWS IoT of this account and region. */
export const iotArn = (scope: Construct, resource: string, name: string): string =>
  Stack.of(scope).formatArn({ service: 'iot', resource, resourceName: name });
