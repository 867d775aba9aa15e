// Who may do what, by AWS's rules: statements, a request, and the answer, written by hand.
import { describe, expect, it } from 'vitest';
import { policyDocument } from '#infra/local/iam/document';
import { denialOf, evaluator } from '#infra/local/iam/evaluate';

const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/things';
const other = 'arn:aws:dynamodb:us-east-1:000000000000:table/other';
const queue = 'arn:aws:sqs:us-east-1:000000000000:jobs';

const statements = (...said: object[]) =>
  policyDocument.parse({
    Version: '2012-10-17',
    Statement: said.map((each) => ({ Effect: 'Allow', ...each })),
  }).Statement;

const onTable = { Resource: table };
const get = { Action: 'dynamodb:GetItem', ...onTable };
const overTls = (value: string) => ({ Condition: { Bool: { 'aws:SecureTransport': value } } });

describe('a caller', () => {
  it.each<[string, boolean, object[], string, string, Record<string, string>?]>([
    ['may what is named', true, [get], 'dynamodb:GetItem', table],
    ['may nothing else', false, [get], 'dynamodb:PutItem', table],
    ['may it nowhere else', false, [get], 'dynamodb:GetItem', other],
    ['may it not on an index of what is named', false, [get], 'dynamodb:GetItem', `${table}/index/due`],
    ['is not asked about the case of an action', true, [get], 'DynamoDB:getitem', table],
    ['is asked about the case of a resource', false, [get], 'dynamodb:GetItem', table.toUpperCase()],
    [
      'may any of several actions',
      true,
      [{ Action: ['sqs:SendMessage', 'dynamodb:GetItem'], ...onTable }],
      'dynamodb:GetItem',
      table,
    ],
    [
      'may it on any of several resources',
      true,
      [{ Action: 'dynamodb:GetItem', Resource: [other, table] }],
      'dynamodb:GetItem',
      table,
    ],
    [
      'may all actions that begin alike',
      true,
      [{ Action: 'dynamodb:Get*', ...onTable }],
      'dynamodb:GetItem',
      table,
    ],
    [
      'may not what begins otherwise',
      false,
      [{ Action: 'dynamodb:Get*', ...onTable }],
      'dynamodb:BatchGetItem',
      table,
    ],
    ['may everything with one star', true, [{ Action: '*', Resource: '*' }], 'sqs:SendMessage', queue],
    [
      'may it on all things that begin alike',
      true,
      [{ Action: 'iot:Publish', Resource: 'arn:aws:iot:*:*:topic/things/*' }],
      'iot:Publish',
      'arn:aws:iot:us-east-1:000000000000:topic/things/a/b',
    ],
    [
      'has one character for a question mark',
      false,
      [{ Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:us-east-1:000000000000:job?' }],
      'sqs:SendMessage',
      `${queue}s`,
    ],
    [
      'may whatever is not excepted',
      true,
      [{ NotAction: 'dynamodb:DeleteItem', ...onTable }],
      'dynamodb:GetItem',
      table,
    ],
    [
      'may not what is excepted',
      false,
      [{ NotAction: 'dynamodb:DeleteItem', ...onTable }],
      'dynamodb:DeleteItem',
      table,
    ],
    [
      'may it wherever it is not excepted',
      true,
      [{ Action: 'dynamodb:GetItem', NotResource: other }],
      'dynamodb:GetItem',
      table,
    ],
    [
      'may it not where it is excepted',
      false,
      [{ Action: 'dynamodb:GetItem', NotResource: other }],
      'dynamodb:GetItem',
      other,
    ],
    [
      'with no statement may nothing',
      false,
      [{ Action: 'sqs:SendMessage', Resource: queue }],
      'dynamodb:GetItem',
      table,
    ],
    [
      'may not what is denied, whatever allows it',
      false,
      [get, { Effect: 'Deny', Action: 'dynamodb:*', Resource: '*' }],
      'dynamodb:GetItem',
      table,
    ],
    [
      'may not what is denied, in whatever order',
      false,
      [{ Effect: 'Deny', ...get }, get],
      'dynamodb:GetItem',
      table,
    ],
    [
      'may what is denied elsewhere',
      true,
      [get, { Effect: 'Deny', Action: '*', Resource: other }],
      'dynamodb:GetItem',
      table,
    ],
    [
      'may it under a condition that holds',
      true,
      [{ ...get, ...overTls('true') }],
      'dynamodb:GetItem',
      table,
      { 'aws:SecureTransport': 'true' },
    ],
    [
      'may it not under one that does not hold',
      false,
      [{ ...get, ...overTls('true') }],
      'dynamodb:GetItem',
      table,
      { 'aws:SecureTransport': 'false' },
    ],
    [
      'may it not under one that nothing is known of',
      false,
      [{ ...get, ...overTls('true') }],
      'dynamodb:GetItem',
      table,
    ],
    [
      'is not denied under a condition that does not hold',
      true,
      [get, { Effect: 'Deny', ...get, ...overTls('false') }],
      'dynamodb:GetItem',
      table,
      { 'aws:SecureTransport': 'true' },
    ],
    [
      'needs all conditions',
      false,
      [
        {
          ...get,
          Condition: { Bool: { 'aws:SecureTransport': 'true' }, StringEquals: { 'aws:SourceAccount': '1' } },
        },
      ],
      'dynamodb:GetItem',
      table,
      { 'aws:SecureTransport': 'true', 'aws:SourceAccount': '2' },
    ],
    [
      'needs one of a condition’s values',
      true,
      [{ ...get, Condition: { StringEquals: { 'aws:SourceAccount': ['1', '2'] } } }],
      'dynamodb:GetItem',
      table,
      { 'aws:SourceAccount': '2' },
    ],
    [
      'is compared letter by letter where that is said',
      false,
      [{ ...get, Condition: { StringEquals: { 'aws:SourceAccount': '*' } } }],
      'dynamodb:GetItem',
      table,
      { 'aws:SourceAccount': '2' },
    ],
    [
      'is compared by pattern where that is said',
      true,
      [{ ...get, Condition: { StringLike: { 'aws:SourceAccount': '2*' } } }],
      'dynamodb:GetItem',
      table,
      { 'aws:SourceAccount': '22' },
    ],
    [
      'is recognized by the pattern of an ARN',
      true,
      [{ ...get, Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:execute-api:us-east-1:1:api/*/*' } } }],
      'dynamodb:GetItem',
      table,
      { 'aws:SourceArn': 'arn:aws:execute-api:us-east-1:1:api/$default/GET/a' },
    ],
    [
      'is not mistaken for one of another account',
      false,
      [{ ...get, Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:execute-api:*:1:api/*' } } }],
      'dynamodb:GetItem',
      table,
      { 'aws:SourceArn': 'arn:aws:execute-api:us:east:1:api/GET' },
    ],
  ])('%s', (_sentence, allowed, said, action, resource, context = {}) => {
    expect(evaluator(statements(...said))({ action, resource }, context).allowed).toBe(allowed);
  });
});

describe('a denial', () => {
  const need = { action: 'dynamodb:DeleteItem', resource: table };
  const told = (...said: object[]) => {
    const decision = evaluator(statements(...said))(need);
    return decision.allowed ? 'allowed' : denialOf('api-miru', need, decision);
  };

  it('names the statement that is missing', () => {
    expect(told(get)).toBe(
      `api-miru may not dynamodb:DeleteItem on ${table}; missing statement: {"Effect":"Allow","Action":"dynamodb:DeleteItem","Resource":"${table}"}`,
    );
  });

  it('names the statement that says no', () => {
    expect(
      told({ Action: '*', Resource: '*' }, { Effect: 'Deny', Action: 'dynamodb:Delete*', Resource: '*' }),
    ).toBe(
      `api-miru may not dynamodb:DeleteItem on ${table}; denied by statement: {"Effect":"Deny","Action":["dynamodb:Delete*"],"Resource":["*"]}`,
    );
  });
});

describe('a document is refused that', () => {
  const allow = { Effect: 'Allow', Action: '*', Resource: '*' };
  it.each<[string, object, string]>([
    [
      'has an operator which we do not evaluate',
      { ...allow, Condition: { DateGreaterThan: { 'aws:SourceArn': 'x' } } },
      'DateGreaterThan',
    ],
    [
      'negates a condition',
      { ...allow, Condition: { StringNotEquals: { 'aws:SourceArn': 'x' } } },
      'StringNotEquals',
    ],
    [
      'asks for what we do not know of a request',
      { ...allow, Condition: { StringEquals: { 'aws:userid': 'x' } } },
      'aws:userid',
    ],
    [
      'has a variable in a resource',
      { ...allow, Resource: `arn:\${aws:username}` },
      'policy variables in a resource are not evaluated by the local cloud',
    ],
    [
      'names actions and excepts actions',
      { ...allow, NotAction: 'x' },
      'a statement has either Action or NotAction',
    ],
    ['names no resource', { Effect: 'Allow', Action: '*' }, 'a statement has either Resource or NotResource'],
    ['has a part that we do not read', { ...allow, NotPrincipal: '*' }, 'NotPrincipal'],
  ])('%s', (_what, statement, reason) => {
    const parsed = policyDocument.safeParse({ Version: '2012-10-17', Statement: [statement] });
    expect(parsed.success).toBe(false);
    expect(JSON.stringify(parsed.error?.issues)).toContain(reason);
  });
});
