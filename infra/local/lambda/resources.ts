// The Lambda resources of our templates: functions, how they are invoked asynchronously, and what feeds them.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import type { Parts } from '../parts.ts';
import { PlainError } from '../plain-error.ts';
import { arnOf, type Resource, resourceType, withoutEffect } from '../template/resource-type.ts';
import { startEventSource } from './event-source.ts';

/** Where the template reserves none: enough to show concurrency, few enough for two cores. */
const concurrencyByDefault = 4;

const functionProperties = z.strictObject({
  FunctionName: z.string().optional(),
  Code: z.strictObject({
    S3Bucket: withoutEffect('the bundle is taken from the cloud assembly itself'),
    S3Key: withoutEffect('the bundle is taken from the cloud assembly itself'),
  }),
  Handler: z.string(),
  Runtime: z.literal(['nodejs22.x', 'nodejs24.x']),
  MemorySize: z.number().default(128),
  Timeout: z.number().default(3),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.string()).default({}) }).optional(),
  ReservedConcurrentExecutions: z.number().int().positive().optional(),
  RecursiveLoop: withoutEffect('nothing counts rounds here'),
  Role: z.string(),
  Architectures: withoutEffect('the bundle is JavaScript'),
  Description: withoutEffect('words for people'),
  LoggingConfig: withoutEffect('logs go to files'),
  TracingConfig: withoutEffect('there is no X-Ray here'),
  Tags: withoutEffect('nothing is billed here'),
});
type FunctionProperties = z.infer<typeof functionProperties>;

const extensions = ['.mjs', '.js', '.cjs'];

/** `index.handler` of the bundle that the function's metadata names. */
const handlerOf = ({ properties, metadata, directory }: Resource<FunctionProperties>) => {
  const asset = metadata['aws:asset:path'];
  if (typeof asset !== 'string') throw new PlainError('its metadata names no bundle (aws:asset:path)');
  const [module = '', handlerName = 'handler'] = properties.Handler.split('.');
  const candidates = extensions.map((extension) => resolve(directory, asset, `${module}${extension}`));
  const handlerFile = candidates.find((file) => existsSync(file));
  if (handlerFile === undefined)
    throw new PlainError(`its bundle ${asset} holds no module for ${properties.Handler}`);
  return { handlerFile, handlerName };
};

const lambdaFunction = resourceType({
  properties: functionProperties,
  nameProperty: 'FunctionName',
  attributes: { Arn: arnOf('lambda', 'function:') },
  starts: {
    with: 'functions',
    start: (resource, { functions, world }) => {
      const { name, properties } = resource;
      functions.add({
        ...handlerOf(resource),
        functionName: name,
        functionArn: arnOf('lambda', 'function:')({ name, world }),
        memoryMb: properties.MemorySize,
        timeoutMs: properties.Timeout * 1000,
        concurrencyMax: properties.ReservedConcurrentExecutions ?? concurrencyByDefault,
        environment: {
          ...properties.Environment?.Variables,
          ...functions.environmentOf(name),
          AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(properties.MemorySize),
          _HANDLER: properties.Handler,
        },
        log: functions.logOf(name),
      });
    },
  },
});

const eventInvokeConfig = resourceType({
  properties: z.strictObject({
    FunctionName: z.string(),
    Qualifier: z.literal('$LATEST'),
    MaximumRetryAttempts: z.number().int().min(0).max(2).default(2),
    MaximumEventAgeInSeconds: z.number().int().default(21_600),
    DestinationConfig: z
      .strictObject({ OnFailure: z.strictObject({ Destination: z.string() }).optional() })
      .optional(),
  }),
  starts: {
    with: 'wiring',
    start: ({ properties }, { functions, queues }) => {
      const queueArn = properties.DestinationConfig?.OnFailure?.Destination;
      functions.configureAsync(properties.FunctionName, {
        retriesMax: properties.MaximumRetryAttempts,
        eventAgeMsMax: properties.MaximumEventAgeInSeconds * 1000,
        ...(queueArn === undefined
          ? {}
          : { onFailure: (record) => queues.send(queues.urlOf(queueArn), record) }),
      });
    },
  },
});

const mappingProperties = z.strictObject({
  EventSourceArn: z.string().regex(/^arn:[^:]+:sqs:/, 'only SQS queues feed functions here'),
  FunctionName: z.string(),
  BatchSize: z.number().int().min(1).max(10_000).default(10),
  MaximumBatchingWindowInSeconds: z.number().int().min(0).max(300).default(0),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  ScalingConfig: z.strictObject({ MaximumConcurrency: z.number().int().min(2) }).optional(),
  Enabled: z.boolean().default(true),
  Tags: withoutEffect('nothing is billed here'),
});

/** AWS refuses such a mapping when it is created. */
const checkVisibility = (queueArn: string, visibilityMs: number, timeoutMs: number): void => {
  if (visibilityMs >= timeoutMs) return;
  throw new PlainError(
    `${queueArn} shows a message again after ${visibilityMs / 1000} s, before the function's timeout of ${timeoutMs / 1000} s; AWS refuses this`,
  );
};

const startMapping = (properties: z.infer<typeof mappingProperties>, parts: Parts): void => {
  if (!properties.Enabled) return;
  const { functions, queues, sqs, world, mappings, time } = parts;
  const target = functions.find(properties.FunctionName);
  const queueUrl = queues.urlOf(properties.EventSourceArn);
  checkVisibility(
    properties.EventSourceArn,
    queues.visibilityMsOf(properties.EventSourceArn),
    target.timeoutMs,
  );
  const source = {
    queueUrl,
    queueArn: properties.EventSourceArn,
    region: world.region,
    batchSize: properties.BatchSize,
    windowMs: properties.MaximumBatchingWindowInSeconds * 1000,
    reportsFailures: properties.FunctionResponseTypes.includes('ReportBatchItemFailures'),
    concurrencyMax: Math.min(
      properties.ScalingConfig?.MaximumConcurrency ?? Number.POSITIVE_INFINITY,
      target.concurrencyMax,
    ),
    target,
    aheadMs: time.aheadMs,
    log: functions.logOf(target.name),
  };
  mappings.add(properties.EventSourceArn, () => startEventSource(sqs, source));
};

const eventSourceMapping = resourceType({
  properties: mappingProperties,
  starts: { with: 'doors', start: ({ properties }, parts) => startMapping(properties, parts) },
});

export const lambdaTypes = {
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Lambda::EventInvokeConfig': eventInvokeConfig,
  'AWS::Lambda::EventSourceMapping': eventSourceMapping,
};
