// One wide line of JSON for each unit of work, which is also how its metrics reach CloudWatch. What goes in is listed by who writes
// it: never a body, a key or a token.
import { randomInt } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { FunctionName } from '#operations/environment';
import type { Code } from './codes.ts';
import { emf, type Measured } from './emf.ts';
import { errorOf } from './error-of.ts';
import type { Facts } from './facts.ts';
import { LineFormatter } from './line-formatter.ts';
import { type Traces, tracesTo } from './trace.ts';

export type Line = Facts & {
  /** What became of it: see the dictionary. */
  readonly code: Code;
};

export interface Log {
  readonly line: (line: Line, measured?: Measured) => void;
  readonly fault: (line: Line, cause: unknown, measured?: Measured) => void;
  /** Of a few invocations only. */
  readonly debug: (line: Line) => void;
  /** An invocation has begun: its lines say which, and it is decided anew whether it is one of those few. */
  readonly begin: (context: Context) => void;
  /** Where each unit of work shows as well, for who looks at where the time went. */
  readonly traces: Traces;
}

/** Single attempts are for who looks into one function's slowness: one invocation in a hundred tells enough. */
const oneInAHundred = (): boolean => randomInt(100) === 0;

export const lambdaLog = (name: FunctionName, stage: string, isSampled = oneInAHundred): Log => {
  // Powertools' own sampling gives way to the log level that Lambda was given: it would sample all or nothing.
  let saysMore = false;
  const logger = new Logger({
    serviceName: name,
    logLevel: 'DEBUG',
    logFormatter: new LineFormatter(),
  });
  const metricsOf = emf({ stage, function: name });
  return {
    line: ({ code, ...facts }, measured = {}) => logger.info(code, { ...facts, ...metricsOf(measured) }),
    fault: ({ code, ...facts }, cause, measured = {}) =>
      logger.error(code, { ...facts, ...errorOf(cause), ...metricsOf(measured) }),
    debug: ({ code, ...facts }) => {
      if (saysMore) logger.debug(code, facts);
    },
    begin: (context) => {
      saysMore = isSampled();
      logger.addContext(context);
    },
    traces: tracesTo(process.env.AWS_XRAY_DAEMON_ADDRESS, name),
  };
};
