// From templates to a plan: every resource with its resolved properties, each of them known to the local cloud, or an error that names it.
import type * as z from 'zod';
import { PlainError } from '../plain-error.ts';
import type { Stack, TemplateResource } from './assembly.ts';
import { noValue, resolve, resolveCondition, type Scope } from './intrinsics.ts';
import type { Identity, Resource, ResourceType } from './resource-type.ts';
import type { World } from './world.ts';

export type ResourceTypes = Readonly<Record<string, ResourceType>>;

export type Planned = { resource: Resource<unknown>; type: ResourceType };

const placeOf = (stack: Stack, logicalId: string, type: string): string =>
  `Stack ${stack.name}, resource ${logicalId} (${type})`;

const pseudoParameters = (
  stack: Stack,
  { region, accountId, partition }: World,
): Record<string, unknown> => ({
  'AWS::Region': region,
  'AWS::AccountId': accountId,
  'AWS::Partition': partition,
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': stack.name,
  'AWS::StackId': `arn:${partition}:cloudformation:${region}:${accountId}:stack/${stack.name}/local`,
  'AWS::NoValue': noValue,
});

const typeOf = (
  types: ResourceTypes,
  stack: Stack,
  logicalId: string,
  { Type }: TemplateResource,
): ResourceType => {
  const found = types[Type];
  if (found !== undefined) return found;
  throw new PlainError(
    `${placeOf(stack, logicalId, Type)}: the type ${Type} is not supported by the local cloud. Add it to infra/local/template/resource-types.ts, or leave it out of the stack.`,
  );
};

/** Names a resource as CloudFormation does when the template does not: after its stack and logical id. */
const physicalName = (stack: Stack, logicalId: string, given: unknown): string =>
  typeof given === 'string' ? given : `${stack.name}-${logicalId}`;

const parameterValue = (stack: Stack, name: string, place: string): unknown => {
  const parameter = stack.template.Parameters[name];
  if (parameter === undefined) throw new PlainError(`${place}: there is nothing named ${name} in its stack.`);
  if (parameter.Type.startsWith('AWS::SSM::') || parameter.Default === undefined) {
    throw new PlainError(`${place}: the parameter ${name} (${parameter.Type}) has no value on this machine.`);
  }
  return parameter.Default;
};

/** Everything that one stack can be asked; exports of the stacks before it are in `exported`. */
const scopesOf = (
  stack: Stack,
  types: ResourceTypes,
  world: World,
  exported: ReadonlyMap<string, unknown>,
) => {
  const { Resources, Conditions, Mappings } = stack.template;
  const pseudo = pseudoParameters(stack, world);

  const scopeAt = (place: string): Scope => ({
    place,
    ref: (name) => {
      if (name in pseudo) return pseudo[name];
      const found = Resources[name];
      if (found === undefined) return parameterValue(stack, name, place);
      return typeOf(types, stack, name, found).ref(identityOf(name, found));
    },
    attribute: (logicalId, attribute) => {
      const found = Resources[logicalId];
      if (found === undefined)
        throw new PlainError(`${place}: there is no resource ${logicalId} in its stack.`);
      const ask = typeOf(types, stack, logicalId, found).attributes[attribute];
      if (ask === undefined) {
        throw new PlainError(
          `${place}: the attribute ${attribute} of ${found.Type} is not supported locally.`,
        );
      }
      return ask(identityOf(logicalId, found));
    },
    importValue: (name) => {
      if (!exported.has(name)) throw new PlainError(`${place}: no earlier stack exports ${name}.`);
      return exported.get(name);
    },
    condition: (name) => {
      if (!(name in Conditions))
        throw new PlainError(`${place}: there is no condition ${name} in its stack.`);
      return resolveCondition(scopeAt(place), Conditions[name]);
    },
    mapping: (map, first, second) =>
      Mappings[map]?.[first]?.[second] ??
      (() => {
        throw new PlainError(`${place}: there is no mapping ${map}.${first}.${second}.`);
      })(),
  });

  const identityOf = (logicalId: string, found: TemplateResource): Identity => {
    const { nameProperty } = typeOf(types, stack, logicalId, found);
    const scope = scopeAt(placeOf(stack, logicalId, found.Type));
    const given = nameProperty === undefined ? undefined : resolve(scope, found.Properties[nameProperty]);
    return { name: physicalName(stack, logicalId, given), world };
  };

  return { scopeAt, identityOf };
};

const pathOf = (issue: z.core.$ZodIssue): string => {
  const keys = issue.code === 'unrecognized_keys' ? [issue.keys[0]] : [];
  return [...issue.path, ...keys].map(String).join('.');
};

const problemOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'unrecognized_keys'
    ? `the property ${pathOf(issue)} is not supported by the local cloud`
    : `the property ${pathOf(issue)} has a value that the local cloud does not support (${issue.message})`;

const planStack = (
  stack: Stack,
  types: ResourceTypes,
  world: World,
  exported: Map<string, unknown>,
  problems: string[],
): Planned[] => {
  const { scopeAt, identityOf } = scopesOf(stack, types, world, exported);

  const isWanted = (condition: string | undefined, place: string): boolean =>
    condition === undefined || scopeAt(place).condition(condition);

  const plan = (logicalId: string, found: TemplateResource): Planned[] => {
    const place = placeOf(stack, logicalId, found.Type);
    if (!isWanted(found.Condition, place)) return [];
    const type = typeOf(types, stack, logicalId, found);
    const parsed = type.properties.safeParse(resolve(scopeAt(place), found.Properties));
    if (!parsed.success) {
      problems.push(...parsed.error.issues.map((issue) => `${place}: ${problemOf(issue)}.`));
      return [];
    }
    const { name } = identityOf(logicalId, found);
    const { directory, name: stackName } = stack;
    const resource = {
      stack: stackName,
      logicalId,
      type: found.Type,
      name,
      properties: resolve(scopeAt(place), found.Properties),
      metadata: found.Metadata,
      directory,
    };
    return [{ resource, type }];
  };

  const planned = Object.entries(stack.template.Resources).flatMap(([logicalId, found]) => {
    try {
      return plan(logicalId, found);
    } catch (error) {
      if (!(error instanceof PlainError)) throw error;
      problems.push(error.message);
      return [];
    }
  });

  for (const [id, { Value, Export, Condition }] of Object.entries(stack.template.Outputs)) {
    const place = `Stack ${stack.name}, output ${id}`;
    if (Export === undefined || !isWanted(Condition, place)) continue;
    exported.set(String(resolve(scopeAt(place), Export.Name)), resolve(scopeAt(place), Value));
  }
  return planned;
};

/** All problems at once, so that a stack need not be repaired one property per start. */
export const planResources = (stacks: readonly Stack[], types: ResourceTypes, world: World): Planned[] => {
  const exported = new Map<string, unknown>();
  const problems: string[] = [];
  const planned = stacks.flatMap((stack) => planStack(stack, types, world, exported, problems));
  if (problems.length > 0) throw new PlainError(problems.join('\n'));
  return planned;
};
