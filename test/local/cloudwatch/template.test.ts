// Alarms as a template declares them: numbers in, a change of state out, and who is told of it; what is not served is named at start.
import { describe, expect, it } from 'vitest';
import { tellOf } from '#infra/local/cloudwatch/tell';
import { createWatch } from '#infra/local/cloudwatch/watch';
import { createBus } from '#infra/local/events/bus';
import type { Parts } from '#infra/local/parts';
import { createTopics } from '#infra/local/sns/topics';
import { planResources } from '#infra/local/template/plan';
import { resourceTypes } from '#infra/local/template/resource-types';
import { startResources } from '#infra/local/template/start';
import { stackOf, world } from '../support/assembly.ts';

const minuteMs = 60_000;
const start = Date.parse('2030-01-01T00:00:00Z');

/** As many parts as the resources of these stacks ask for. */
const givenCloud = async (Resources: object) => {
  let now = start;
  const sent: { to: string; event: unknown }[] = [];
  const told: string[] = [];
  const watch = createWatch(() => now);
  const bus = createBus();
  const topics = createTopics((line) => told.push(line));
  const functions = { send: (to: string, event: string) => sent.push({ to, event: JSON.parse(event) }) };
  const parts = { world, watch, bus, topics, functions } as unknown as Parts;
  watch.onChange(tellOf({ world, bus, topics }));
  await startResources(planResources([stackOf({ Resources })], resourceTypes, world), parts);
  watch.check();
  return {
    sent,
    told,
    stateOf: watch.stateOf,
    /** A minute in which this was measured. */
    minute: (values: Readonly<Record<string, number>> = {}) => {
      for (const [name, value] of Object.entries(values))
        watch.measure('Shop', { door: 'front' }, { [name]: value });
      now += minuteMs;
      return watch.evaluate();
    },
  };
};

const stat = (MetricName: string, Stat = 'Sum') => ({
  Metric: { Namespace: 'Shop', MetricName, Dimensions: [{ Name: 'door', Value: 'front' }] },
  Period: 60,
  Stat,
});

const late = (more: object = {}) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmName: 'late',
    AlarmDescription: 'Customers wait.',
    Namespace: 'Shop',
    MetricName: 'Waited',
    Dimensions: [{ Name: 'door', Value: 'front' }],
    Statistic: 'Maximum',
    Period: 60,
    EvaluationPeriods: 2,
    Threshold: 10,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
    ...more,
  },
});

describe('an alarm', () => {
  it('goes off when enough minutes breach, and is over when they do not', async () => {
    const { minute, stateOf } = await givenCloud({ Late: late() });

    minute({ Waited: 3 });
    expect(stateOf('late')).toBe('OK');
    minute({ Waited: 30 });
    expect(stateOf('late')).toBe('OK');
    minute({ Waited: 30 });
    expect(stateOf('late')).toBe('ALARM');
    minute({ Waited: 3 });
    expect(stateOf('late')).toBe('OK');
  });

  it('that waits for silence is not set off by the silence before anybody looked', async () => {
    const { minute, stateOf } = await givenCloud({ Late: late({ TreatMissingData: 'breaching' }) });
    const states = [];

    for (let minutes = 0; minutes < 5; minutes += 1) {
      minute();
      states.push(stateOf('late'));
    }

    // It looks at four periods, two more than decide: one from before is enough to keep it quiet.
    expect(states).toEqual(['OK', 'OK', 'OK', 'ALARM', 'ALARM']);
  });

  it('looks at a percentile', async () => {
    const { minute, stateOf } = await givenCloud({
      Late: late({ Statistic: undefined, ExtendedStatistic: 'p50', EvaluationPeriods: 1 }),
    });

    minute({ Waited: 5 });
    expect(stateOf('late')).toBe('OK');
    minute({ Waited: 50 });
    expect(stateOf('late')).toBe('ALARM');
  });

  it('looks at an expression over several metrics', async () => {
    const { minute, stateOf } = await givenCloud({
      Share: late({
        MetricName: undefined,
        Namespace: undefined,
        Dimensions: undefined,
        Statistic: undefined,
        Period: undefined,
        EvaluationPeriods: 1,
        Metrics: [
          { Id: 'lost', MetricStat: stat('Lost'), ReturnData: false },
          { Id: 'came', MetricStat: stat('Came'), ReturnData: false },
          { Id: 'share', Expression: 'IF(came >= 10, 100 * FILL(lost, 0) / came, 0)' },
        ],
      }),
    });

    minute({ Came: 20, Lost: 1 });
    expect(stateOf('late')).toBe('OK');
    minute({ Came: 20, Lost: 5 });
    expect(stateOf('late')).toBe('ALARM');
    minute({ Came: 5, Lost: 5 });
    expect(stateOf('late')).toBe('OK');
  });

  it('tells its topic, and says who is hurt', async () => {
    const { minute, told } = await givenCloud({
      Operators: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'operators' } },
      Late: late({ EvaluationPeriods: 1, AlarmActions: [{ Ref: 'Operators' }] }),
    });

    minute({ Waited: 30 });

    expect(told).toEqual([
      expect.stringMatching(
        /^arn:aws:sns:us-east-1:000000000000:operators: ALARM: "late" \{.*"AlarmDescription":"Customers wait."/,
      ),
    ]);
  });

  it('wakes the function of a rule whose pattern names it, and no other', async () => {
    const onAlarm = (alarmName: string, value: string) => ({
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: {
          source: ['aws.cloudwatch'],
          'detail-type': ['CloudWatch Alarm State Change'],
          detail: { alarmName: [alarmName], state: { value: [value] } },
        },
        Targets: [{ Arn: `arn:aws:lambda:us-east-1:000000000000:function:on-${alarmName}`, Id: 'a' }],
      },
    });
    const { minute, sent } = await givenCloud({
      Late: late({ EvaluationPeriods: 1 }),
      OnLate: onAlarm('late', 'ALARM'),
      OnEarly: onAlarm('early', 'ALARM'),
    });

    minute({ Waited: 3 });
    expect(sent).toEqual([]);
    minute({ Waited: 30 });

    expect(sent).toEqual([
      {
        to: 'arn:aws:lambda:us-east-1:000000000000:function:on-late',
        event: expect.objectContaining({
          'detail-type': 'CloudWatch Alarm State Change',
          resources: ['arn:aws:cloudwatch:us-east-1:000000000000:alarm:late'],
          detail: expect.objectContaining({
            alarmName: 'late',
            previousState: { value: 'OK' },
            state: expect.objectContaining({ value: 'ALARM' }),
          }),
        }),
      },
    ]);
  });
});

