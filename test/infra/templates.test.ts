// What is true of everything that we deploy, said over the synthesized templates.
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { activationRoute } from '#device/activation';
import { ruleTopics } from '#device/topics';
import { contract as heat } from '#dialects/heat/contract';
import { contract as humanitec } from '#dialects/humanitec/contract';
import { contract as miru } from '#dialects/miru/contract';
import type { Variables } from '#infra/constructs/function';
import { environments } from '#operations/environment';
import { table as names } from '#operations/table';
import { all, appOf, everyResource, listOf, type Resource, resourcesOf, somewhere } from './synthesized.ts';

const functions = all('AWS::Lambda::Function');
const nameOf = ({ Properties }: Resource): string => Properties.FunctionName.replace('shadowcast-dev-', '');
const queueNamed = (name: string, property: 'QueueName' | 'LogicalId' = 'QueueName'): Resource | undefined =>
  Object.entries(resourcesOf('AWS::SQS::Queue')).find(([logicalId, { Properties }]) =>
    property === 'LogicalId' ? logicalId === name : Properties.QueueName === name,
  )?.[1];
const referredTo = (value: unknown): string => Object(value).Ref ?? Object(value)['Fn::GetAtt']?.[0];

describe('every function', () => {
  test('is one whose environment is described, and all of those are there', () => {
    expect(functions.map(nameOf).sort()).toEqual(Object.keys(environments).sort());
  });

  test.each(Object.entries(environments))(
    '%s is told exactly the variables that it reads',
    (name, { shape }) => {
      const told = functions.find((each) => nameOf(each) === name)?.Properties.Environment.Variables;
      expect(Object.keys(told).sort()).toEqual(Object.keys(shape).sort());
    },
  );

  test('does not compile when a variable is missing', () => {
    // @ts-expect-error TABLE_NAME is missing.
    const told: Variables<'serve-content'> = { STAGE: 'dev' };
    expect(environments['serve-content'].safeParse(told).success).toBe(false);
  });

  test.each(functions.map((each) => [nameOf(each), each]))(
    '%s runs Node.js 24 on arm64, traced',
    (_name, each) => {
      expect(each.Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
        MemorySize: expect.any(Number),
        Timeout: expect.any(Number),
      });
    },
  );

  test('writes JSON, lets its own lines through, and keeps Lambda’s START, END and REPORT from being billed', () => {
    for (const { Properties } of functions)
      expect(Properties.LoggingConfig).toMatchObject({
        LogFormat: 'JSON',
        SystemLogLevel: 'WARN',
        ApplicationLogLevel: 'DEBUG',
      });
  });

  test('has a role of its own', () => {
    const roles = functions.map(({ Properties }) => referredTo(Properties.Role));
    expect(new Set(roles).size).toBe(functions.length);
  });

  test('writes to a log group that is declared and forgets in time', () => {
    const groups = resourcesOf('AWS::Logs::LogGroup');
    const retentions = functions.map(
      ({ Properties }) => groups[referredTo(Properties.LoggingConfig.LogGroup)]?.Properties.RetentionInDays,
    );
    expect(retentions).toEqual(functions.map(() => 14));
  });
});

