// Boots an assembly: starts the parts, plans its templates, starts its resources, and opens the door when all of it is there.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { startDynamoDbLocal } from './dynamodb/dynamodb-local.ts';
import { type Gateway, startGateway } from './gateway/gateway.ts';
import { httpApis } from './gateway/resources.ts';
import { type RuleAction, startIotCore } from './iot/iot-core.ts';
import { type Functions, localFunctions } from './lambda/functions.ts';
import { asyncInvoker } from './lambda/invoke-asynchronously.ts';
import { logFiles } from './log-files.ts';
import type { Parts } from './parts.ts';
import type { Progress } from './progress.ts';
import { sdkEnvironment } from './runtime-environment.ts';
import { startClock } from './schedule/clock.ts';
import { type Queues, startQueues } from './sqs/queues.ts';
import { localAccount, localRegion, type State } from './state.ts';
import { readAssembly } from './template/assembly.ts';
import { type Planned, planResources } from './template/plan.ts';
import type { World } from './template/resource-type.ts';
import { resourceTypes } from './template/resource-types.ts';
import { startResources } from './template/start.ts';

export type BootOptions = {
  state: State;
  port: number;
  mqttPort: number;
  progress: Progress;
  /** Resolves with the folder of the cloud assembly; runs while the parts start. */
  assembly: () => Promise<string>;
};

export type Booted = {
  planned: readonly Planned[];
  gateway: Gateway;
  mqtt: { host: string; port: number; caFile: string };
  /** Variables with which any SDK or child process finds this cloud. */
  environment: Record<string, string>;
  functions: Functions;
  close: () => Promise<void>;
};

/** Things to close, the last opened first; one that fails does not keep the others open. */
const closers = () => {
  const acts: Array<() => Promise<void> | void> = [];
  return {
    add: (act: () => Promise<void> | void): void => {
      acts.push(act);
    },
    close: async (): Promise<void> => {
      for (const act of acts.splice(0).reverse()) await Promise.resolve(act()).catch(() => {});
    },
  };
};

const worldOf = (queues: Queues, gateway: Gateway): World => ({
  region: localRegion,
  accountId: localAccount,
  partition: 'aws',
  queueUrl: queues.url,
  apiUrl: gateway.url,
});

/** What an IoT rule decided: a message, or an asynchronous invocation. Functions come later than the first devices. */
const delivery =
  (queues: Queues, running: Promise<Functions>) =>
  async (action: RuleAction, payload: Uint8Array): Promise<void> => {
    const bytes = Buffer.from(payload);
    if (action.kind === 'lambda') (await running).send(action.functionArn, bytes.toString('utf8'));
    else await queues.send(action.queueUrl, bytes.toString(action.useBase64 ? 'base64' : 'utf8'));
  };

/** Waits for all, even when one fails, so that nothing starts after we have closed. */
const together = async <Results extends unknown[]>(
  works: { [Index in keyof Results]: Promise<Results[Index]> },
): Promise<Results> => {
  await Promise.allSettled(works);
  return Promise.all(works) as Promise<Results>;
};

const bootInto = async (options: BootOptions, opened: ReturnType<typeof closers>): Promise<Booted> => {
  const { state, progress } = options;
  const { identity } = state;
  const logs = logFiles(state.path('logs'));
  const { promise: running, resolve: run, reject: neverRun } = Promise.withResolvers<Functions>();
  running.catch(() => {});
  opened.add(() => neverRun(new Error('The local cloud has ended')));

  const open = async <Part extends { close: () => Promise<void> }>(start: Promise<Part>): Promise<Part> => {
    const part = await start;
    opened.add(part.close);
    return part;
  };

  const [gateway, queues, dynamodbLocal, stacks] = await together([
    open(
      startGateway({
        port: options.port,
        invoke: async (arn, event) => (await running).find(arn).invoke(event),
        log: logs('http-api'),
      }),
    ),
    open(startQueues({ dataDir: state.path('sqs'), region: localRegion })),
    progress.step('DynamoDB Local', () =>
      open(
        startDynamoDbLocal({ dataDir: state.path('dynamodb'), logFile: state.path('logs', 'dynamodb.log') }),
      ),
    ),
    progress.step('templates synthesized', async () => readAssembly(await options.assembly())),
  ]);

  const world = worldOf(queues, gateway);
  // Before anything of the stacks starts: what is not supported is said at once.
  const planned = planResources(stacks, resourceTypes, world);

  // Last, and straight before the rules: devices of the last run reconnect as soon as it listens.
  const iot = await open(
    startIotCore({
      dataDir: state.path('iot'),
      mqttPort: options.mqttPort,
      accessKeyId: identity.accessKeyId,
      region: localRegion,
      accountId: localAccount,
      deliver: delivery(queues, running),
      log: logs('iot'),
    }),
  );

  const environment = sdkEnvironment(localRegion, identity, {
    dynamodb: dynamodbLocal.endpoint,
    sqs: queues.endpoint,
    iotData: iot.dataEndpoint,
    iot: iot.controlEndpoint,
  });
  const client = { region: localRegion, credentials: identity };
  const functions = localFunctions({
    runtimeEnvironment: environment,
    logOf: logs,
    asynchronously: asyncInvoker(logs('asynchronous')),
  });
  opened.add(functions.stop);
  const clock = startClock();
  opened.add(clock.stop);
  const apis = httpApis();
  const parts: Parts = {
    world,
    dynamodb: new DynamoDBClient({ ...client, endpoint: dynamodbLocal.endpoint }),
    queues,
    sqs: new SQSClient({ ...client, endpoint: queues.endpoint }),
    iot,
    functions,
    apis,
    clock,
    onClose: opened.add,
  };
  await progress.step('tables, queues, functions and routes', () => startResources(planned, parts));
  run(functions);
  gateway.open(apis.api(localAccount), apis.routes());
  return { planned, gateway, mqtt: iot.mqtt, environment, functions, close: opened.close };
};

export const boot = async (options: BootOptions): Promise<Booted> => {
  const opened = closers();
  try {
    return await bootInto(options, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
};
