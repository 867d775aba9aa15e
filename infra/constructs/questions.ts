// What an operator asks, in that order: is it working, how fast is it, what is stuck, what does it cost.
import type { MetricName } from '#operations/metrics';
import { transitionMetrics } from '#operations/metrics';
import { costOfOne, costs } from './costs.ts';
import type { Question } from './dashboard.ts';
import type { HouseFunction } from './function.ts';
import { byRoute, isDoor, ofAws, ours, type Statistic, summed } from './metric.ts';
import type { Stage } from './stage.ts';
import type { Inventory } from './stage-inventory.ts';

const queues = ofAws('SQS');
const gateway = ofAws('ApiGateway');

export const questionsOf = (stage: Stage, inventory: Inventory): readonly Question[] => {
  const own = ours(stage);
  const { functions, doors, deadEnds } = inventory;
  const answering = functions.filter((each) => isDoor(each) || each.name === 'serve-content');
  const by = (metric: MetricName, statistic: Statistic, whom: readonly HouseFunction[] = functions) =>
    whom.map(({ name }) => own(metric, statistic, { function: name }, `${name} ${statistic}`));
  const counts = (...names: readonly MetricName[]) => names.map((name) => own(name, 'Sum'));
  const times = (...names: readonly MetricName[]) =>
    names.flatMap((name) => (['p50', 'p99'] as const).map((at) => own(name, at, {}, `${name} ${at}`)));
  const ofQueues = (metric: string, whom: readonly { readonly name: string }[]) =>
    whom.map(({ name }) => queues(metric, 'Maximum', { QueueName: name }, name));

  return [
    {
      asks: 'Is it working?',
      hint: 'Faults are ours; refusals are the callers’ to mend. What is confirmed follows what is queued.',
      graphs: [
        {
          title: 'Requests',
          metrics: by('RequestLatency', 'SampleCount', answering),
          unit: 'a minute',
          stacked: true,
        },
        { title: 'Faults', metrics: by('Faults', 'Sum'), unit: 'a minute', stacked: true },
        { title: 'Refusals', metrics: by('Refusals', 'Sum', answering), unit: 'a minute', stacked: true },
        {
          title: 'Requests, by operation',
          metrics: byRoute('Count', 'SampleCount', doors),
          unit: 'a minute',
        },
        { title: 'Refusals, by operation', metrics: byRoute('4xx', 'Sum', doors), unit: 'a minute' },
        { title: 'Faults, by operation', metrics: byRoute('5xx', 'Sum', doors), unit: 'a minute' },
        {
          title: 'Deployments',
          metrics: [
            summed('DeploymentQueued', by('DeploymentQueued', 'Sum')),
            ...counts('DeploymentConfirmed', 'DeploymentFailed'),
          ],
          unit: 'a minute',
        },
        {
          title: 'Transitions, by what was done',
          metrics: Object.entries(transitionMetrics).map(([outcome, name]) => own(name, 'Sum', {}, outcome)),
          unit: 'a minute',
          stacked: true,
        },
        {
          title: 'Rollouts',
          metrics: counts('RolloutStarted', 'RolloutSucceeded', 'RolloutFailed', 'RolloutHalted'),
          unit: 'a minute',
        },
      ],
    },
    {
      asks: 'How fast is it?',
      hint: 'Half of all, and all but the slowest in a hundred. An offline device takes its time to confirm.',
      graphs: [
        {
          title: 'Answers, as callers see them',
          metrics: doors.flatMap(({ id }) =>
            (['p50', 'p99'] as const).map((at) => gateway('Latency', at, { ApiId: id }, at)),
          ),
          unit: 'ms',
        },
        { title: 'Answers, by operation', metrics: byRoute('Latency', 'p99', doors), unit: 'ms' },
        { title: 'Answers, by door', metrics: by('RequestLatency', 'p99', answering), unit: 'ms' },
        { title: 'Until a shadow has it', metrics: times('DeliveryTime', 'TransitionAge'), unit: 'ms' },
        { title: 'Until the thing confirms it', metrics: times('ConfirmationTime'), unit: 'ms' },
      ],
    },
    {
      asks: 'What is stuck?',
      hint: '`npm run ops -- stuck` names the deployments, `npm run ops -- why ID` says whom one waits for.',
      graphs: [
        {
          title: 'Oldest message',
          metrics: ofQueues('ApproximateAgeOfOldestMessage', inventory.queues),
          unit: 's',
        },
        {
          title: 'Waiting for a person',
          metrics: ofQueues('ApproximateNumberOfMessagesVisible', deadEnds),
          unit: 'messages',
          stacked: true,
        },
        { title: 'Overdue slots', metrics: counts('OverdueSlots'), unit: 'a sweep' },
        { title: 'How late the sweep is', metrics: [own('SweepLag', 'Maximum')], unit: 'ms' },
        { title: 'Second tries', metrics: counts('TransitionRetries', 'Throttles'), unit: 'a minute' },
      ],
    },
    {
      asks: 'What does it cost?',
      hint: 'Estimated from list prices of us-east-1. Storage, connections and free tiers are not in it.',
      graphs: [
        { title: 'Dollars a minute', metrics: costs(stage, inventory), unit: '$', stacked: true },
        { title: 'A confirmed deployment', metrics: [costOfOne(stage, inventory)], unit: '$ per million' },
        { title: 'Write units', metrics: by('WriteUnits', 'Sum'), unit: 'a minute', stacked: true },
        { title: 'Read units', metrics: by('ReadUnits', 'Sum'), unit: 'a minute', stacked: true },
        {
          title: 'Queues and shadows',
          metrics: (['QueueRequests', 'ShadowOperations', 'DeviceMessages'] as const).map((name) =>
            summed(name, by(name, 'Sum')),
          ),
          unit: 'a minute',
        },
      ],
    },
  ];
};
