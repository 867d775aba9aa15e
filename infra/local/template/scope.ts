// What one stack's templates can be asked: its parameters, resources, conditions and mappings, and the exports of the stacks before it.
import { PlainError } from '../plain-error.ts';
import type { Stack, TemplateResource } from './assembly.ts';
import { noValue, resolve, resolveCondition, type Scope } from './intrinsics.ts';
import type { Identity, ResourceType } from './resource-type.ts';
import type { World } from './world.ts';

export type ResourceTypes = Readonly<Record<string, ResourceType>>;

/** Values that stacks have exported so far, by name. */
export type Exports = Map<string, unknown>;

export type StackScope = {
  /** The scope of one place, which error messages then name. */
  at: (place: string) => Scope;
  typeOf: (logicalId: string, found: TemplateResource) => ResourceType;
  identityOf: (logicalId: string, found: TemplateResource) => Identity;
};

export const placeOf = (stack: Stack, logicalId: string, type: string): string =>
  `Stack ${stack.name}, resource ${logicalId} (${type})`;

const fail = (place: string, problem: string): never => {
  throw new PlainError(`${place}: ${problem}`);
};

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

const parameterValue = (stack: Stack, name: string, place: string): unknown => {
  const parameter = stack.template.Parameters[name];
  if (parameter === undefined) return fail(place, `there is nothing named ${name} in its stack.`);
  return parameter.Type.startsWith('AWS::SSM::') || parameter.Default === undefined
    ? fail(place, `the parameter ${name} (${parameter.Type}) has no value on this machine.`)
    : parameter.Default;
};

/** Names a resource as CloudFormation does when the template does not: after its stack and logical id. */
const physicalName = (stack: Stack, logicalId: string, given: unknown): string =>
  typeof given === 'string' ? given : `${stack.name}-${logicalId}`;

const unsupported = (type: string): string =>
  `the type ${type} is not supported by the local cloud. Add it to infra/local/template/resource-types.ts, or leave it out of the stack.`;

export const scopeOf = (
  stack: Stack,
  types: ResourceTypes,
  world: World,
  exported: ReadonlyMap<string, unknown>,
): StackScope => {
  const { Resources, Conditions, Mappings } = stack.template;
  const pseudo = pseudoParameters(stack, world);

  const typeOf = (logicalId: string, { Type }: TemplateResource): ResourceType =>
    types[Type] ?? fail(placeOf(stack, logicalId, Type), unsupported(Type));

  const identityOf = (logicalId: string, found: TemplateResource): Identity => {
    const { nameProperty } = typeOf(logicalId, found);
    const scope = at(placeOf(stack, logicalId, found.Type));
    const given = nameProperty === undefined ? undefined : resolve(scope, found.Properties[nameProperty]);
    return { name: physicalName(stack, logicalId, given), world };
  };

  const refer = (place: string, name: string): unknown => {
    if (name in pseudo) return pseudo[name];
    const found = Resources[name];
    if (found === undefined) return parameterValue(stack, name, place);
    return typeOf(name, found).ref(identityOf(name, found));
  };

  const attribute = (place: string, logicalId: string, name: string): unknown => {
    const found = Resources[logicalId] ?? fail(place, `there is no resource ${logicalId} in its stack.`);
    const ask =
      typeOf(logicalId, found).attributes[name] ??
      fail(place, `the attribute ${name} of ${found.Type} is not supported locally.`);
    return ask(identityOf(logicalId, found));
  };

  const at = (place: string): Scope => ({
    place,
    ref: (name) => refer(place, name),
    attribute: (logicalId, name) => attribute(place, logicalId, name),
    importValue: (name) =>
      exported.has(name) ? exported.get(name) : fail(place, `no earlier stack exports ${name}.`),
    condition: (name) =>
      name in Conditions
        ? resolveCondition(at(place), Conditions[name])
        : fail(place, `there is no condition ${name} in its stack.`),
    mapping: (map, first, second) =>
      Mappings[map]?.[first]?.[second] ?? fail(place, `there is no mapping ${map}.${first}.${second}.`),
  });

  return { at, typeOf, identityOf };
};
