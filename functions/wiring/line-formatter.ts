// How a line looks: what Lambda wants of it (timestamp, and a level where it is not INFO), then its code and its facts, and nothing
// twice.
import { LogFormatter, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';

export class LineFormatter extends LogFormatter {
  override formatAttributes(
    { logLevel, timestamp, message, lambdaContext }: UnformattedAttributes,
    facts: LogAttributes,
  ): LogItem {
    const line = {
      // Lambda takes a line without a level for INFO, which most are.
      level: logLevel === 'INFO' ? undefined : logLevel,
      timestamp: timestamp.toISOString(),
      code: message,
      // A door's is the one that its caller can quote.
      requestId: lambdaContext?.awsRequestId,
      cold: lambdaContext?.coldStart || undefined,
      ...facts,
    };
    return new LogItem({ attributes: line });
  }
}
