// Given, for functions: events as AWS sends them, a context, and a log that remembers its lines.
import type { APIGatewayProxyEventV2, Context, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Measured } from '#functions/wiring/emf';
import type { Line, Log } from '#functions/wiring/log';
import { noTraces } from '#functions/wiring/trace';

export const context = (remainingMs = 60_000): Context => ({
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'shadowcast-test',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:shadowcast-test',
  memoryLimitInMB: '512',
  awsRequestId: 'invocation-1',
  logGroupName: 'group',
  logStreamName: 'stream',
  getRemainingTimeInMillis: () => remainingMs,
  done: () => {},
  fail: () => {},
  succeed: () => {},
});

export interface LoggedFault {
  readonly line: Line;
  readonly cause: unknown;
}

export const rememberingLog = () => {
  const lines: Line[] = [];
  const faults: LoggedFault[] = [];
  const measured: Measured[] = [];
  const log: Log = {
    line: (line, measures = {}) => {
      lines.push(line);
      measured.push(measures);
    },
    fault: (line, cause, measures = {}) => {
      faults.push({ line, cause });
      measured.push(measures);
    },
    debug: () => {},
    begin: () => {},
    traces: noTraces,
  };
  return { log, lines, faults, measured };
};

/** As API Gateway makes it of a request (payload format 2.0). */
export const httpEvent = (
  routeKey: string,
  over: Partial<APIGatewayProxyEventV2> & { readonly requestId?: string } = {},
): APIGatewayProxyEventV2 => {
  const [method = 'GET', template = '/'] = routeKey.split(' ');
  const { requestId = 'request-1', ...event } = over;
  const rawPath = event.rawPath ?? template;
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString: '',
    headers: { host: 'api.shadowcast.test' },
    isBase64Encoded: false,
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      domainName: 'api.shadowcast.test',
      domainPrefix: 'api',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId,
      routeKey,
      stage: '$default',
      time: '01/Jan/2026:00:00:00 +0000',
      timeEpoch: 1_767_225_600_000,
    },
    ...event,
  };
};

export const sqsRecord = (messageId: string, body: unknown, receives = 1): SQSRecord => ({
  messageId,
  receiptHandle: `receipt of ${messageId}`,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  attributes: {
    ApproximateReceiveCount: String(receives),
    SentTimestamp: '0',
    SenderId: 'sender',
    ApproximateFirstReceiveTimestamp: '0',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:queue',
  awsRegion: 'eu-central-1',
});

export const sqsEvent = (...Records: SQSRecord[]): SQSEvent => ({ Records });
