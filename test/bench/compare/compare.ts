// Section: the same requests to another server that speaks Heat, side by side.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalCloud } from '#infra/local/cloud';
import { tableOf } from '../markdown.ts';
import type { Options } from '../options.ts';
import { section } from '../section.ts';
import { type Compared, compareServers, knockAt, type Server, serverAt } from './servers.ts';

const rounds = 20;

/** A server that is not there, or does not let us in, is told at once. */
export const findOther = async ({ compare: url }: Options): Promise<void> => {
  if (url !== undefined) await knockAt(serverAt(url, process.env));
};

const besideALocalCloud = async (theirs: Server, say: Options['say']): Promise<readonly Compared[]> => {
  const directory = mkdtempSync(join(tmpdir(), 'shadowcast-bench-'));
  try {
    const cloud = await startLocalCloud({ directory });
    try {
      const { url, organization: tenant, apiKey: token } = cloud.config;
      return await compareServers({ name: 'ours', url, tenant, token }, theirs, rounds, say);
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
    return besideALocalCloud(serverAt(url, process.env), say);
  },
  render,
);
