// Turns a single-use token into a certificate. Repeating it after a crash is safe: same token, same request, same certificate.
import { type ActivationAnswer, activationAnswer, activationRoute } from '../../activation.ts';
import { backoffs, delayAfter } from '../backoff.ts';
import { type Clock, pause } from '../clock.ts';
import { dropToken, keepActivation, keepToken, openIdentity } from './keep.ts';

/** The cloud said no, and would say so again. */
export class ActivationRefused extends Error {
  readonly status: number;

  constructor(status: number, answer: string) {
    super(`The activation was refused (${status}): ${answer.slice(0, 300)}`);
    this.name = 'ActivationRefused';
    this.status = status;
  }
}

export interface ActivationOptions {
  /** Where key, request and certificate are kept. */
  readonly dir: string;
  /** For people, in the certificate request; a provisioning token makes a device of this name. */
  readonly name: string;
  /** Of the device door, without the route's path. */
  readonly url: string;
  readonly token: string;
  readonly agentVersion?: string;
  /** It renews its certificate: what was deployed to it need not be deployed again. */
  readonly keepsFiles?: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly request?: typeof fetch;
  /** Nobody answered, for this reason; it asks again after this long. */
  readonly onWaiting?: (delayMs: number, reason: string) => void;
}

const timeoutMs = 30_000;
const [method, path] = activationRoute.split(' ');
const tryAgain = (status: number): boolean => status >= 500 || status === 429 || status === 408;

const bodyOf = ({ token, name, agentVersion, keepsFiles }: ActivationOptions, csr: string) => ({
  token,
  csr,
  name,
  ...(agentVersion ? { agent_version: agentVersion } : {}),
  ...(keepsFiles ? { keeps_files: true } : {}),
});

/** `ECONNREFUSED`: what a `fetch` that failed has as its cause says more than itself. */
const reasonOf = (error: unknown): string => {
  const { name, cause } = error instanceof Error ? error : new Error(String(error));
  if (!(cause instanceof Error)) return name;
  return 'code' in cause ? String(cause.code) : cause.message;
};

/** A text: nobody answered, or nobody who could decide, and why. */
const ask = async (options: ActivationOptions, csr: string): Promise<ActivationAnswer | string> => {
  const { url, request = fetch, signal } = options;
  const door = new URL(`${url.replace(/\/$/, '')}${path}`);
  const response = await request(door, {
    method: method ?? 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(bodyOf(options, csr)),
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  }).catch(reasonOf);
  if (typeof response === 'string') return response;
  if (tryAgain(response.status)) return `status ${response.status}`;
  const text = await response.text();
  if (!response.ok) throw new ActivationRefused(response.status, text);
  return activationAnswer.parse(JSON.parse(text));
};

/** Asks until there is an answer: yes, no, or that nobody wants to know any more. */
const askUntilAnswered = async (options: ActivationOptions, csr: string): Promise<ActivationAnswer> => {
  for (let failures = 1; ; failures += 1) {
    const answer = await ask(options, csr);
    if (typeof answer !== 'string') return answer;
    options.signal.throwIfAborted();
    const delayMs = delayAfter(backoffs.ask, failures);
    options.onWaiting?.(delayMs, answer);
    await pause(options.clock, delayMs, options.signal);
    options.signal.throwIfAborted();
  }
};

export const activate = async (options: ActivationOptions): Promise<ActivationAnswer> => {
  const { dir, name, token } = options;
  const identity = await openIdentity(dir, name);
  await keepToken(dir, token);
  try {
    const answer = await askUntilAnswered(options, identity.csr);
    await keepActivation(dir, identity, answer);
    return answer;
  } catch (error) {
    if (error instanceof ActivationRefused) await dropToken(dir);
    throw error;
  }
};
