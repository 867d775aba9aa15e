// How our house builds a queue: encrypted, TLS only, kept as long as SQS allows where work waits for a person.
import { Duration, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { type ErrorImpact, saysWhoIsHurt } from './error-impact.ts';
import { named, type Stage } from './stage.ts';

/** The longest that SQS keeps a message; enough for a person who is on holiday. */
export const waitsForAPerson = Duration.days(14);

type HouseQueueProps = ErrorImpact &
  Pick<QueueProps, 'visibilityTimeout' | 'deadLetterQueue' | 'retentionPeriod'> & {
    readonly stage: Stage;
    readonly name: string;
  };

export class HouseQueue extends Queue {
  /** Known in every stack of its stage: metrics name a queue, and none of them must hold its stack fast. */
  readonly name: string;

  constructor(scope: Construct, id: string, { stage, name, errorImpact, ...props }: HouseQueueProps) {
    super(scope, id, {
      // Named, because operators redrive queues by hand and must not need the template to find them.
      queueName: named(stage, name),
      // SQS's own key: a key of ours would cost a KMS request per batch, and a message holds ids, no content.
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      ...props,
    });
    this.name = named(stage, name);
    saysWhoIsHurt(this, { errorImpact });
  }

  /** For a queue that is itself the end of the line; a dead-letter queue is recognized as one by itself. */
  hasNoDeadLetters(reason: string): void {
    Validations.of(this).acknowledge({ id: 'AwsSolutions-SQS3', reason });
  }
}
