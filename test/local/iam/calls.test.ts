// What a request needs: service by service, the actions and resources that AWS asks the role about.
import { describe, expect, it } from 'vitest';
import { dynamodbNeeds } from '#infra/local/iam/calls/dynamodb';
import { iotNeeds } from '#infra/local/iam/calls/iot';
import { sqsNeeds } from '#infra/local/iam/calls/sqs';

const place = { partition: 'aws', region: 'us-east-1', accountId: '000000000000' };
const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:000000000000:${name}`;
const said = (needs: ReadonlyArray<{ action: string; resource: string }>) =>
  needs.map(({ action, resource }) => `${action} ${resource}`);

describe('DynamoDB', () => {
  const things = arn('dynamodb', 'table/things');
  it.each<[string, object, string[]]>([
    ['GetItem', { TableName: 'things', Key: {} }, [`dynamodb:GetItem ${things}`]],
    ['PutItem', { TableName: things, Item: {} }, [`dynamodb:PutItem ${things}`]],
    ['Query', { TableName: 'things' }, [`dynamodb:Query ${things}`]],
    ['Query', { TableName: 'things', IndexName: 'due' }, [`dynamodb:Query ${things}/index/due`]],
    ['Scan', { TableName: 'things', IndexName: 'due' }, [`dynamodb:Scan ${things}/index/due`]],
    [
      'BatchGetItem',
      { RequestItems: { things: {}, other: {} } },
      [`dynamodb:BatchGetItem ${things}`, `dynamodb:BatchGetItem ${arn('dynamodb', 'table/other')}`],
    ],
    ['BatchWriteItem', { RequestItems: { things: [] } }, [`dynamodb:BatchWriteItem ${things}`]],
    [
      'TransactWriteItems',
      {
        TransactItems: [
          { Put: { TableName: 'things' } },
          { Update: { TableName: 'things' } },
          { Delete: { TableName: 'other' } },
          { ConditionCheck: { TableName: 'things' } },
        ],
      },
      [
        `dynamodb:PutItem ${things}`,
        `dynamodb:UpdateItem ${things}`,
        `dynamodb:DeleteItem ${arn('dynamodb', 'table/other')}`,
        `dynamodb:ConditionCheckItem ${things}`,
      ],
    ],
    [
      'TransactGetItems',
      { TransactItems: [{ Get: { TableName: 'things' } }] },
      [`dynamodb:GetItem ${things}`],
    ],
    ['ListTables', {}, ['dynamodb:ListTables *']],
    ['SomethingNew', { TableName: 'things' }, [`dynamodb:SomethingNew ${things}`]],
  ])('%s %o', (operation, body, expected) => {
    expect(said(dynamodbNeeds(place)(operation, { ...body }))).toEqual(expected);
  });
});

describe('SQS', () => {
  const QueueUrl = 'http://127.0.0.1:9324/000000000000/jobs';
  it.each<[string, object, string]>([
    ['SendMessage', { QueueUrl }, `sqs:SendMessage ${arn('sqs', 'jobs')}`],
    ['SendMessageBatch', { QueueUrl }, `sqs:SendMessage ${arn('sqs', 'jobs')}`],
    ['DeleteMessageBatch', { QueueUrl }, `sqs:DeleteMessage ${arn('sqs', 'jobs')}`],
    ['ChangeMessageVisibilityBatch', { QueueUrl }, `sqs:ChangeMessageVisibility ${arn('sqs', 'jobs')}`],
    ['GetQueueUrl', { QueueName: 'jobs' }, `sqs:GetQueueUrl ${arn('sqs', 'jobs')}`],
    ['ListQueues', {}, 'sqs:ListQueues *'],
    ['', {}, 'sqs: *'],
  ])('%s', (operation, body, expected) => {
    expect(said(sqsNeeds(place)(operation, { ...body }))).toEqual([expected]);
  });
});

describe('AWS IoT', () => {
  const certificate = arn('iot', 'cert/c0ffee');
  const asked = (params: Record<string, string>, query = '', body = '') => ({
    params,
    query: new URLSearchParams(query),
    header: (name: string) => (name === 'x-amzn-principal' ? certificate : undefined),
    body: Buffer.from(body),
  });
  const ofPolicy = asked({ policyName: 'thing' }, '', JSON.stringify({ target: certificate }));
  const robot = { thingName: 'robot' };

  it.each<[string, ReturnType<typeof asked>, string[]]>([
    ['GET /things/{thingName}/shadow', asked(robot), [`iot:GetThingShadow ${arn('iot', 'thing/robot')}`]],
    [
      'POST /things/{thingName}/shadow',
      asked(robot, 'name=release'),
      [`iot:UpdateThingShadow ${arn('iot', 'thing/robot/release')}`],
    ],
    [
      'POST /topics/{topic}',
      asked({ topic: 'things/robot/ping' }),
      [`iot:Publish ${arn('iot', 'topic/things/robot/ping')}`],
    ],
    [
      'POST /topics/{topic}',
      asked({ topic: 'a' }, 'retain=true'),
      [`iot:Publish ${arn('iot', 'topic/a')}`, `iot:RetainPublish ${arn('iot', 'topic/a')}`],
    ],
    ['POST /things/{thingName}', asked(robot), [`iot:CreateThing ${arn('iot', 'thing/robot')}`]],
    [
      'PUT /things/{thingName}/principals',
      asked(robot),
      [`iot:AttachThingPrincipal ${arn('iot', 'thing/robot')}`, `iot:AttachThingPrincipal ${certificate}`],
    ],
    [
      'DELETE /things/{thingName}/principals',
      asked(robot),
      [`iot:DetachThingPrincipal ${arn('iot', 'thing/robot')}`, `iot:DetachThingPrincipal ${certificate}`],
    ],
    [
      'PUT /target-policies/{policyName}',
      ofPolicy,
      [`iot:AttachPolicy ${certificate}`, `iot:AttachPolicy ${arn('iot', 'policy/thing')}`],
    ],
    [
      'POST /target-policies/{policyName}',
      ofPolicy,
      [`iot:DetachPolicy ${certificate}`, `iot:DetachPolicy ${arn('iot', 'policy/thing')}`],
    ],
    [
      'PUT /certificates/{certificateId}',
      asked({ certificateId: 'c0ffee' }),
      [`iot:UpdateCertificate ${certificate}`],
    ],
    ['POST /certificates', asked({}), ['iot:CreateCertificateFromCsr *']],
    ['GET /endpoint', asked({}), ['iot:DescribeEndpoint *']],
    ['GET /something-new', asked({}), ['iot:GET /something-new *']],
  ])('%s', (route, request, expected) => {
    expect(said(iotNeeds(place)(route, request))).toEqual(expected);
  });
});
