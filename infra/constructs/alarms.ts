// What somebody is woken for. Few: each row is something that a person can feel or must do, and each has its page in docs/runbooks.
import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmRow } from './alarm.ts';
import { isDoor, ofAws, ours, summed } from './metric.ts';
import { named, type Stage } from './stage.ts';
import type { Inventory } from './stage-inventory.ts';

const minutesMs = 60_000;

/** A share in percent of at least so many: one failure among three is no storm. */
const shareOf = (label: string, part: IMetric, whole: readonly IMetric[], wholeMin: number) => {
  const total = whole.map((_, index) => `FILL(whole${index}, 0)`).join(' + ');
  return new MathExpression({
    label,
    expression: `IF((${total}) >= ${wholeMin}, 100 * FILL(part, 0) / (${total}), 0)`,
    usingMetrics: {
      part,
      ...Object.fromEntries(whole.map((metric, index) => [`whole${index}`, metric])),
    },
    period: Duration.minutes(1),
  });
};

const gateway = ofAws('ApiGateway');
const queues = ofAws('SQS');
const table = ofAws('DynamoDB');
const rules = ofAws('IoT');
const functions = ofAws('Lambda');

export const alarmsOf = (stage: Stage, inventory: Inventory) => {
  const own = ours(stage);
  const { doors, rules: deviceRules, deadEnds } = inventory;
  // A door without room answers 5xx, which is another alarm's.
  const workers = inventory.functions.filter((each) => !isDoor(each));
  const ofDoor = (metric: string, statistic: 'Sum' | 'p99' | 'SampleCount') =>
    doors.map(({ id }) => gateway(metric, statistic, { ApiId: id }, metric));
  const ageIn = (queue: string) =>
    queues('ApproximateAgeOfOldestMessage', 'Maximum', { QueueName: named(stage, queue) });
  const failed = own('DeploymentFailed', 'Sum');

  return {
    'door-errors': {
      errorImpact: 'Integrators: more than one call in a hundred fails through a fault of ours.',
      metric: shareOf(
        'errors in percent',
        ofDoor('5xx', 'Sum')[0] as IMetric,
        ofDoor('Count', 'SampleCount'),
        20,
      ),
      above: 1,
      minutes: 3,
      of: 5,
      silence: 'fine',
      hurts: true,
    },
    'door-latency': {
      errorImpact: 'Integrators: the slowest call in a hundred takes longer than a second.',
      metric: ofDoor('Latency', 'p99')[0] as IMetric,
      above: 1000,
      minutes: 3,
      of: 5,
      silence: 'fine',
      hurts: true,
    },
    'transitions-late': {
      errorImpact: 'Integrators: what they deployed is not announced to devices that are online.',
      metric: ageIn('transitions'),
      above: 5 * 60,
      minutes: 3,
      of: 5,
      silence: 'fine',
      hurts: true,
    },
    'reports-late': {
      errorImpact: 'Integrators: devices have applied what they were told, and it still looks unfinished.',
      metric: ageIn('reports'),
      above: 5 * 60,
      minutes: 3,
      of: 5,
      silence: 'fine',
      hurts: true,
    },
    'dead-letters': {
      errorImpact:
        'Whoever waits for the work in them: each message is work that stopped and waits for a person.',
      metric: summed(
        'messages that wait for a person',
        deadEnds.map(({ name }) =>
          queues('ApproximateNumberOfMessagesVisible', 'Maximum', { QueueName: name }, name),
        ),
      ),
      above: 0,
      minutes: 1,
      of: 1,
      silence: 'fine',
      hurts: false,
    },
    'deployments-overdue': {
      errorImpact: 'Integrators: deployments that nobody has looked at in time; what was lost stays lost.',
      metric: own('SweepLag', 'Maximum'),
      above: 10 * minutesMs,
      minutes: 3,
      of: 5,
      silence: 'fine',
      hurts: true,
    },
    'deployments-failing': {
      errorImpact: 'Integrators: one deployment in five fails on its device, and a rollout may be why.',
      metric: shareOf('failed in percent', failed, [failed, own('DeploymentConfirmed', 'Sum')], 5),
      above: 20,
      minutes: 2,
      of: 5,
      silence: 'fine',
      hurts: true,
    },
    throttled: {
      errorImpact: 'Nobody yet: AWS turns away what we ask of it, and soon everything is late.',
      metric: summed('turned away', [
        own('Throttles', 'Sum'),
        table('ReadThrottleEvents', 'Sum', { TableName: named(stage) }),
        table('WriteThrottleEvents', 'Sum', { TableName: named(stage) }),
      ]),
      above: 10,
      minutes: 3,
      of: 5,
      silence: 'fine',
      hurts: false,
    },
    'workers-throttled': {
      errorImpact: 'Whoever waits for the workers: the account has no room for another call of theirs.',
      metric: summed(
        'calls without room',
        workers.map(({ functionName }) =>
          functions('Throttles', 'Sum', { FunctionName: functionName }, functionName),
        ),
      ),
      above: 10,
      minutes: 3,
      of: 5,
      silence: 'fine',
      hurts: false,
    },
    'rules-failing': {
      errorImpact: 'Device owners: what devices say or ask for does not reach us.',
      metric: summed('words of devices that were not taken', [
        queues('NumberOfMessagesSent', 'Sum', { QueueName: named(stage, 'failed') }),
        ...deviceRules.map(({ name, node }) =>
          rules('RuleMessageThrottled', 'Sum', { RuleName: name }, `throttled: ${node.id}`),
        ),
      ]),
      above: 0,
      minutes: 2,
      of: 5,
      silence: 'fine',
      hurts: false,
    },
    'sweeper-stopped': {
      errorImpact: 'Integrators: nothing overdue is found, so what is lost from now on stays lost.',
      metric: own('OverdueSlots', 'SampleCount'),
      below: 1,
      minutes: 5,
      of: 5,
      // Made with the last stack, when the schedule has run for minutes: CloudWatch looks at what was measured before an alarm was made.
      silence: 'wrong',
      hurts: true,
    },
  } as const satisfies Record<string, AlarmRow>;
};

export type AlarmName = keyof ReturnType<typeof alarmsOf>;
