// The local cloud as one value: boots the real templates on a state directory, and knows everything that a client needs to use it.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { type Booted, boot } from './boot.ts';
import { startChild } from './child.ts';
import type { Control } from './control.ts';
import type { DynamoDbDoor } from './dynamodb/door.ts';
import type { AccessParts } from './iam/access.ts';
import type { Outcome } from './lambda/messages.ts';
import { PlainError } from './plain-error.ts';
import { type Progress, silent } from './progress.ts';
import { localRegion, openState, type State, writeSecret } from './state.ts';
import { synthesize } from './synthesize.ts';

/** The content of local.json: what scripts and SDKs need. */
export type LocalConfig = {
  url: string;
  organization: string;
  apiKey: string;
  mqtt: { host: string; port: number; caFile: string };
  iotEndpoint: string;
  iotDataEndpoint: string;
  dynamodbEndpoint: string;
  sqsEndpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Beyond the endpoints, so that the keys CLI need not guess the stage. */
  tableName: string;
};

export type LocalCloud = {
  config: LocalConfig;
  /** Variables with which any SDK or child process finds this cloud. */
  environment: Readonly<Record<string, string>>;
  /** Invokes a function by its name, as if by hand; the event and the answer are JSON values. */
  invoke: (functionName: string, event: unknown) => Promise<Outcome>;
  /** For whoever wants the table to answer otherwise for a while. */
  dynamodb: Pick<DynamoDbDoor, 'answerInstead'>;
  control: Control;
  close: () => Promise<void>;
};

export type LocalCloudOptions = {
  /** Where the state lives; one cloud at a time. */
  directory: string;
  /** 0 is any free port, here and below. */
  port?: number;
  mqttPort?: number;
  fresh?: boolean;
  progress?: Progress;
  /** Of a DynamoDB Local that runs already, in which every cloud has a database of its own; then the tables end with that one. */
  dynamodbLocal?: string;
  /** Sees each call of a function that its role allows. */
  onAllowed?: AccessParts['onAllowed'];
  /** Changes the templates in this folder before they are read. */
  alterAssembly?: (folder: string) => Promise<void> | void;
};

const organization = 'local';
const root = fileURLToPath(new URL('../..', import.meta.url));
const issuedKey = z.object({ id: z.string(), key: z.string() });

const tableNameOf = ({ planned }: Booted): string => {
  const table = planned.find(({ resource }) => resource.type === 'AWS::DynamoDB::Table');
  if (table === undefined) throw new PlainError('The templates declare no table.');
  return table.resource.name;
};

/** The same command that an operator uses on AWS. */
const issueKey = async (
  environment: Readonly<Record<string, string>>,
  tableName: string,
): Promise<string> => {
  const args = ['functions/cli/keys.ts', 'create', '--organization', organization, '--scope', '*', '--json'];
  const env = { ...process.env, ...environment, TABLE_NAME: tableName };
  const child = startChild(process.execPath, args, { cwd: root, env });
  const said: string[] = [];
  const complained: string[] = [];
  child.process.stdout?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  child.process.stderr?.on('data', (chunk: Buffer) => complained.push(chunk.toString()));
  const code = await child.exited;
  if (code !== 0) throw new PlainError(`The first API key cannot be issued:\n${complained.join('').trim()}`);
  return issuedKey.parse(JSON.parse(said.join(''))).key;
};

/** The table knows only its hash, so the key itself is kept beside it, for its owner only. */
const lastingKey = async (state: State, issue: () => Promise<string>): Promise<string> => {
  const file = state.path('api-key');
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const key = await issue();
  writeSecret(file, key);
  return key;
};

const configOf = (
  state: State,
  { gateway, mqtt, environment }: Booted,
  apiKey: string,
  tableName: string,
): LocalConfig => ({
  url: gateway.url,
  organization,
  apiKey,
  mqtt,
  iotEndpoint: environment.AWS_ENDPOINT_URL_IOT ?? '',
  iotDataEndpoint: environment.AWS_ENDPOINT_URL_IOT_DATA_PLANE ?? '',
  dynamodbEndpoint: environment.AWS_ENDPOINT_URL_DYNAMODB ?? '',
  sqsEndpoint: environment.AWS_ENDPOINT_URL_SQS ?? '',
  region: localRegion,
  accessKeyId: state.identity.accessKeyId,
  secretAccessKey: state.identity.secretAccessKey,
  tableName,
});

const functionNamed = (booted: Booted, name: string): string => {
  const names = booted.planned
    .filter(({ resource }) => resource.type === 'AWS::Lambda::Function')
    .map(({ resource }) => resource.name);
  const found = names.find((each) => each === name || each.endsWith(`-${name}`));
  if (found === undefined) throw new Error(`There is no function ${name}; there are ${names.join(', ')}.`);
  return found;
};

const startOn = async (state: State, options: LocalCloudOptions): Promise<LocalCloud> => {
  const progress = options.progress ?? silent;
  const booted = await boot({
    state,
    port: options.port ?? 0,
    mqttPort: options.mqttPort ?? 0,
    progress,
    assembly: async () => {
      const folder = await synthesize(state.path('cdk.out'));
      await options.alterAssembly?.(folder);
      return folder;
    },
    ...(options.dynamodbLocal && { dynamodbLocal: options.dynamodbLocal }),
    ...(options.onAllowed && { onAllowed: options.onAllowed }),
  });
  try {
    const tableName = tableNameOf(booted);
    const apiKey = await lastingKey(state, () =>
      progress.step('issue the first API key', () => issueKey(booted.environment, tableName)),
    );
    return {
      config: configOf(state, booted, apiKey, tableName),
      environment: booted.environment,
      invoke: (name, event) =>
        booted.functions.find(functionNamed(booted, name)).invoke(JSON.stringify(event ?? null)),
      dynamodb: booted.dynamodb,
      control: booted.control,
      close: async () => {
        await booted.close();
        state.release();
      },
    };
  } catch (error) {
    await booted.close();
    throw error;
  }
};

export const startLocalCloud = async (options: LocalCloudOptions): Promise<LocalCloud> => {
  const state = openState(options.directory, options.fresh ?? false);
  try {
    return await startOn(state, options);
  } catch (error) {
    state.release();
    throw error;
  }
};
