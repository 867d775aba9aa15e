// Boots an assembly: starts the parts, plans its templates, starts its resources, and opens the door when all of it is there.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type Closers, closers } from './closers.ts';
import { tellOf } from './cloudwatch/tell.ts';
import { measureAnswer, measureQueues, measureSent } from './cloudwatch/vended.ts';
import { createWatch, type Watch } from './cloudwatch/watch.ts';
import { type Control, controlOf, type Hindrance } from './control.ts';
import { type DynamoDbDoor, startDynamoDbDoor } from './dynamodb/door.ts';
import { startDynamoDbLocal } from './dynamodb/dynamodb-local.ts';
import { createBus } from './events/bus.ts';
import { type Gateway, startGateway } from './gateway/gateway.ts';
import { httpApis } from './gateway/http-apis.ts';
import { type Access, type AccessParts, createAccess } from './iam/access.ts';
import type { Place } from './iam/calls/place.ts';
import { grantsOf } from './iam/grants.ts';
import { iotObjections, queueObjection } from './iam/objections.ts';
import { checkWiring } from './iam/wiring.ts';
import { inPlace } from './in-place.ts';
import { type IotCore, type RuleAction, startIotCore } from './iot/iot-core.ts';
import { type Functions, localFunctions } from './lambda/functions.ts';
import { asyncInvoker } from './lambda/invoke-asynchronously.ts';
import { createMappings } from './lambda/mappings.ts';
import { logFiles } from './log-files.ts';
import type { Parts } from './parts.ts';
import { requireFree } from './ports.ts';
import type { Progress } from './progress.ts';
import { sdkEnvironment } from './runtime-environment.ts';
import { startClock } from './schedule/clock.ts';
import { createTopics } from './sns/topics.ts';
import { type Queues, startQueues } from './sqs/queues.ts';
import { type Identity, localAccount, localRegion, type State } from './state.ts';
import { readAssembly } from './template/assembly.ts';
import { type Planned, planResources } from './template/plan.ts';
import { resourceTypes } from './template/resource-types.ts';
import { startResources } from './template/start.ts';
import type { World } from './template/world.ts';
import { startTime } from './time.ts';

export type BootOptions = {
  state: State;
  port: number;
  mqttPort: number;
  progress: Progress;
  /** Resolves with the folder of the cloud assembly; runs while the parts start. */
  assembly: () => Promise<string>;
  /** Of a DynamoDB Local that runs already; none: one on the state directory is started. */
  dynamodbLocal?: string;
  onAllowed?: AccessParts['onAllowed'];
};

export type Booted = {
  planned: readonly Planned[];
  gateway: Gateway;
  mqtt: IotCore['mqtt'];
  /** Variables with which any SDK or child process finds this cloud. */
  environment: Record<string, string>;
  functions: Functions;
  dynamodb: Pick<DynamoDbDoor, 'answerInstead'>;
  control: Control;
  close: () => Promise<void>;
};

type Stores = { queues: Queues; dynamodb: DynamoDbDoor; planned: readonly Planned[]; world: World };

const place: Place = { region: localRegion, accountId: localAccount, partition: 'aws' };

/** The gateway and the broker listen before there are functions; whoever asks early waits. */
const lateFunctions = (opened: Closers) => {
  const { promise, resolve, reject } = Promise.withResolvers<Functions>();
  promise.catch(() => {});
  opened.add(() => reject(new Error('The local cloud has ended')));
  return { running: promise, run: resolve };
};

