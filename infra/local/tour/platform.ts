// The tour's HTTPS clients: what an integrator would write, nothing but fetch and a header or two.
import { setTimeout as pause } from 'node:timers/promises';

export type Reply = { status: number; body: unknown };

export type Platform = {
  /** Throws unless the answer is a success. */
  call: <Body>(method: string, path: string, body?: unknown) => Promise<Body>;
  /** The answer as it is, for those that shall be refused. */
  ask: (method: string, path: string, body?: unknown) => Promise<Reply>;
};

const version = '2026-03-09.tetons';
const requestMsMax = 30_000;

const clientAt = (base: string, headers: Readonly<Record<string, string>>): Platform => {
  const ask: Platform['ask'] = async (method, path, body) => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(requestMsMax),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  };

  return {
    ask,
    call: async <Body>(method: string, path: string, body?: unknown) => {
      const reply = await ask(method, path, body);
      if (reply.status >= 200 && reply.status < 300) return reply.body as Body;
      throw new Error(`${method} ${base}${path} answered ${reply.status}: ${JSON.stringify(reply.body)}`);
    },
  };
};

/** Devices, in Miru's words. */
export const platformAt = (url: string, apiKey: string): Platform =>
  clientAt(`${url}/beta`, { 'X-API-Key': apiKey, 'Miru-Version': version });

/** Servers, in Heat's. */
export const orchestrationAt = (url: string, apiKey: string, tenant: string): Platform =>
  clientAt(`${url}/v1/${tenant}`, { 'X-Auth-Token': apiKey });

/** Environments, in Humanitec's. */
export const environmentsAt = (url: string, apiKey: string, organization: string): Platform =>
  clientAt(`${url}/orgs/${organization}`, { Authorization: `Bearer ${apiKey}` });

const pollMs = 50;
const pollMsMax = 60_000;

/** Asks again until the answer pleases; whoever waits too long says what it saw last. */
export const until = async <Seen>(
  what: string,
  look: () => Promise<Seen>,
  isDone: (seen: Seen) => boolean,
): Promise<Seen> => {
  const end = Date.now() + pollMsMax;
  for (;;) {
    const seen = await look();
    if (isDone(seen)) return seen;
    if (Date.now() > end) {
      throw new Error(`after ${pollMsMax / 1000} s still not ${what}: ${JSON.stringify(seen)}`);
    }
    await pause(pollMs);
  }
};
