// What a function has said of a message: the newest line of its log group that names it.
import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { inOurWords } from '../fault.ts';

export interface LogLines {
  /** Undefined: nothing was said since then. */
  readonly about: (functionName: string, messageId: string, since: number) => Promise<string | undefined>;
}

const eventsMax = 50;

export const cloudWatchLogLines = (client: CloudWatchLogsClient): LogLines => ({
  about: async (functionName, messageId, since) => {
    const command = new FilterLogEventsCommand({
      logGroupName: `/aws/lambda/${functionName}`,
      filterPattern: `{ $.messageId = ${JSON.stringify(messageId)} }`,
      startTime: since,
      limit: eventsMax,
    });
    const { events = [] } = await inOurWords('Logs FilterLogEvents', () => client.send(command));
    return events.at(-1)?.message;
  },
});
