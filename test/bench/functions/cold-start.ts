// Cold starts: a fresh process for each, all functions in turn, so that a busy moment of the machine hits them alike.
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { httpEvent } from '#test/functions/given';
import type { Bundle } from './bundles.ts';

export interface Start {
  readonly loadedMs: number;
  readonly answeredMs: number;
  /** All of the process, on all its threads: a busy machine hardly changes it. */
  readonly cpuMs: number;
  readonly rssMb: number;
}

const starter = fileURLToPath(new URL('start-once.mjs', import.meta.url));
const rounds = 7;

/** A request without a key, an empty batch: the first answer, and nothing but the function itself in it. */
const eventFor = (name: string): unknown =>
  name.startsWith('api-') ? httpEvent('GET /beta/devices') : { Records: [] };

/** Whatever is asked of AWS finds nothing at once. */
const startNothing = async (): Promise<{ endpoint: string; close: () => void }> => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{"Items":[],"Count":0}');
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Nothing has no port.');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

const startOnce = ({ name, file, environment }: Bundle, endpoint: string): Promise<Start> =>
  new Promise((done, fail) => {
    const child = fork(starter, [file, JSON.stringify(eventFor(name))], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: {
        ...environment,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'BENCH',
        AWS_SECRET_ACCESS_KEY: 'bench',
        AWS_ENDPOINT_URL: endpoint,
      },
    });
    child.once('message', (start) => done(start as Start));
    child.once('exit', (code) => fail(new Error(`${name} ended with ${code} before it answered.`)));
  });

const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

const medians = (starts: readonly Start[]): Start => ({
  loadedMs: median(starts.map(({ loadedMs }) => loadedMs)),
  answeredMs: median(starts.map(({ answeredMs }) => answeredMs)),
  cpuMs: median(starts.map(({ cpuMs }) => cpuMs)),
  rssMb: median(starts.map(({ rssMb }) => rssMb)),
});

export const coldStarts = async (bundles: readonly Bundle[]): Promise<ReadonlyMap<Bundle, Start>> => {
  const nothing = await startNothing();
  const starts = new Map<Bundle, Start[]>(bundles.map((bundle) => [bundle, []]));
  try {
    for (let round = 0; round < rounds; round += 1)
      for (const [bundle, taken] of starts) taken.push(await startOnce(bundle, nothing.endpoint));
  } finally {
    nothing.close();
  }
  return new Map([...starts].map(([bundle, taken]) => [bundle, medians(taken)]));
};
