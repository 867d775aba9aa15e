// How our house builds a queue with the function that empties it, and the place where what it cannot do waits for a person.
import { Duration } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ErrorImpact } from './error-impact.ts';
import type { HouseFunction } from './function.ts';
import { HouseQueue, waitsForAPerson } from './queue.ts';
import type { Stage } from './stage.ts';

/** What a worker must know of its queue; the visibility below is made from the same timeout. */
export type WorkersQueue = {
  readonly queue: IQueue;
  readonly timeout: Duration;
  readonly receivesMax: number;
};

export type QueueWithWorkerProps = ErrorImpact & {
  readonly stage: Stage;
  readonly name: string;
  readonly workerTimeout: Duration;
  /** At least 5, so that throttling alone never sends a message to the dead letters. */
  readonly receivesMax: number;
  readonly concurrencyMax: number;
  readonly worker: (queue: WorkersQueue) => HouseFunction;
};

/** AWS's rule: six times the function's timeout, or a slow batch is handed out a second time while it runs. */
const visibilityFor = (workerTimeout: Duration): Duration => Duration.seconds(6 * workerTimeout.toSeconds());

export class QueueWithWorker extends Construct {
  readonly queue: HouseQueue;
  readonly deadLetters: HouseQueue;
  readonly worker: HouseFunction;

  constructor(scope: Construct, id: string, props: QueueWithWorkerProps) {
    super(scope, id);
    const { stage, name, workerTimeout, receivesMax, concurrencyMax, errorImpact, worker } = props;
    this.deadLetters = new HouseQueue(this, 'DeadLetters', {
      stage,
      name: `${name}-dead-letters`,
      retentionPeriod: waitsForAPerson,
      errorImpact: `Each message here is work that stopped. ${errorImpact}`,
    });
    this.queue = new HouseQueue(this, 'Queue', {
      stage,
      name,
      visibilityTimeout: visibilityFor(workerTimeout),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: receivesMax },
      errorImpact,
    });
    this.worker = worker({ queue: this.queue, timeout: workerTimeout, receivesMax });
    this.worker.lambda.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: 10,
        // One bad record must not send its nine neighbours round again.
        reportBatchItemFailures: true,
        maxConcurrency: concurrencyMax,
      }),
    );
  }
}