/** What an IoT rule decided: a message, or an asynchronous invocation. */
const delivery =
  (queues: Queues, running: Promise<Functions>, hindered: Hindrance) =>
  async (action: RuleAction, payload: Uint8Array): Promise<void> => {
    const hindrance = hindered(action);
    if (hindrance !== undefined) throw new Error(hindrance);
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

const ownDynamoDb = async ({ state, progress }: BootOptions, opened: Closers): Promise<string> => {
  const files = { dataDir: state.path('dynamodb'), logFile: state.path('logs', 'dynamodb.log') };
  const { endpoint } = await progress.step('start DynamoDB Local', () =>
    opened.open(startDynamoDbLocal(files)),
  );
  return endpoint;
};

const startTables = async (options: BootOptions, opened: Closers, access: Access): Promise<DynamoDbDoor> => {
  const endpoint = options.dynamodbLocal ?? (await ownDynamoDb(options, opened));
  const { accessKeyId } = options.state.identity;
  return opened.open(startDynamoDbDoor({ endpoint, access, place, accessKeyId }));
};

/**
 * The stores, and beside them the plan: what is not supported, and what AWS would not be allowed to do for us, is said before anything
 * of the stacks starts.
 */
const startStores = async (
  options: BootOptions,
  opened: Closers,
  access: Access,
  watch: Watch,
  apiUrl: string,
): Promise<Stores> => {
  const { state, progress } = options;
  const objection = queueObjection({ access, place });
  const onSent = measureSent(watch.measure);
  const [queues, dynamodb, stacks] = await together([
    opened.open(startQueues({ dataDir: state.path('sqs'), region: localRegion, objection, onSent })),
    startTables(options, opened, access),
    progress.step('synthesize the templates', async () => readAssembly(await options.assembly())),
  ]);
  const world: World = { ...place, queueUrl: queues.url, apiUrl };
  const planned = planResources(stacks, resourceTypes, world);
  const grants = grantsOf(planned, world);
  checkWiring(planned, grants, world);
  access.enforce(grants);
  return { queues, dynamodb, planned, world };
};

const bootInto = async (options: BootOptions, opened: Closers): Promise<Booted> => {
  const { state, progress, mqttPort } = options;
  const { identity } = state;
  const logs = logFiles(state.path('logs'));
  const { running, run } = lateFunctions(opened);
  const { onAllowed } = options;
  const access = createAccess({ administrator: identity, logOf: logs, ...(onAllowed && { onAllowed }) });

  const time = startTime();
  const watch = createWatch(time.now);

  await requireFree(mqttPort, '--mqtt-port');
  const invoke = async (arn: string, event: string) => (await running).find(arn).invoke(event);
  const gateway = await opened.open(
    startGateway({
      port: options.port,
      invoke,
      log: logs('http-api'),
      now: time.now,
      answered: measureAnswer(watch.measure),
    }),
  );
  const { queues, dynamodb, planned, world } = await startStores(options, opened, access, watch, gateway.url);
  watch.sample(measureQueues(watch.measure, queues));
  const hindrances = inPlace<[action: RuleAction], string>();

  // Last, and straight before the rules: devices of the last run reconnect as soon as it listens.
  const iot = await opened.open(
    startIotCore({
      dataDir: state.path('iot'),
      mqttPort,
      accessKeyId: identity.accessKeyId,
      objections: iotObjections({ access, place }),
      region: localRegion,
      accountId: localAccount,
      deliver: delivery(queues, running, hindrances.ask),
      measure: watch.measure,
      log: logs('iot'),
    }),
  );

  const environmentOf = (caller: Identity) =>
    sdkEnvironment(localRegion, caller, {
      dynamodb: dynamodb.endpoint,
      sqs: queues.endpoint,
      iotData: iot.dataEndpoint,
      iot: iot.controlEndpoint,
    });
  const asynchronously = asyncInvoker(logs('asynchronous'));
  const functions = localFunctions({
    runtimeEnvironment: (name) => environmentOf(access.identityOf(name)),
    logOf: logs,
    asynchronously,
    watching: { time, measure: watch.measure, read: watch.read },
  });
  opened.add(functions.stop);
  const clock = startClock();
  opened.add(clock.stop);
  const mappings = createMappings();
  opened.add(mappings.stop);
  const topics = createTopics(logs('sns'));
  const bus = createBus();
  watch.onChange(tellOf({ world, bus, topics }));

  const client = { region: localRegion, credentials: identity };
  const parts: Parts = {
    world,
    dynamodb: new DynamoDBClient({ ...client, endpoint: dynamodb.endpoint }),
    queues,
    sqs: new SQSClient({ ...client, endpoint: queues.endpoint }),
    iot,
    functions,
    apis: httpApis(),
    mappings,
    clock,
    time,
    watch,
    bus,
    topics,
    onClose: opened.add,
  };
  await progress.step('start tables, queues, functions and routes', () => startResources(planned, parts));
  watch.check();
  run(functions);
  gateway.open(parts.apis.api(localAccount), parts.apis.routes());
  return {
    planned,
    gateway,
    mqtt: iot.mqtt,
    environment: environmentOf(identity),
    functions,
    dynamodb,
    control: controlOf({
      ...parts,
      table: dynamodb,
      accessKeyOf: (name) => access.identityOf(name).accessKeyId,
      cutOff: access.cutOff,
      hinderRules: hindrances.put,
    }),
    close: opened.close,
  };
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
