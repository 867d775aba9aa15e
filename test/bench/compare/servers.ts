// Servers that speak Heat's software deployment API, ours and somebody else's, asked the same in turn.
import { PlainError } from '#infra/local/plain-error';

export interface Server {
  readonly name: string;
  readonly url: string;
  readonly tenant: string;
  readonly token: string;
}

/** Up to `/v1`, and whose it is where the URL says so: OpenStack's catalog names the service as `http://host:8004/v1/TENANT`. */
const versioned = /\/v1(?:\/+(?<tenant>[^/]*).*)?$/;

/** From the environment: a token on a command line would be seen by everybody on the machine. */
export const serverAt = (
  given: string,
  { BENCH_TENANT, BENCH_TOKEN }: Readonly<Record<string, string | undefined>>,
): Server => {
  const { origin, pathname } = new URL(given);
  const theirs = versioned.exec(pathname)?.groups?.tenant;
  return {
    name: 'theirs',
    url: `${origin}${pathname.replace(versioned, '').replace(/\/+$/, '')}`,
    tenant: BENCH_TENANT || theirs || 'admin',
    token: BENCH_TOKEN ?? '',
  };
};

type Fields = Readonly<Record<string, unknown>>;

export interface Compared {
  readonly request: string;
  /** Medians, in ms. */
  readonly oursMs: number;
  readonly theirsMs: number;
  /** How many times as long theirs takes. */
  readonly ratio: number;
}

/** What a round does with a server; later ones build on what earlier ones have made. */
interface Made {
  config?: string;
  deployment?: string;
}

