// Least privilege, read from the templates: every function may do what it does, and nothing besides without a reason.
import { describe, expect, it } from 'vitest';
import { evaluator } from '#infra/local/iam/evaluate';
import { grantsOf } from '#infra/local/iam/grants';
import { errandsOf, wiringProblems } from '#infra/local/iam/wiring';
import type { Planned } from '#infra/local/template/plan';
import { allowedBesides, callsMade } from './calls-made.ts';
import { functionNamed, givenTemplates, line, short, world } from './given.ts';

const { planned, grants } = await givenTemplates();

/** Nobody here answers for these: what needs them is not recorded, and the stacks say themselves why they are there. */
const notServed = ['kms', 'logs', 'xray', 'cloudwatch'];
const isServed = ({ action }: { action: string }): boolean => !notServed.includes(action.split(':')[0] ?? '');

const allowedBy = (roleArn: string) =>
  (grants.roles.get(roleArn)?.statements ?? [])
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action = [], Resource = [] }) =>
      Action.flatMap((action) => Resource.map((resource) => ({ action, resource }))),
    )
    .filter(isServed);

/** What AWS itself needs of a role, to do in its name what the templates ask for. */
const errandNeedsOf = (roleArn: string) =>
  errandsOf(planned, grants, world).flatMap(({ errand }) =>
    errand.kind === 'as role' && errand.roleArn === roleArn ? errand.needs : [],
  );

const functions = [...grants.roleOfFunction].map(([name, roleArn]) => ({
  name: functionNamed(name),
  roleArn,
}));

describe('every function', () => {
  it('has its calls on record', () => {
    expect(functions.map(({ name }) => name).sort()).toEqual(Object.keys(callsMade).sort());
  });

  it.each(functions)('$name may make the calls that it makes', ({ name, roleArn }) => {
    const may = evaluator(grants.roles.get(roleArn)?.statements ?? []);
    // A table is written with the ends of ARNs; the whole ones are looked up in what the templates name.
    const resources = new Set(allowedBy(roleArn).map(({ resource }) => resource));
    const denied = (callsMade[name] ?? []).filter((call) => {
      const [action = '', end = ''] = call.split(' ');
      return ![...resources].some((resource) => short(resource) === end && may({ action, resource }).allowed);
    });

    expect(denied).toEqual([]);
  });

  it.each(functions)(
    '$name may nothing besides, but for the reasons that are written down',
    ({ name, roleArn }) => {
      const needed = [...(callsMade[name] ?? []), ...errandNeedsOf(roleArn).map(line)];
      const besides = allowedBy(roleArn)
        .map(line)
        .filter((each) => !needed.includes(each));

      expect(besides.sort()).toEqual(Object.keys(allowedBesides[name] ?? {}).sort());
    },
  );
});

it('roles that AWS takes on to carry something may carry it, and nothing else', () => {
  const ofFunctions = new Set(functions.map(({ roleArn }) => roleArn));
  const others = [...grants.roles].filter(([arn]) => !ofFunctions.has(arn));

  const besides = others.flatMap(([arn, { name }]) => {
    const needed = errandNeedsOf(arn).map(line);
    return allowedBy(arn)
      .map(line)
      .filter((each) => !needed.includes(each))
      .map((each) => `${name}: ${each}`);
  });

  expect(others.length).toBeGreaterThan(0);
  expect(besides).toEqual([]);
});

describe('what AWS does in our name', () => {
  const problemsOf = (plan: readonly Planned[]) => wiringProblems(plan, grantsOf(plan, world), world);
  const without = (isGone: (each: Planned['resource']) => boolean) =>
    planned.filter(({ resource }) => !isGone(resource));
  const named = (pattern: RegExp, type: string) => (resource: Planned['resource']) =>
    resource.type === type && pattern.test(resource.logicalId);

  it('is allowed by the templates as they are', () => {
    expect(problemsOf(planned)).toEqual([]);
  });

  it.each<[string, (each: Planned['resource']) => boolean, RegExp]>([
    [
      'a queue feeds a function whose role cannot read it',
      named(/^TakeReportRoleDefaultPolicy/, 'AWS::IAM::Policy'),
      /\(AWS::Lambda::EventSourceMapping\): shadowcast-dev-workers-TakeReportRole\w+ may not sqs:ReceiveMessage on \S+:shadowcast-dev-reports; missing statement: {"Effect":"Allow","Action":"sqs:ReceiveMessage","Resource":"\S+:shadowcast-dev-reports"}\./,
    ],
    [
      'a rule carries messages to a queue and has no right to send',
      named(/^ReportedRoleDefaultPolicy/, 'AWS::IAM::Policy'),
      /\(AWS::IoT::TopicRule\): shadowcast-dev-devices-ReportedRole\w+ may not sqs:SendMessage on \S+:shadowcast-dev-reports;/,
    ],
    [
      'a rule wakes a function that does not let it in',
      named(/./, 'AWS::Lambda::Permission'),
      /\(AWS::IoT::TopicRule\): iot\.amazonaws\.com for \S+ may not lambda:InvokeFunction on \S+serve-content;/,
    ],
    [
      'a route leads to a function that does not let the API in',
      named(/./, 'AWS::Lambda::Permission'),
      /\(AWS::ApiGatewayV2::Route\): apigateway\.amazonaws\.com for \S+ may not lambda:InvokeFunction on \S+api-miru;/,
    ],
    [
      'the clock wakes a function and has no right to',
      named(/^EveryMinuteRoleDefaultPolicy/, 'AWS::IAM::Policy'),
      /\(AWS::Scheduler::Schedule\): shadowcast-dev-workers-EveryMinuteRole\w+ may not lambda:InvokeFunction on \S+sweep-overdue;/,
    ],
    [
      'a function hands over what it could not do, and has no right to send',
      named(/^ServeContentRoleDefaultPolicy/, 'AWS::IAM::Policy'),
      /\(AWS::Lambda::EventInvokeConfig\): shadowcast-dev-devices-ServeContentRole\w+ may not sqs:SendMessage on \S+:shadowcast-dev-failed;/,
    ],
    [
      'there is no such role',
      named(/^TakeReportRole/, 'AWS::IAM::Role'),
      /\(AWS::Lambda::Function\): the templates declare no role \S+TakeReportRole/,
    ],
  ])('is refused where %s', (_what, isGone, expected) => {
    expect(problemsOf(without(isGone)).join('\n')).toMatch(expected);
  });

  it('is refused where a role does not trust the service', () => {
    const distrustful = planned.map((each) =>
      each.resource.type === 'AWS::IAM::Role'
        ? { ...each, resource: { ...each.resource, properties: trusting('ec2.amazonaws.com') } }
        : each,
    );

    expect(problemsOf(distrustful).join('\n')).toMatch(
      /\(AWS::Lambda::Function\): lambda\.amazonaws\.com may not sts:AssumeRole on \S+; missing statement/,
    );
  });
});

const trusting = (service: string) => ({
  AssumeRolePolicyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }],
  },
});
