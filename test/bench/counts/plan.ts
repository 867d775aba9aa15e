// What the templates declare, without bundling anything: functions, what feeds them, rules and the table, with their values resolved.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import * as z from 'zod';
import { stageNamed } from '#infra/constructs/stage';
import { localAccount, localRegion } from '#infra/local/state';
import { readAssembly } from '#infra/local/template/assembly';
import { type Planned, planResources } from '#infra/local/template/plan';
import { resourceTypes } from '#infra/local/template/resource-types';
import { context } from '#infra/stacks/context';
import { shadowcast } from '#infra/stacks/shadowcast';

const lambda = z.looseObject({
  MemorySize: z.number().default(128),
  Environment: z.looseObject({ Variables: z.record(z.string(), z.string()) }).optional(),
});
const mapping = z.looseObject({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  BatchSize: z.number(),
});
const rule = z.looseObject({ TopicRulePayload: z.unknown() });

export interface PlannedFunction {
  /** As it is called in the repository: `api-miru`. */
  readonly name: string;
  readonly fullName: string;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
}

export interface Feed {
  readonly queueUrl: string;
  readonly functionName: string;
  readonly batchSize: number;
}

export interface Plan {
  readonly planned: readonly Planned[];
  readonly functions: ReadonlyMap<string, PlannedFunction>;
  readonly feeds: readonly Feed[];
  readonly rules: readonly { readonly name: string; readonly payload: unknown }[];
}

const stage = stageNamed('dev');
const prefix = `shadowcast-${stage.name}-`;
export const shortName = (arnOrName: string): string =>
  arnOrName.slice(arnOrName.lastIndexOf(':') + 1).replace(prefix, '');

const synthesize = (outdir: string): void => {
  const app = new App({
    analyticsReporting: false,
    // `cdk synth` holds the templates against CloudFormation's rules; that takes longer than all of this.
    builtinCloudFormationValidation: false,
    outdir,
    context: { ...context, 'aws:cdk:bundling-stacks': [] },
  });
  shadowcast(app, stage);
  app.synth();
};

const planAt = (queueBase: string): readonly Planned[] => {
  const outdir = mkdtempSync(join(tmpdir(), 'shadowcast-bench-'));
  try {
    synthesize(outdir);
    return planResources(readAssembly(outdir), resourceTypes, {
      region: localRegion,
      accountId: localAccount,
      partition: 'aws',
      queueUrl: (name) => `${queueBase}/${name}`,
      apiUrl: 'http://127.0.0.1',
    });
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
};

export const readPlan = (queueBase: string): Plan => {
  const planned = planAt(queueBase);
  const ofType = (type: string) => planned.map(({ resource }) => resource).filter((one) => one.type === type);
  const functions = ofType('AWS::Lambda::Function').map(({ name: fullName, properties }) => {
    const { MemorySize: memoryMb, Environment } = lambda.parse(properties);
    return { name: shortName(fullName), fullName, memoryMb, environment: Environment?.Variables ?? {} };
  });
  return {
    planned,
    functions: new Map(functions.map((one) => [one.name, one])),
    feeds: ofType('AWS::Lambda::EventSourceMapping').map(({ properties }) => {
      const { EventSourceArn, FunctionName, BatchSize: batchSize } = mapping.parse(properties);
      const queue = EventSourceArn.slice(EventSourceArn.lastIndexOf(':') + 1);
      return { queueUrl: `${queueBase}/${queue}`, functionName: shortName(FunctionName), batchSize };
    }),
    rules: ofType('AWS::IoT::TopicRule').map(({ name, properties }) => ({
      name,
      payload: rule.parse(properties).TopicRulePayload,
    })),
  };
};
