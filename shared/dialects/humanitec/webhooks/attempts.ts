// How often a message is tried: after one minute, two, four, until it has been 17 hours; then the webhook shows that it was given up.
import type { Posted } from '#engine/ports';

const minuteMs = 60_000;
export const attemptsMax = 11;

export type Outcome = 'delivered' | 'retrying' | 'given_up';

export interface Verdict {
  readonly outcome: Outcome;
  /** Null: it was delivered. */
  readonly reason: string | null;
  readonly nextInMs: number | null;
}

const delivered: Verdict = { outcome: 'delivered', reason: null, nextInMs: null };
const givenUp = (reason: string): Verdict => ({ outcome: 'given_up', reason, nextInMs: null });

const again = (reason: string, attempt: number): Verdict =>
  attempt >= attemptsMax
    ? givenUp(reason)
    : { outcome: 'retrying', reason, nextInMs: minuteMs * 2 ** (attempt - 1) };

/** The receiver says that nobody will ever listen there again. */
const gone = 410;

const isDelivered = (status: number): boolean => status >= 200 && status < 300;

export const verdictOn = (posted: Posted, attempt: number): Verdict => {
  if ('failure' in posted)
    return posted.failure === 'address not allowed'
      ? givenUp(posted.failure)
      : again(posted.failure, attempt);
  const { status } = posted;
  if (isDelivered(status)) return delivered;
  return status === gone ? givenUp(`status ${status}`) : again(`status ${status}`, attempt);
};