interface Question {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

interface Step {
  readonly name: string;
  readonly ask: (made: Made, serverId: string) => Question;
  readonly keep?: (made: Made, answer: Fields) => void;
}

const idOf = (value: unknown): string => String((value as Fields | undefined)?.id);

const steps: readonly Step[] = [
  {
    name: 'create a config',
    ask: () => ({
      method: 'POST',
      path: '/software_configs',
      body: {
        name: 'bench',
        group: 'script',
        config: '#!/bin/sh\ntrue\n',
        inputs: [],
        outputs: [],
        options: {},
      },
    }),
    keep: (made, { software_config }) => {
      made.config = idOf(software_config);
    },
  },
  {
    name: 'create a deployment',
    ask: ({ config }, server_id) => ({
      method: 'POST',
      path: '/software_deployments',
      body: { config_id: config, server_id, action: 'CREATE', status: 'IN_PROGRESS' },
    }),
    keep: (made, { software_deployment }) => {
      made.deployment = idOf(software_deployment);
    },
  },
  {
    name: 'list a server’s deployments',
    ask: (_, serverId) => ({ method: 'GET', path: `/software_deployments?server_id=${serverId}` }),
  },
  {
    name: 'poll its metadata',
    ask: (_, serverId) => ({ method: 'GET', path: `/software_deployments/metadata/${serverId}` }),
  },
  {
    name: 'signal its end',
    ask: ({ deployment }) => ({
      method: 'PUT',
      path: `/software_deployments/${deployment}`,
      body: {
        status: 'COMPLETE',
        status_reason: 'Outputs received',
        output_values: { deploy_status_code: '0' },
      },
    }),
  },
];

interface Answer {
  readonly status: number;
  readonly isGood: boolean;
  readonly text: string;
}

/** fetch itself says only that it failed. */
const reasonOf = (error: unknown): string => {
  const { message, cause } = error as Error;
  const { code, message: deeper } = (cause ?? {}) as { readonly code?: string; readonly message?: string };
  return code ?? deeper ?? message;
};

const send = async (
  { url, tenant, token }: Server,
  { method, path, body }: Question,
  patience: AbortSignal | null = null,
): Promise<Answer> => {
  try {
    const answer = await fetch(`${url}/v1/${tenant}${path}`, {
      method,
      headers: { 'content-type': 'application/json', accept: 'application/json', 'x-auth-token': token },
      body: body === undefined ? null : JSON.stringify(body),
      signal: patience,
    });
    return { status: answer.status, isGood: answer.ok, text: await answer.text() };
  } catch (error) {
    throw new PlainError(`${url} does not answer: ${reasonOf(error)}.`);
  }
};

const ask = async (server: Server, question: Question, patience?: AbortSignal): Promise<Fields> => {
  const { status, isGood, text } = await send(server, question, patience);
  if (!isGood)
    throw new PlainError(
      `${server.name}: ${question.method} ${question.path} answered ${status}: ${text.slice(0, 300)}`,
    );
  return text === '' ? {} : (JSON.parse(text) as Fields);
};

/** Of what is not measured. */
const patienceMs = 10_000;

const meanings: Readonly<Record<number, (server: Server) => string>> = {
  401: ({ token }) =>
    token === '' ? 'it wants a token, and BENCH_TOKEN has none' : 'it does not know the token in BENCH_TOKEN',
  403: ({ tenant }) => `the token in BENCH_TOKEN is not for the tenant ${tenant} (BENCH_TENANT)`,
  404: ({ tenant }) => `there is no Heat under /v1/${tenant}; BENCH_TENANT says which tenant`,
};

const meaningOf = (server: Server, { status, text }: Answer): string =>
  meanings[status]?.(server) ?? (text.slice(0, 300) || 'nothing more');

const isHeats = ({ text }: Answer): boolean => {
  try {
    return Array.isArray((JSON.parse(text) as Fields | null)?.software_deployments);
  } catch {
    return false;
  }
};

/** Asks it once for what changes nothing: who is not there, or does not let us in, is told in a sentence. */
export const knockAt = async (server: Server): Promise<void> => {
  const question = { method: 'GET', path: '/software_deployments?server_id=bench' };
  const answer = await send(server, question, AbortSignal.timeout(patienceMs));
  if (!answer.isGood)
    throw new PlainError(`${server.url} answered ${answer.status}: ${meaningOf(server, answer)}.`);
  if (!isHeats(answer))
    throw new PlainError(`${server.url} answers, but not as Heat does: is it the URL of another service?`);
};

const playRound = async (server: Server, serverId: string, made: Made): Promise<readonly number[]> => {
  const took: number[] = [];
  for (const step of steps) {
    const from = performance.now();
    const answer = await ask(server, step.ask(made, serverId));
    took.push(performance.now() - from);
    step.keep?.(made, answer);
  }
  return took;
};

const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

/** Deployments first: a config that one of them uses stays. */
const pathsOf = (all: readonly Made[]): readonly (readonly string[])[] => [
  all.flatMap(({ deployment }) => (deployment === undefined ? [] : [`/software_deployments/${deployment}`])),
  all.flatMap(({ config }) => (config === undefined ? [] : [`/software_configs/${config}`])),
];

/** As well as it goes: what was measured is good even where something stays. */
const tidy = async (server: Server, all: readonly Made[], say: (line: string) => void): Promise<void> => {
  let left = 0;
  for (const paths of pathsOf(all)) {
    const patience = AbortSignal.timeout(patienceMs);
    const ended = await Promise.allSettled(
      paths.map((path) => ask(server, { method: 'DELETE', path }, patience)),
    );
    left += ended.filter(({ status }) => status === 'rejected').length;
  }
  if (left > 0)
    say(`compare: ${left} configs and deployments called bench could not be deleted on ${server.url}`);
};

type Took = readonly number[];

/** The first round of each is not counted: it wakes whoever sleeps. Theirs is left as it was; ours is nobody's. */
export const compareServers = async (
  ours: Server,
  theirs: Server,
  rounds: number,
  say: (line: string) => void = () => {},
): Promise<readonly Compared[]> => {
  const run = Date.now().toString(36);
  const taken: { readonly ours: Took[]; readonly theirs: Took[] } = { ours: [], theirs: [] };
  const madeThere: Made[] = [];
  try {
    for (let round = 0; round <= rounds; round += 1) {
      const serverId = `bench-${run}-${round}`;
      const made: Made = {};
      madeThere.push(made);
      const both = {
        ours: await playRound(ours, serverId, {}),
        theirs: await playRound(theirs, serverId, made),
      };
      if (round === 0) continue;
      taken.ours.push(both.ours);
      taken.theirs.push(both.theirs);
    }
  } finally {
    await tidy(theirs, madeThere, say);
  }
  return steps.map(({ name }, at) => {
    const oursMs = median(taken.ours.map((took) => took[at] ?? 0));
    const theirsMs = median(taken.theirs.map((took) => took[at] ?? 0));
    return { request: name, oursMs, theirsMs, ratio: theirsMs / oursMs };
  });
};
