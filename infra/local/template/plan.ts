// From templates to a plan: every resource with its resolved properties, each of them known to the local cloud, or an error that names it.
import type * as z from 'zod';
import { PlainError } from '../plain-error.ts';
import type { Stack, TemplateResource } from './assembly.ts';
import { resolve } from './intrinsics.ts';
import type { Resource, ResourceType } from './resource-type.ts';
import { type Exports, placeOf, type ResourceTypes, type StackScope, scopeOf } from './scope.ts';
import type { World } from './world.ts';

export type Planned = { resource: Resource<unknown>; type: ResourceType };

const problemsOf = (issue: z.core.$ZodIssue): string[] => {
  const path = issue.path.map(String);
  return issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => `the property ${[...path, key].join('.')} is not supported by the local cloud.`)
    : [
        `the property ${path.join('.')} has a value that the local cloud does not support (${issue.message}).`,
      ];
};

const isWanted = ({ at }: StackScope, condition: string | undefined, place: string): boolean =>
  condition === undefined || at(place).condition(condition);

const planResource = (
  stack: Stack,
  scope: StackScope,
  logicalId: string,
  found: TemplateResource,
): Planned[] => {
  const place = placeOf(stack, logicalId, found.Type);
  if (!isWanted(scope, found.Condition, place)) return [];
  const type = scope.typeOf(logicalId, found);
  const properties = resolve(scope.at(place), found.Properties);
  const parsed = type.properties.safeParse(properties);
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap(problemsOf);
    throw new PlainError(problems.map((problem) => `${place}: ${problem}`).join('\n'));
  }
  const resource = {
    stack: stack.name,
    logicalId,
    type: found.Type,
    name: scope.identityOf(logicalId, found).name,
    properties,
    metadata: found.Metadata,
    directory: stack.directory,
  };
  return [{ resource, type }];
};

const exportFrom = (stack: Stack, scope: StackScope, exported: Exports): void => {
  for (const [id, { Value, Export, Condition }] of Object.entries(stack.template.Outputs)) {
    const place = `Stack ${stack.name}, output ${id}`;
    if (Export === undefined || !isWanted(scope, Condition, place)) continue;
    exported.set(String(resolve(scope.at(place), Export.Name)), resolve(scope.at(place), Value));
  }
};

/** Collects what cannot be done instead of stopping at it. */
const collecting =
  (problems: string[]) =>
  <Result>(act: () => Result[]): Result[] => {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof PlainError)) throw error;
      problems.push(error.message);
      return [];
    }
  };

/** All problems at once, so that a stack need not be repaired one property per start. */
export const planResources = (stacks: readonly Stack[], types: ResourceTypes, world: World): Planned[] => {
  const exported: Exports = new Map();
  const problems: string[] = [];
  const attempt = collecting(problems);
  const planned = stacks.flatMap((stack) => {
    const scope = scopeOf(stack, types, world, exported);
    const resources = Object.entries(stack.template.Resources).flatMap(([logicalId, found]) =>
      attempt(() => planResource(stack, scope, logicalId, found)),
    );
    attempt(() => {
      exportFrom(stack, scope, exported);
      return [];
    });
    return resources;
  });
  if (problems.length > 0) throw new PlainError(problems.join('\n'));
  return planned;
};
