// The templates of a stage as the tests read them: synthesized once per stage, without bundling, in an account and region that are known.
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { stageNamed } from '#infra/constructs/stage';
import { context } from '#infra/stacks/context';
import { shadowcast } from '#infra/stacks/shadowcast';

export const somewhere = { account: '123456789012', region: 'us-gov-west-1' };
export const partition = 'aws-us-gov';

export const appOf = (stage: string, env = {}) => {
  const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } });
  return { app, stacks: shadowcast(app, stageNamed(stage), env) };
};

type StageName = 'dev' | 'prod';

const synthesize = (stage: StageName): Template[] =>
  Object.values<Stack>(appOf(stage, somewhere).stacks).map((stack) => Template.fromStack(stack));

const synthesized = new Map<StageName, Template[]>();

const templatesOf = (stage: StageName): Template[] => {
  const templates = synthesized.get(stage) ?? synthesize(stage);
  synthesized.set(stage, templates);
  return templates;
};

/** Properties are of as many shapes as AWS has; each test says which it means. */
export type Resource = ReturnType<Template['findResources']>[string];

export const resourcesOf = (type: string, stage: StageName = 'dev'): Record<string, Resource> =>
  Object.assign({}, ...templatesOf(stage).map((template) => template.findResources(type)));

export const all = (type: string, stage: StageName = 'dev'): Resource[] =>
  Object.values(resourcesOf(type, stage));

export const everyResource = (): Resource[] =>
  templatesOf('dev').flatMap((template) => Object.values<Resource>(template.toJSON().Resources));

/** The text of an ARN: with a known account and region only the partition is left to fill in. */
export const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const joined = Object(value)['Fn::Join']?.[1];
  return Array.isArray(joined)
    ? joined.map(textOf).join('')
    : Object(value).Ref === 'AWS::Partition'
      ? partition
      : '?';
};

export const listOf = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);
