// IoT policies: which statement lets whom do what, and which documents are refused because we could not keep to them.
import { describe, expect, it } from 'vitest';
import { authorizerFor, type IotAction } from '#infra/local/iot/broker/authorizer';
import { parsePolicy } from '#infra/local/iot/broker/policy';

const arn = 'arn:aws:iot:eu-west-1:000000000000:';
const thing = `\${iot:Connection.Thing.ThingName}`;
const client = `\${iot:ClientId}`;

type Statement = {
  Effect?: string;
  Action: string | string[];
  Resource: string | string[];
  Condition?: unknown;
};

const may = (
  statements: Statement[],
  action: IotAction,
  resource: string,
  connection = { clientId: 'robot', thingName: 'robot' as string | undefined },
) => {
  const document = {
    Version: '2012-10-17',
    Statement: statements.map((one) => ({ Effect: 'Allow', ...one })),
  };
  return authorizerFor([parsePolicy('p', document)], connection)(action, `${arn}${resource}`);
};

describe('a policy', () => {
  const cases: [string, boolean, Statement[], IotAction, string][] = [
    [
      'allows what it names',
      true,
      [{ Action: 'iot:Publish', Resource: `${arn}topic/a` }],
      'iot:Publish',
      'topic/a',
    ],
    [
      'allows no other topic',
      false,
      [{ Action: 'iot:Publish', Resource: `${arn}topic/a` }],
      'iot:Publish',
      'topic/ab',
    ],
    ['allows no other action', false, [{ Action: 'iot:Publish', Resource: '*' }], 'iot:Receive', 'topic/a'],
    [
      'without statements for it allows nothing',
      false,
      [{ Action: 'iot:Connect', Resource: '*' }],
      'iot:Publish',
      'topic/a',
    ],
    [
      'knows all actions by a wildcard',
      true,
      [{ Action: 'iot:*', Resource: '*' }],
      'iot:Subscribe',
      'topicfilter/a',
    ],
    [
      'knows any of several actions',
      true,
      [{ Action: ['iot:Receive', 'iot:Publish'], Resource: '*' }],
      'iot:Publish',
      'topic/a',
    ],
    [
      'reaches across slashes with *',
      true,
      [{ Action: 'iot:Publish', Resource: `${arn}topic/a/*` }],
      'iot:Publish',
      'topic/a/b/c',
    ],
    [
      'matches one character with ?',
      true,
      [{ Action: 'iot:Publish', Resource: `${arn}topic/a?c` }],
      'iot:Publish',
      'topic/abc',
    ],
    [
      'matches not two characters with ?',
      false,
      [{ Action: 'iot:Publish', Resource: `${arn}topic/a?c` }],
      'iot:Publish',
      'topic/abbc',
    ],
    [
      'takes + for a plus',
      false,
      [{ Action: 'iot:Publish', Resource: `${arn}topic/a/+` }],
      'iot:Publish',
      'topic/a/b',
    ],
    [
      'takes + in a topic filter for the filter itself',
      true,
      [{ Action: 'iot:Subscribe', Resource: `${arn}topicfilter/a/+` }],
      'iot:Subscribe',
      'topicfilter/a/+',
    ],
    [
      'takes . for a dot',
      false,
      [{ Action: 'iot:Publish', Resource: `${arn}topic/a.c` }],
      'iot:Publish',
      'topic/abc',
    ],
    [
      'tells topics from topic filters',
      false,
      [{ Action: 'iot:*', Resource: `${arn}topic/*` }],
      'iot:Subscribe',
      'topicfilter/a',
    ],
    [
      'tells accounts apart',
      false,
      [{ Action: 'iot:*', Resource: 'arn:aws:iot:eu-west-1:111111111111:topic/*' }],
      'iot:Publish',
      'topic/a',
    ],
    [
      'puts the thing in',
      true,
      [{ Action: 'iot:Publish', Resource: `${arn}topic/${thing}/x` }],
      'iot:Publish',
      'topic/robot/x',
    ],
    [
      'puts the client in',
      true,
      [{ Action: 'iot:Connect', Resource: `${arn}client/${client}` }],
      'iot:Connect',
      'client/robot',
    ],
    [
      'puts the thing in, and no neighbour',
      false,
      [{ Action: 'iot:Publish', Resource: `${arn}topic/${thing}/x` }],
      'iot:Publish',
      'topic/robot2/x',
    ],
    [
      'denies what another statement allows',
      false,
      [
        { Action: 'iot:*', Resource: '*' },
        { Effect: 'Deny', Action: 'iot:Publish', Resource: `${arn}topic/secret` },
      ],
      'iot:Publish',
      'topic/secret',
    ],
  ];

  it.each(cases)('%s (%s)', (_sentence, expected, statements, action, resource) => {
    expect(may(statements, action, resource)).toBe(expected);
  });

  it('matches nothing with the name of a thing that the certificate is not attached to', () => {
    const statement = { Action: 'iot:Publish', Resource: `${arn}topic/${thing}/*` };

    expect(may([statement], 'iot:Publish', 'topic//x', { clientId: 'robot', thingName: undefined })).toBe(
      false,
    );
  });

  it('takes a client id with a star for a name, not for a wildcard', () => {
    const statement = { Action: 'iot:Publish', Resource: `${arn}topic/${client}/x` };
    const star = { clientId: '*', thingName: undefined };

    expect(may([statement], 'iot:Publish', 'topic/victim/x', star)).toBe(false);
    expect(may([statement], 'iot:Publish', 'topic/*/x', star)).toBe(true);
  });

  it.each([
    ['robot', 'true', true],
    ['robot', 'false', false],
    [undefined, 'true', false],
    [undefined, ['false'], true],
  ])('for thing %s under the condition that it is attached: %j is %s', (thingName, value, expected) => {
    const Condition = { Bool: { 'iot:Connection.Thing.IsAttached': value } };
    const statement = { Action: 'iot:Connect', Resource: '*', Condition };

    expect(may([statement], 'iot:Connect', 'client/robot', { clientId: 'robot', thingName })).toBe(expected);
  });
});

describe('a policy is refused', () => {
  const allow = { Effect: 'Allow', Action: 'iot:Connect', Resource: '*' };
  const document = (statement: object) => ({ Version: '2012-10-17', Statement: [statement] });

  it.each([
    [
      'with an unknown variable',
      document({ ...allow, Resource: `${arn}client/\${iot:Certificate.Subject.CommonName}` }),
      'iot:Certificate.Subject.CommonName',
    ],
    ['with another condition', document({ ...allow, Condition: { StringEquals: {} } }), 'StringEquals'],
    ['with NotAction', document({ Effect: 'Allow', NotAction: 'iot:Connect', Resource: '*' }), 'NotAction'],
    ['with another effect', document({ ...allow, Effect: 'Perhaps' }), 'Effect'],
    ['without a version', { Statement: [allow] }, 'Version'],
    ['without statements', { Version: '2012-10-17', Statement: [] }, 'Statement'],
    ['beyond 2048 characters', document({ ...allow, Resource: 'x'.repeat(2048) }), '2048'],
    ['when it is none', undefined, 'Invalid input'],
  ])('%s', (_sentence, policy, named) => {
    expect(() => parsePolicy('mine', policy)).toThrow(/IoT policy mine/);
    expect(() => parsePolicy('mine', policy)).toThrow(named);
  });
});
