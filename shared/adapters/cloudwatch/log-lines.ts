// What a function has said of a message: the newest line of its log group that names it.
import { type CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { inOurWords } from '../fault.ts';

export interface LogLines {
  /** Undefined: nothing was said since then. */
  readonly about: (functionName: string, messageId: string, since: number) => Promise<string | undefined>;
}

export const cloudWatchLogLines = (client: CloudWatchLogsClient): LogLines => ({
  about: (functionName, messageId, since) =>
    inOurWords('Logs FilterLogEvents', async () => {
      let newest: string | undefined;
      // A page may be empty although there are lines: CloudWatch says how far it has looked, not that it has found.
      for await (const { events = [] } of paginateFilterLogEvents(
        { client },
        {
          logGroupName: `/aws/lambda/${functionName}`,
          filterPattern: `{ $.messageId = ${JSON.stringify(messageId)} }`,
          startTime: since,
        },
      ))
        newest = events.at(-1)?.message ?? newest;
      return newest;
    }),
});
