// Reads a CDK cloud assembly (cdk.out): its stacks and their templates, in the order in which they would be deployed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { PlainError } from '../plain-error.ts';

const artifact = z.looseObject({
  type: z.string(),
  dependencies: z.array(z.string()).default([]),
  properties: z.record(z.string(), z.unknown()).default({}),
});
type Artifact = z.infer<typeof artifact>;

const manifest = z.looseObject({ artifacts: z.record(z.string(), artifact).default({}) });

const stackProperties = z.looseObject({ templateFile: z.string(), stackName: z.string().optional() });
const nestedProperties = z.looseObject({ directoryName: z.string() });

/** Strict: what a template says outside of these keys would be skipped without a word. */
const resource = z.strictObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Metadata: z.record(z.string(), z.unknown()).default({}),
  Condition: z.string().optional(),
  DependsOn: z.union([z.string(), z.array(z.string())]).optional(),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
});

const output = z.looseObject({
  Value: z.unknown().optional(),
  Export: z.looseObject({ Name: z.unknown().optional() }).optional(),
  Condition: z.string().optional(),
});

const template = z.strictObject({
  AWSTemplateFormatVersion: z.unknown().optional(),
  Description: z.unknown().optional(),
  Metadata: z.unknown().optional(),
  Parameters: z
    .record(z.string(), z.looseObject({ Type: z.string(), Default: z.unknown().optional() }))
    .default({}),
  /** CDK checks here that the account is bootstrapped; on this machine there is nothing to bootstrap. */
  Rules: z.unknown().optional(),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  Resources: z.record(z.string(), resource).default({}),
  Outputs: z.record(z.string(), output).default({}),
});

export type Template = z.infer<typeof template>;
export type TemplateResource = z.infer<typeof resource>;

export type Stack = {
  name: string;
  /** Where asset paths start. */
  directory: string;
  template: Template;
};

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

export const parseTemplate = (stackName: string, content: unknown): Template => {
  const parsed = template.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new PlainError(
    `Stack ${stackName}: the local cloud cannot read its template at ${issue?.path.join('.') || 'the top'}: ${issue?.message}.`,
  );
};

const dependenciesFirst = (artifacts: Record<string, Artifact>): string[] => {
  const ordered = new Set<string>();
  const visit = (id: string, path: readonly string[]): void => {
    if (ordered.has(id) || path.includes(id)) return;
    for (const dependency of artifacts[id]?.dependencies ?? []) visit(dependency, [...path, id]);
    ordered.add(id);
  };
  for (const id of Object.keys(artifacts)) visit(id, []);
  return [...ordered];
};

const stackOf = (directory: string, id: string, { properties }: Artifact): Stack => {
  const { templateFile, stackName } = stackProperties.parse(properties);
  const name = stackName ?? id;
  return { name, directory, template: parseTemplate(name, readJson(join(directory, templateFile))) };
};

const readers: Record<string, (directory: string, id: string, artifact: Artifact) => Stack[]> = {
  'aws:cloudformation:stack': (directory, id, found) => [stackOf(directory, id, found)],
  'cdk:cloud-assembly': (directory, _id, { properties }) =>
    readAssembly(join(directory, nestedProperties.parse(properties).directoryName)),
  // What was published where, and how the constructs hung together: nothing that runs.
  'cdk:asset-manifest': () => [],
  'cdk:tree': () => [],
  'cdk:feature-flag-report': () => [],
  'aws:cdk:feature-flag-report': () => [],
};

export const readAssembly = (directory: string): Stack[] => {
  const file = join(directory, 'manifest.json');
  if (!existsSync(file))
    throw new PlainError(`${directory} holds no synthesized CDK app (no manifest.json).`);
  const { artifacts } = manifest.parse(readJson(file));
  return dependenciesFirst(artifacts).flatMap((id) => {
    const found = artifacts[id];
    if (found === undefined) return [];
    const read = readers[found.type];
    if (read === undefined) {
      throw new PlainError(
        `${file}: the local cloud does not know artifacts of the type ${found.type} (${id}).`,
      );
    }
    return read(directory, id, found);
  });
};