describe('an alarm on alarms', () => {
  const composite = (AlarmName: string, AlarmRule: unknown) => ({
    Type: 'AWS::CloudWatch::CompositeAlarm',
    Properties: { AlarmName, AlarmRule },
  });

  it('follows them in the same look, also through another such alarm', async () => {
    const { minute } = await givenCloud({
      Night: composite('night', 'ALARM("hurt")'),
      Hurt: composite('hurt', { 'Fn::Join': ['', ['ALARM("', { 'Fn::GetAtt': ['Late', 'Arn'] }, '")']] }),
      Late: late({ EvaluationPeriods: 1 }),
    });

    minute();
    const changes = minute({ Waited: 30 });

    expect(changes.map(({ alarm, to }) => [alarm, to])).toEqual([
      ['late', 'ALARM'],
      ['hurt', 'ALARM'],
      ['night', 'ALARM'],
    ]);
  });

  it('is refused when it speaks of an alarm that does not exist', async () => {
    await expect(givenCloud({ Hurt: composite('hurt', 'ALARM("nobody")') })).rejects.toThrow(
      'the alarm hurt speaks of nobody, which does not exist',
    );
  });
});

describe('what is not served is an error at start that names it:', () => {
  it.each<[string, object, string]>([
    ['a statistic', { Statistic: 'tm90' }, 'the statistic tm90 is not supported by the local cloud'],
    ['a period', { Period: 45 }, 'the property Period has a value that the local cloud does not support'],
    [
      'a property',
      { EvaluateLowSampleCountPercentile: 'ignore' },
      'the property EvaluateLowSampleCountPercentile is not supported',
    ],
    [
      'a look too far back',
      { Period: 3600, EvaluationPeriods: 24 },
      'it looks back further than the 180 minutes',
    ],
    ['more than all', { DatapointsToAlarm: 3 }, 'it wants more breaching datapoints than it looks at'],
    [
      'an action',
      { AlarmActions: ['arn:aws:ssm:us-east-1:000000000000:opsitem:1'] },
      'only SNS topics are told here',
    ],
  ])('%s', async (_what, more, problem) => {
    await expect(givenCloud({ Late: late(more) })).rejects.toThrow(problem);
  });

  it('a dashboard that is not JSON', async () => {
    const dashboard = { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardBody: '{"widgets":[' } };

    await expect(givenCloud({ Dashboard: dashboard })).rejects.toThrow(
      'a dashboard is JSON with a list of widgets',
    );
  });
});
