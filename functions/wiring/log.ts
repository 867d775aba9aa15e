// One wide line of JSON for each unit of work. What goes in is listed here: never a body, a key or a token.
import { Logger } from '@aws-lambda-powertools/logger';

export interface Line {
  /** What became of it, from the dictionary below. */
  readonly code: Code;
  readonly [fact: string]: string | number | boolean | null | undefined;
}

/** Every code that a line can carry, and what it means. */
export const codes = {
  'request.answered': 'A request was answered as its caller wished.',
  'request.refused': 'A request was refused; `refusal` says why.',
  'request.failed': 'A request failed through a fault of ours; `error` says which.',
  'transition.carried_out': 'A slot was looked at; `outcome` says what was done.',
  'transition.later': 'A slot could not be looked at; its message comes again.',
  'transition.given_up': 'The last delivery of a message failed: the slot waits for an operator.',
  'report.taken': 'A thing’s word was taken; `changed` says whether it was news.',
  'report.malformed': 'A thing said something that is not in the protocol; it was dropped.',
  'report.later': 'A thing’s word could not be taken; its message comes again.',
  'content.served': 'A chunk was sent to a thing.',
  'content.rejected': 'A thing asked for content that no current manifest of its names.',
  'content.malformed': 'A thing asked for content in words that are not in the protocol.',
  'webhook.delivered': 'A webhook’s receiver has taken a message.',
  'webhook.retrying':
    'A webhook’s receiver did not take a message; `reason` says why, and it is tried again.',
  'webhook.given_up': 'A webhook’s message is not tried any more; its webhook shows it.',
  'webhook.waiting': 'A webhook’s message was too early, and has been sent on.',
  'webhook.dropped':
    'A webhook’s message was about what never came to be, or for a webhook that is gone or disabled.',
  'webhook.later': 'A webhook’s message could not be looked at; it comes again.',
  'sweep.done': 'Overdue slots were looked at.',
  'sweep.slot_failed': 'One overdue slot could not be looked at; it stays due.',
} as const;
export type Code = keyof typeof codes;

export interface Log {
  readonly line: (line: Line) => void;
  readonly fault: (line: Line, cause: unknown) => void;
}

const messageOf = (cause: unknown): string =>
  cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);

const chainOf = (cause: unknown): string => {
  const messages: string[] = [];
  for (
    let at = cause;
    at !== undefined && messages.length < 5;
    at = at instanceof Error ? at.cause : undefined
  )
    messages.push(messageOf(at));
  return messages.join(' <- ');
};

export const lambdaLog = (service: string, stage: string): Log => {
  const logger = new Logger({ serviceName: service, persistentKeys: { stage } });
  return {
    line: ({ code, ...facts }) => logger.info(code, facts),
    fault: ({ code, ...facts }, cause) =>
      logger.error(code, {
        ...facts,
        error: chainOf(cause),
        stack: cause instanceof Error ? cause.stack : undefined,
      }),
  };
};