describe('nobody', () => {
  const policies = all('AWS::IAM::Policy');
  const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);

  test('is allowed an action with a wildcard', () => {
    const actions: string[] = statements.flatMap(({ Action }) => listOf(Action));
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  test('is allowed anything on everything, except where AWS knows no resource', () => {
    const onEverything = statements.filter(({ Resource }) => listOf(Resource).includes('*'));
    expect([...new Set(onEverything.flatMap(({ Action }) => listOf(Action)))].sort()).toEqual([
      'iot:CreateCertificateFromCsr',
      'iot:DescribeEndpoint',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
  });

  test('gets more from a policy of AWS than we have written', () => {
    expect(all('AWS::IAM::Role').filter(({ Properties }) => Properties.ManagedPolicyArns)).toEqual([]);
  });

  test('uses the key of the table but through the table', () => {
    const uses = statements.filter(({ Action }) =>
      listOf<string>(Action).some((each) => each.startsWith('kms:')),
    );
    expect(uses.length).toBeGreaterThan(0);
    for (const { Condition } of uses) {
      expect(Condition.StringEquals['kms:ViaService']).toMatch(/^dynamodb\./);
    }
  });
});

describe('every queue', () => {
  test.each(all('AWS::Lambda::EventSourceMapping'))(
    'with a worker loses nothing and repeats little ($#)',
    (mapping) => {
      const queue = queueNamed(referredTo(mapping.Properties.EventSourceArn), 'LogicalId')?.Properties;
      const deadLetters = queueNamed(
        referredTo(queue.RedrivePolicy.deadLetterTargetArn),
        'LogicalId',
      )?.Properties;
      const worker =
        resourcesOf('AWS::Lambda::Function')[referredTo(mapping.Properties.FunctionName)]?.Properties;

      expect(mapping.Properties).toMatchObject({
        BatchSize: 10,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      });
      expect(queue.RedrivePolicy.maxReceiveCount).toBeGreaterThanOrEqual(5);
      expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * worker.Timeout);
      expect(deadLetters.MessageRetentionPeriod).toBe(14 * 24 * 3600);
    },
  );

  test('tells its worker how often it hands a message out', () => {
    const worker = functions.find((each) => nameOf(each) === 'carry-out-transition');
    const queue = queueNamed('shadowcast-dev-transitions');
    expect(worker?.Properties.Environment.Variables.RECEIVES_MAX).toBe(
      `${queue?.Properties.RedrivePolicy.maxReceiveCount}`,
    );
  });

  test('is encrypted, and refuses to speak without TLS', () => {
    const queues = resourcesOf('AWS::SQS::Queue');
    const guarded = all('AWS::SQS::QueuePolicy').flatMap(({ Properties }) =>
      Properties.Queues.map(referredTo),
    );
    expect(guarded.sort()).toEqual(Object.keys(queues).sort());
    expect(Object.values(queues).filter(({ Properties }) => !Properties.SqsManagedSseEnabled)).toEqual([]);
  });
});

describe('the door', () => {
  test('has the routes of the contracts and one catch-all for each voice, and no other', () => {
    const routes = all('AWS::ApiGatewayV2::Route').map(({ Properties }) => Properties.RouteKey);
    const expected = [
      ...[...Object.keys(miru), 'ANY /beta/{proxy+}'],
      ...[...Object.keys(humanitec), 'ANY /orgs/{proxy+}'],
      ...[...Object.keys(heat), 'ANY /', 'ANY /{proxy+}'],
      ...[activationRoute, 'ANY /device/{proxy+}'],
    ];
    expect(routes.sort()).toEqual(expected.sort());
    // As many as one HTTP API may have.
    expect(routes.length).toBeLessThan(300);
  });

  test('needs one permission per function, however many routes there are', () => {
    const fromTheDoor = all('AWS::Lambda::Permission').filter(
      ({ Properties }) => Properties.Principal === 'apigateway.amazonaws.com',
    );
    expect(fromTheDoor).toHaveLength(
      Object.keys(environments).filter((name) => name.startsWith('api-')).length,
    );
  });

  test('slows down before it breaks, and logs each request as JSON without what callers keep secret', () => {
    const [stage] = all('AWS::ApiGatewayV2::Stage');
    expect(stage?.Properties.DefaultRouteSettings.ThrottlingRateLimit).toBeGreaterThan(0);
    const logged: string[] = Object.values(JSON.parse(stage?.Properties.AccessLogSettings.Format));
    expect(logged).toContain('$context.requestId');
    expect(logged.filter((field) => /header|query|authorizer/i.test(field))).toEqual([]);
  });
});

describe('the table', () => {
  const [dev] = all('AWS::DynamoDB::Table');
  const [prod] = all('AWS::DynamoDB::Table', 'prod');

  test('has the name that the keys CLI expects, and the keys that the code uses', () => {
    expect(dev?.Properties.TableName).toBe('shadowcast-dev');
    const indexes = dev?.Properties.GlobalSecondaryIndexes.map((index: Resource) => index.IndexName);
    expect(indexes).toEqual(Object.values(names.indexes).map(({ name }) => name));
    expect(dev?.Properties.TimeToLiveSpecification).toEqual({
      AttributeName: names.expiresAt,
      Enabled: true,
    });
    expect(dev?.Properties.AttributeDefinitions).toContainEqual({
      AttributeName: 'dueAt',
      AttributeType: 'N',
    });
  });

  test('is paid by use, restorable, encrypted with our rotating key, and has no stream', () => {
    expect(dev?.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
    });
    expect(dev?.Properties.StreamSpecification).toBeUndefined();
    expect(all('AWS::KMS::Key')[0]?.Properties.EnableKeyRotation).toBe(true);
  });

  test('survives its stack in production, and goes with it elsewhere', () => {
    expect(prod).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: { DeletionProtectionEnabled: true },
    });
    expect(dev).toMatchObject({ DeletionPolicy: 'Delete', Properties: { DeletionProtectionEnabled: false } });
    expect(all('AWS::KMS::Key', 'prod')[0]?.DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(appOf('prod').stacks.storage.terminationProtection).toBe(true);
  });
});

