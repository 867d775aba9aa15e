// Calls outward: each attempt is counted in the unit of work that makes it, as AWS counts it, and told one by one only to whom it
// concerns.
import type { MetricName } from '#operations/metrics';
import { debug, measure } from './unit.ts';

/** What each command is on the bill; a command that is not here costs nothing worth counting, or is counted by its units. */
const countsAs: Readonly<Record<string, MetricName>> = {
  SendMessageCommand: 'QueueRequests',
  SendMessageBatchCommand: 'QueueRequests',
  GetQueueAttributesCommand: 'QueueRequests',
  GetThingShadowCommand: 'ShadowOperations',
  UpdateThingShadowCommand: 'ShadowOperations',
  PublishCommand: 'DeviceMessages',
};

const count = (command: string): void => {
  const metric = countsAs[command];
  if (metric !== undefined) measure(metric);
};

const told = (command: string, startedAt: number, outcome: string): void =>
  debug({ code: 'attempt.made', command, ms: Date.now() - startedAt, outcome });

const isTooMuch = (cause: unknown): boolean =>
  /throttl|TooManyRequests|ProvisionedThroughput|RequestLimit/i.test(nameOf(cause));

const nameOf = (cause: unknown): string => (cause instanceof Error ? cause.name : 'unknown');

type Next = (args: never) => Promise<unknown>;

/** As the clients' middleware stacks want it. */
export const eachAttempt =
  (next: Next, { commandName = '' }: { readonly commandName?: string }) =>
  async (args: never): Promise<unknown> => {
    const startedAt = Date.now();
    count(commandName);
    try {
      const answer = await next(args);
      told(commandName, startedAt, 'answered');
      return answer;
    } catch (cause) {
      if (isTooMuch(cause)) measure('Throttles');
      told(commandName, startedAt, nameOf(cause));
      throw cause;
    }
  };

/** Within the SDK's own retries: each of them is an attempt. */
export const withinRetries = { step: 'finalizeRequest', priority: 'low', name: 'eachAttempt' } as const;

const reading: ReadonlySet<string> = new Set(['GetItem', 'BatchGetItem', 'Query', 'TransactGetItems']);

/** DynamoDB says itself what it charges; of a condition that failed it says nothing, and charges all the same. */
export const countUnits = (
  { CapacityUnits = 0 }: { CapacityUnits?: number | undefined },
  operation: string,
): void => measure(reading.has(operation) ? 'ReadUnits' : 'WriteUnits', CapacityUnits);
