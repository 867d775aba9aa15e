// What an AWS client throws, in the engine's words: the same call may work later, or it is a fault that names its cause.
import { Unavailable } from '#engine/ports';

/** By name where AWS answers 400 although only patience is wanted. */
const busyNames: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'TransactionConflictException',
  'TransactionInProgressException',
  'ConflictException',
  'RequestTimeout',
  'TimeoutError',
  'NetworkingError',
]);

const networkCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_HTTP2_STREAM_ERROR',
]);

const tooMany = 429;
const serverErrors = 500;

interface ClientError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Throttled, unreachable or busy, after the SDK's own retries. */
const isBusy = ({ name = '', code = '', $metadata }: ClientError): boolean => {
  const status = $metadata?.httpStatusCode ?? 0;
  return status === tooMany || status >= serverErrors || busyNames.has(name) || networkCodes.has(code);
};

/** To be thrown in place of what `call` threw. */
export const faultOf = (call: string, cause: unknown): Error => {
  const { name = 'Error', message = '', ...rest } = asClientError(cause);
  const sentence = `${call}: ${name}: ${message}`;
  return isBusy({ name, ...rest }) ? new Unavailable(sentence, { cause }) : new Error(sentence, { cause });
};

const asClientError = (cause: unknown): ClientError =>
  cause instanceof Error ? { ...cause, name: cause.name, message: cause.message } : {};

/** `ask`, with every throw in the engine's words. */
export const inOurWords = async <Answer>(call: string, ask: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await ask();
  } catch (error) {
    throw faultOf(call, error);
  }
};