describe('what devices say', () => {
  const rules = all('AWS::IoT::TopicRule').map(({ Properties }) => Properties.TopicRulePayload);
  const ruleOn = (topic: string) => rules.find(({ Sql }) => Sql.includes(`FROM '${topic}'`));

  test.each(Object.entries(ruleTopics))('is taken by one rule: %s', (_name, topic) => {
    expect(ruleOn(topic)).toMatchObject({ AwsIotSqlVersion: '2016-03-23' });
    expect(rules).toHaveLength(Object.keys(ruleTopics).length);
  });

  test('is kept for a person when nobody could take it', () => {
    const queues = rules.map(({ ErrorAction }) => referredTo(ErrorAction.Sqs.QueueUrl));
    expect(new Set(queues.map((id) => queueNamed(id, 'LogicalId')?.Properties.QueueName))).toEqual(
      new Set(['shadowcast-dev-failed']),
    );
  });

  test('names the thing by its topic, never by what it says of itself', () => {
    expect(ruleOn(ruleTopics.reported).Sql).toContain('topic(3) AS thing, topic(6) AS channel');
    expect(ruleOn(ruleTopics.fetch).Sql).toContain('topic(2) AS thing');
  });

  test('wakes the content server through that one rule, and its failures are kept', () => {
    const [permission, ...others] = all('AWS::Lambda::Permission').filter(
      ({ Properties }) => Properties.Principal === 'iot.amazonaws.com',
    );
    expect(others).toEqual([]);
    const rule = resourcesOf('AWS::IoT::TopicRule')[referredTo(permission?.Properties.SourceArn)];
    expect(rule?.Properties.TopicRulePayload.Sql).toContain(ruleTopics.fetch);
    expect(
      all('AWS::Lambda::EventInvokeConfig').filter(({ Properties }) => Properties.DestinationConfig),
    ).toHaveLength(1);
  });
});

test('the sweeper wakes every minute, with no input, and never twice for the same minute', () => {
  const [schedule, ...others] = all('AWS::Scheduler::Schedule').filter(({ Properties }) =>
    Properties.ScheduleExpression.includes('minute'),
  );
  expect(others).toEqual([]);
  expect(schedule?.Properties).toMatchObject({
    ScheduleExpression: 'rate(1 minute)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { RetryPolicy: { MaximumRetryAttempts: 0 } },
  });
  expect(schedule?.Properties.Target.Input).toBeUndefined();
});

test('everything that can fail says in a sentence who is hurt', () => {
  const canFail = [
    'DynamoDB::Table',
    'SQS::Queue',
    'Lambda::Function',
    'ApiGatewayV2::Api',
    'IoT::Policy',
    'IoT::TopicRule',
    'Scheduler::Schedule',
  ];
  const impacts = canFail.flatMap((type) => all(`AWS::${type}`)).map(({ Metadata }) => Metadata?.ErrorImpact);
  expect(impacts.filter((impact) => !/^[A-Z].{20,200}\.$/.test(impact))).toEqual([]);
});

test('nothing runs at deployment but CloudFormation itself', () => {
  const types = new Set(everyResource().map(({ Type }) => Type));
  expect([...types].filter((type) => !type.startsWith('AWS::') || type.includes('CustomResource'))).toEqual(
    [],
  );
});

test.each([
  ['dev', {}],
  ['prod', {}],
  ['prod', somewhere],
])('the security checks of AWS Solutions find nothing unexplained in %s %o', (stage, env) => {
  const { app } = appOf(stage, env);
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  expect(violations.map(({ ruleName, violatingResources }) => [ruleName, violatingResources])).toEqual([]);
});

test('a stage with a name that AWS would refuse is refused here', () => {
  expect(() => appOf('Prod!')).toThrow('cannot be a stage');
});
