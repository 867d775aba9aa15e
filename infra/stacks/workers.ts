// What moves deployments along: transitions go out to devices, reports come back, and what is overdue is looked at again.
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AlarmChanges } from '../constructs/alarm-changes.ts';
import { HouseFunction } from '../constructs/function.ts';
import { iotArn, sendTo } from '../constructs/permission.ts';
import { QueueWithWorker } from '../constructs/queue-with-worker.ts';
import { EveryDay, EveryMinute } from '../constructs/schedule.ts';
import { changesSlots, type HouseTable } from '../constructs/table.ts';
import { usersAreHurtIn } from '../constructs/users-are-hurt.ts';
import type { StageProps } from './stage-props.ts';

type WorkersProps = StageProps & { readonly table: HouseTable };

export class WorkersStack extends Stack {
  readonly transitions: QueueWithWorker;
  readonly reports: QueueWithWorker;
  readonly webhooks: QueueWithWorker;
  readonly rollouts: QueueWithWorker;

  constructor(scope: Construct, id: string, { stage, table, ...props }: WorkersProps) {
    super(scope, id, props);
    const everywhere = { STAGE: stage.name, TABLE_NAME: table.name };

    this.transitions = new QueueWithWorker(this, 'Transitions', {
      stage,
      name: 'transitions',
      workerTimeout: Duration.seconds(30),
      receivesMax: 5,
      concurrencyMax: 50,
      errorImpact: 'Integrators: a deployment stays queued although its device is online.',
      worker: ({ queue, timeout, receivesMax }) =>
        new HouseFunction(this, 'CarryOutTransition', {
          stage,
          name: 'carry-out-transition',
          memoryMb: 512,
          timeout,
          environment: {
            ...everywhere,
            TRANSITIONS_QUEUE_URL: queue.queueUrl,
            RECEIVES_MAX: `${receivesMax}`,
          },
          may: [
            ...table.allows(...changesSlots, 'Query'),
            sendTo(queue),
            {
              actions: ['iot:GetThingShadow', 'iot:UpdateThingShadow'],
              resources: [iotArn(this, 'thing', '*')],
              wildcardBecause:
                'Things are made by activations while the system runs; their names are not known here.',
            },
          ],
          errorImpact:
            'Integrators: what they deployed is not announced to the device, and waits in the queue.',
        }),
    });
    const transitions = this.transitions.queue;

    this.reports = new QueueWithWorker(this, 'Reports', {
      stage,
      name: 'reports',
      workerTimeout: Duration.seconds(30),
      receivesMax: 5,
      concurrencyMax: 50,
      errorImpact: 'Integrators: a device has applied or refused a deployment, and nobody is told.',
      worker: ({ timeout }) =>
        new HouseFunction(this, 'TakeReport', {
          stage,
          name: 'take-report',
          memoryMb: 512,
          timeout,
          environment: { ...everywhere, TRANSITIONS_QUEUE_URL: transitions.queueUrl },
          may: [...table.allows(...changesSlots, 'Query'), sendTo(transitions)],
          errorImpact: 'Integrators: deployments look unfinished although devices have them.',
        }),
    });

    this.webhooks = new QueueWithWorker(this, 'Webhooks', {
      stage,
      name: 'webhooks',
      // A receiver has ten seconds; the rest is for the table.
      workerTimeout: Duration.seconds(30),
      receivesMax: 5,
      // Receivers are strangers and may be slow: they must not take all of the account's concurrency.
      concurrencyMax: 20,
      errorImpact: 'Integrators: nobody is told that a deployment has started or finished.',
      worker: ({ queue, timeout }) =>
        new HouseFunction(this, 'DeliverWebhook', {
          stage,
          name: 'deliver-webhook',
          memoryMb: 512,
          timeout,
          environment: {
            ...everywhere,
            WEBHOOKS_QUEUE_URL: queue.queueUrl,
            WEBHOOK_REACH: stage.webhookReach,
          },
          // It reads what happened, and writes into the webhook how it went.
          may: [...table.allows('GetItem', 'PutItem'), sendTo(queue)],
          // SQS holds a message back for a quarter of an hour: a longer wait is many short ones.
          sendsToItself: true,
          errorImpact: 'Integrators: their own systems do not hear of deployments, and wait or guess.',
        }),
    });

    this.rollouts = new QueueWithWorker(this, 'Rollouts', {
      stage,
      name: 'rollouts',
      // A page of a fleet is hundreds of calls; what is left when the time is up goes on with the next message.
      workerTimeout: Duration.seconds(60),
      receivesMax: 5,
      // Each takes one shard of a thousand devices: more at a time than the shadow service takes would help nobody.
      concurrencyMax: 20,
      errorImpact: 'Integrators: a deployment of an environment does not reach its devices.',
      worker: ({ queue, timeout, receivesMax }) =>
        new HouseFunction(this, 'RollOut', {
          stage,
          name: 'roll-out',
          memoryMb: 1024,
          timeout,
          environment: {
            ...everywhere,
            TRANSITIONS_QUEUE_URL: transitions.queueUrl,
            ROLLOUTS_QUEUE_URL: queue.queueUrl,
            WEBHOOKS_QUEUE_URL: this.webhooks.queue.queueUrl,
            RECEIVES_MAX: `${receivesMax}`,
          },
          may: [
            ...table.allows(...changesSlots, 'Query', 'BatchWriteItem'),
            sendTo(transitions, queue, this.webhooks.queue),
          ],
          // It looks again until the rollout is over.
          sendsToItself: true,
          errorImpact: 'Integrators: a rollout stands still; devices keep what they have.',
        }),
    });

    new AlarmChanges(this, 'AlarmChanges', {
      wakes: new HouseFunction(this, 'HaltRollouts', {
        stage,
        name: 'halt-rollouts',
        memoryMb: 512,
        timeout: Duration.seconds(30),
        environment: {
          ...everywhere,
          ROLLOUTS_QUEUE_URL: this.rollouts.queue.queueUrl,
          STAGE_ALARM: usersAreHurtIn(stage),
        },
        may: [...table.allows('GetItem', 'PutItem'), table.allowsQueryOf('due'), sendTo(this.rollouts.queue)],
        errorImpact: 'Integrators: a rollout goes on although an alarm that it named has gone off.',
      }),
      errorImpact: 'Integrators: nobody hears of alarms that shall halt a rollout.',
    });

    const sweepOverdue = new HouseFunction(this, 'SweepOverdue', {
      stage,
      name: 'sweep-overdue',
      memoryMb: 512,
      // Shorter than its minute, so that two sweeps do not overlap.
      timeout: Duration.seconds(50),
      environment: {
        ...everywhere,
        TRANSITIONS_QUEUE_URL: transitions.queueUrl,
        ROLLOUTS_QUEUE_URL: this.rollouts.queue.queueUrl,
      },
      may: [
        ...table.allows(...changesSlots),
        table.allowsQueryOf('due'),
        sendTo(transitions, this.rollouts.queue),
        // It rests while the queue is long.
        { actions: ['sqs:GetQueueAttributes'], resources: [transitions.queueArn] },
      ],
      errorImpact: 'Integrators: a lost message or report is not noticed, and its deployment waits for ever.',
    });
    new EveryMinute(this, 'EveryMinute', {
      wakes: sweepOverdue,
      errorImpact: 'Integrators: nothing overdue is found, so what was lost once stays lost.',
    });

    const sweepContents = new HouseFunction(this, 'SweepContents', {
      stage,
      name: 'sweep-contents',
      memoryMb: 1024,
      timeout: Duration.minutes(15),
      environment: everywhere,
      may: [
        ...table.allows(...changesSlots, 'Query', 'DeleteItem', 'BatchWriteItem'),
        table.allowsQueryOf('listed'),
      ],
      errorImpact: 'Nobody at once: history and content that nobody needs any more are kept, and paid for.',
    });
    new EveryDay(this, 'EveryDay', {
      wakes: sweepContents,
      errorImpact: 'Nobody at once: content that nobody needs any more is kept, and paid for.',
    });

    this.#tellOperators();
  }

  #tellOperators(): void {
    const queues = {
      TransitionsQueueUrl: [this.transitions.queue, 'Slots whose devices must be told something.'],
      TransitionsDeadLettersUrl: [
        this.transitions.deadLetters,
        'Transitions that failed and wait for a person.',
      ],
      RolloutsQueueUrl: [this.rollouts.queue, 'Rollouts, and shards of their devices, that want a look.'],
      RolloutsDeadLettersUrl: [
        this.rollouts.deadLetters,
        'Rollouts that could not be looked at, and wait for a person.',
      ],
      WebhooksQueueUrl: [this.webhooks.queue, 'What integrators’ systems are to be told.'],
      WebhooksDeadLettersUrl: [
        this.webhooks.deadLetters,
        'Messages for webhooks that could not even be looked at, and wait for a person.',
      ],
      ReportsQueueUrl: [this.reports.queue, 'What devices said, on its way to their deployments.'],
      ReportsDeadLettersUrl: [
        this.reports.deadLetters,
        'Reports that could not be taken and wait for a person.',
      ],
    } as const;
    for (const [output, [{ queueUrl: value }, description]] of Object.entries(queues)) {
      new CfnOutput(this, output, { value, description });
    }
  }
}
