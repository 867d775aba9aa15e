// Permissions on the whole local cloud: everything that functions do is allowed and on record, and what is taken from a role is denied.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DescribeEndpointCommand, IoTClient } from '@aws-sdk/client-iot';
import { GetThingShadowCommand, IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';
import { ListQueuesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '#infra/local/cloud';
import { createAccess } from '#infra/local/iam/access';
import type { RecordedCall } from '#infra/local/iam/recorder';
import { recorder } from '#infra/local/iam/recorder';
import { temporaryFolder } from '../support/folder.ts';
import { allowedBesides, callsMade } from './calls-made.ts';
import { functionNamed, line } from './given.ts';
import { walk } from './walk.ts';

const dynamodbLocal = inject('dynamodbEndpoint');

const logsIn = (directory: string): string[] => {
  const folder = join(directory, 'logs');
  return readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'));
};

describe('on a walk through everything', () => {
  const directory = temporaryFolder();
  const { see, calls } = recorder();
  let made: readonly RecordedCall[] = [];

  beforeAll(async () => {
    const cloud = await startLocalCloud({ directory, dynamodbLocal, onAllowed: see });
    try {
      await walk(cloud, directory);
    } finally {
      await cloud.close();
    }
    made = calls();
  }, 300_000);
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('nothing is denied', () => {
    expect(logsIn(directory).filter((each) => each.includes('AccessDenied'))).toEqual([]);
  });

  it('no function makes a call that is not on record', () => {
    const isOnRecord = (name: string, call: string): boolean =>
      callsMade[name]?.includes(call) === true || allowedBesides[name]?.[call] !== undefined;
    const unknown = made.filter((call) => !isOnRecord(functionNamed(call.functionName), line(call)));

    expect(unknown.map((call) => `${functionNamed(call.functionName)}: ${line(call)}`)).toEqual([]);
  });

  it.each(Object.keys(callsMade))('%s is met', (name) => {
    expect(made.filter(({ functionName }) => functionNamed(functionName) === name)).not.toEqual([]);
  });
});

describe('a role that lacks a statement', () => {
  const directory = temporaryFolder();
  let cloud: LocalCloud;

  /** Listing is taken from Miru's door. */
  const withoutListing = (folder: string): void => {
    const file = join(folder, 'shadowcast-dev-door.template.json');
    const template = JSON.parse(readFileSync(file, 'utf8'));
    for (const [id, { Properties }] of Object.entries<{
      Properties: { PolicyDocument: { Statement: object[] } };
    }>(template.Resources))
      if (/^ApiMiruRoleDefaultPolicy/.test(id)) {
        const document = Properties.PolicyDocument;
        document.Statement = document.Statement.filter(
          (each) => !JSON.stringify(each).includes('/index/listed'),
        );
      }
    writeFileSync(file, JSON.stringify(template));
  };

  beforeAll(async () => {
    cloud = await startLocalCloud({ directory, dynamodbLocal, alterAssembly: withoutListing });
  });
  afterAll(async () => {
    await cloud.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/shadowcast-dev';
  const deniedSentence = `shadowcast-dev-api-miru may not dynamodb:Query on ${table}/index/listed; missing statement: {"Effect":"Allow","Action":"dynamodb:Query","Resource":"${table}/index/listed"}`;

  it('fails the call, and the function’s log names the very statement', async () => {
    const headers = { 'x-api-key': cloud.config.apiKey, 'miru-version': '2026-03-09.tetons' };
    const answer = await fetch(`${cloud.config.url}/beta/devices`, { headers });

    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('dynamodb');
    const log = readFileSync(join(directory, 'logs', 'shadowcast-dev-api-miru.log'), 'utf8');
    expect(log).toContain(`AccessDenied: ${deniedSentence}`);
  });

  const clientAs = (who: 'api-miru' | 'stranger' | 'administrator', endpoint: string) => {
    const { accessKeyId, secretAccessKey, region } = cloud.config;
    const administrator = { accessKeyId, secretAccessKey };
    const { identityOf } = createAccess({ administrator, logOf: () => () => {} });
    const credentials = {
      administrator,
      'api-miru': identityOf('shadowcast-dev-api-miru'),
      stranger: { accessKeyId: 'LOCALSTRANGER', secretAccessKey },
    }[who];
    return { region, endpoint, credentials, maxAttempts: 1 };
  };
  const dynamodb = (who: Parameters<typeof clientAs>[0]) =>
    new DynamoDBClient(clientAs(who, cloud.config.dynamodbEndpoint));
  const sqs = (who: Parameters<typeof clientAs>[0]) => new SQSClient(clientAs(who, cloud.config.sqsEndpoint));
  const data = (who: Parameters<typeof clientAs>[0]) =>
    new IoTDataPlaneClient(clientAs(who, cloud.config.iotDataEndpoint));
  const control = (who: Parameters<typeof clientAs>[0]) =>
    new IoTClient(clientAs(who, cloud.environment.AWS_ENDPOINT_URL_IOT ?? ''));

  const TableName = 'shadowcast-dev';
  const listed = new QueryCommand({
    TableName,
    IndexName: 'listed',
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: 'x' } },
  });
  const get = new GetItemCommand({ TableName, Key: { pk: { S: 'x' }, sk: { S: 'x' } } });
  const send = () =>
    new SendMessageCommand({
      QueueUrl: `${cloud.config.sqsEndpoint}/000000000000/shadowcast-dev-reports`,
      MessageBody: '{}',
    });
  const shadow = new GetThingShadowCommand({ thingName: 'robot', shadowName: 'release' });
  const endpoint = new DescribeEndpointCommand({ endpointType: 'iot:Data-ATS' });

  it.each<[string, () => Promise<unknown>, string, number, string]>([
    ['DynamoDB', () => dynamodb('api-miru').send(listed), 'AccessDeniedException', 400, deniedSentence],
    ['SQS', () => sqs('api-miru').send(send()), 'AccessDenied', 403, 'may not sqs:SendMessage on'],
    [
      'AWS IoT’s shadows',
      () => data('api-miru').send(shadow),
      'ForbiddenException',
      403,
      'may not iot:GetThingShadow on arn:aws:iot:us-east-1:000000000000:thing/robot/release',
    ],
    [
      'AWS IoT',
      () => control('api-miru').send(endpoint),
      'AccessDeniedException',
      403,
      'may not iot:DescribeEndpoint on *',
    ],
  ])('is told so by %s as AWS tells it', async (_service, ask, name, status, words) => {
    const error = await ask().then(
      () => undefined,
      (thrown: Error) => thrown,
    );

    expect(error).toMatchObject({ name, $metadata: { httpStatusCode: status } });
    expect(error?.message).toContain(words);
  });

  it('still has its other rights, and the administrator has all', async () => {
    expect((await dynamodb('api-miru').send(get)).Item).toBeUndefined();
    expect((await dynamodb('administrator').send(new ScanCommand({ TableName }))).Items).not.toEqual([]);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['DynamoDB', () => dynamodb('stranger').send(get), 'UnrecognizedClientException'],
    ['SQS', () => sqs('stranger').send(new ListQueuesCommand()), 'InvalidClientTokenId'],
    ['AWS IoT’s shadows', () => data('stranger').send(shadow), 'ForbiddenException'],
    ['AWS IoT', () => control('stranger').send(endpoint), 'UnrecognizedClientException'],
  ])('%s knows nobody of another key', async (_service, ask, name) => {
    await expect(ask()).rejects.toMatchObject({ name });
  });
});
