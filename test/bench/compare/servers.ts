// Servers that speak Heat's software deployment API, ours and somebody else's, asked the same in turn.

export interface Server {
  readonly name: string;
  readonly url: string;
  readonly tenant: string;
  readonly token: string;
}

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

interface Step {
  readonly name: string;
  readonly ask: (
    made: Made,
    serverId: string,
  ) => { readonly method: string; readonly path: string; readonly body?: unknown };
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

const ask = async (
  { url, tenant, token, name }: Server,
  { method, path, body }: ReturnType<Step['ask']>,
): Promise<Fields> => {
  const answer = await fetch(`${url}/v1/${tenant}${path}`, {
    method,
    headers: { 'content-type': 'application/json', accept: 'application/json', 'x-auth-token': token },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok)
    throw new Error(`${name}: ${method} ${path} answered ${answer.status}: ${text.slice(0, 300)}`);
  return text === '' ? {} : (JSON.parse(text) as Fields);
};

const playRound = async (server: Server, serverId: string): Promise<readonly number[]> => {
  const made: Made = {};
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

/** The first round of each is not counted: it wakes whoever sleeps. */
export const compareServers = async (
  ours: Server,
  theirs: Server,
  rounds: number,
): Promise<readonly Compared[]> => {
  const run = Date.now().toString(36);
  const taken: { ours: (readonly number[])[]; theirs: (readonly number[])[] } = { ours: [], theirs: [] };
  for (let round = 0; round <= rounds; round += 1) {
    const serverId = `bench-${run}-${round}`;
    const both = { ours: await playRound(ours, serverId), theirs: await playRound(theirs, serverId) };
    if (round === 0) continue;
    taken.ours.push(both.ours);
    taken.theirs.push(both.theirs);
  }
  return steps.map(({ name }, at) => {
    const oursMs = median(taken.ours.map((took) => took[at] ?? 0));
    const theirsMs = median(taken.theirs.map((took) => took[at] ?? 0));
    return { request: name, oursMs, theirsMs, ratio: theirsMs / oursMs };
  });
};
