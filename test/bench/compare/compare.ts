// Section: the same requests to another server that speaks Heat, side by side.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalCloud } from '#infra/local/cloud';
import { tableOf } from '../markdown.ts';
import { section } from '../section.ts';
import { type Compared, compareServers, type Server } from './servers.ts';

const rounds = 20;

/** From the environment: a token on a command line would be seen by everybody on the machine. */
const whoIs = (url: string, env: NodeJS.ProcessEnv): Server => ({
  name: 'theirs',
  url: url.replace(/\/+$/, ''),
  tenant: env.BENCH_TENANT ?? 'admin',
  token: env.BENCH_TOKEN ?? '',
});

const besideALocalCloud = async (theirs: Server): Promise<readonly Compared[]> => {
  const directory = mkdtempSync(join(tmpdir(), 'shadowcast-bench-'));
  try {
    const cloud = await startLocalCloud({ directory });
    try {
      const { url, organization: tenant, apiKey: token } = cloud.config;
      return await compareServers({ name: 'ours', url, tenant, token }, theirs, rounds);
    } finally {
      await cloud.close();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

const render = (compared: readonly Compared[]): string =>
  [
    `Our local cloud and the other server, one request after the other, ${rounds} rounds; medians. A ratio above 1 means that the other takes longer.`,
    '',
    tableOf(
      ['request', 'ours, ms', 'theirs, ms', 'ratio'],
      compared.map(({ request, oursMs, theirsMs, ratio }) => [
        request,
        oursMs.toFixed(1),
        theirsMs.toFixed(1),
        ratio.toFixed(2),
      ]),
    ),
  ].join('\n');

export const compare = section(
  'compare',
  'Beside another server',
  async ({ compare: url, say }) => {
    if (url === undefined) return undefined;
    say(`compare: ${url}`);
    return besideALocalCloud(whoIs(url, process.env));
  },
  render,
);
