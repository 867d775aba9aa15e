// What moves deployments along: transitions go out to devices, reports come back, content is served, and nothing is forgotten.
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { Construct } from 'constructs';
import { contentTopics } from '#device/topics';
import { HouseFunction } from '../constructs/function.ts';
import { iotArn, sendTo } from '../constructs/permission.ts';
import { HouseQueue, waitsForAPerson } from '../constructs/queue.ts';
import { QueueWithWorker } from '../constructs/queue-with-worker.ts';
import { EveryMinute } from '../constructs/schedule.ts';
import type { HouseTable } from '../constructs/table.ts';
import type { StageProps } from './stage-props.ts';

/** A subscription's `+` is a `*` in IAM. */
const anyOf = (filter: string): string => filter.replaceAll('+', '*');

type WorkersProps = StageProps & { readonly table: HouseTable };

export class WorkersStack extends Stack {
  readonly transitions: QueueWithWorker;
  readonly reports: QueueWithWorker;
  readonly failed: HouseQueue;
  readonly serveContent: HouseFunction;

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
            RECEIVES_MAX: String(receivesMax),
          },
          may: [
            ...table.allows('GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'),
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
    const sendsTransitions = { TRANSITIONS_QUEUE_URL: this.transitions.queue.queueUrl };

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
          environment: { ...everywhere, ...sendsTransitions },
          may: [
            ...table.allows('GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
            sendTo(this.transitions.queue),
          ],
          errorImpact:
            'Integrators: deployments look unfinished although devices have them; the sweeper asks again.',
        }),
    });

    this.failed = new HouseQueue(this, 'Failed', {
      stage,
      name: 'failed',
      retentionPeriod: waitsForAPerson,
      errorImpact: 'Each message here is something a device said or asked for that nobody took.',
    });
    this.failed.hasNoDeadLetters(
      'Nothing consumes this queue: it is where failures end, as a dead-letter queue is.',
    );

    this.serveContent = new HouseFunction(this, 'ServeContent', {
      stage,
      name: 'serve-content',
      memoryMb: 512,
      timeout: Duration.seconds(10),
      environment: everywhere,
      may: [
        ...table.allows('GetItem', 'BatchGetItem', 'Query'),
        {
          actions: ['iot:Publish'],
          resources: [anyOf(contentTopics('*').contentFilter), contentTopics('*').fetchRejected].map(
            (topic) => iotArn(this, 'topic', topic),
          ),
          wildcardBecause:
            'Any thing may ask, for any digest; which of them is answered is decided from its manifests.',
        },
      ],
      errorImpact: 'Device owners: a device knows of a deployment, and cannot fetch its files.',
    });
    // No second try: it would come after a minute, when the device has long asked again.
    this.serveContent.lambda.configureAsyncInvoke({
      retryAttempts: 0,
      maxEventAge: Duration.minutes(1),
      onFailure: new SqsDestination(this.failed),
    });

    const sweepOverdue = new HouseFunction(this, 'SweepOverdue', {
      stage,
      name: 'sweep-overdue',
      memoryMb: 512,
      // Shorter than its minute, so that two sweeps never overlap.
      timeout: Duration.seconds(50),
      environment: { ...everywhere, ...sendsTransitions },
      may: [
        ...table.allows('GetItem', 'UpdateItem'),
        table.allowsQueryOf('due'),
        sendTo(this.transitions.queue),
        { actions: ['sqs:GetQueueAttributes'], resources: [this.transitions.queue.queueArn] },
      ],
      errorImpact: 'Integrators: a lost message or report is not noticed, and its deployment waits for ever.',
    });
    new EveryMinute(this, 'EveryMinute', {
      wakes: sweepOverdue,
      errorImpact: 'Integrators: nothing overdue is found, so what was lost once stays lost.',
    });

    new CfnOutput(this, 'TransitionsQueueUrl', {
      value: this.transitions.queue.queueUrl,
      description: 'Slots whose devices must be told something.',
    });
    new CfnOutput(this, 'TransitionsDeadLettersUrl', {
      value: this.transitions.deadLetters.queueUrl,
      description: 'Transitions that failed five times and wait for a person.',
    });
  }
}
