// Section: how fast it is on one machine. Ratios and shares mean something; milliseconds are of this machine.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalCloud } from '#infra/local/cloud';
import { localFile, writeSecret } from '#infra/local/state';
import { tableOf } from '../markdown.ts';
import type { Options } from '../options.ts';
import { section } from '../section.ts';
import { causes } from './causes.ts';
import { type Journey, travel } from './journey.ts';
import { type Loaded, load, shotsAt } from './load.ts';
import { type Profile, profileDoor } from './profile.ts';

export interface Measured {
  readonly loaded: readonly Loaded[];
  readonly journeys: readonly Journey[];
  readonly profile: Profile;
}

/** A number that nobody measures: each size has devices and files of its own. */
const warmingDevices = 2;

const measureOn = async (directory: string, { devices, say }: Options) => {
  const cloud = await startLocalCloud({ directory });
  try {
    // Where the simulated devices find the cloud, as those of the tour do.
    writeSecret(join(directory, localFile), JSON.stringify(cloud.config));
    const loaded: Loaded[] = [];
    for (const shot of await shotsAt(cloud.config)) {
      say(`throughput: ${shot.request}`);
      loaded.push(await load(cloud.config, shot));
    }
    // Everything is woken first: how functions start is another section.
    await travel(cloud, directory, warmingDevices);
    const journeys: Journey[] = [];
    for (const count of devices) {
      say(`throughput: ${count} devices`);
      journeys.push(await travel(cloud, directory, count));
    }
    return { loaded, journeys };
  } finally {
    await cloud.close();
  }
};

const measure = async (options: Options): Promise<Measured> => {
  const directory = mkdtempSync(join(tmpdir(), 'shadowcast-bench-'));
  try {
    options.say('throughput: a profile of the door');
    const profile = await profileDoor();
    return { ...(await measureOn(directory, options)), profile };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

const percent = (share: number): string => `${Math.round(100 * share)} %`;

const render = ({ loaded, journeys, profile }: Measured): string => {
  const fastest = Math.max(...loaded.map(({ perSecond }) => perSecond));
  const hopNames = Object.keys(journeys[0]?.shares ?? {});
  return [
    'On the local cloud, with the gateway, the functions, DynamoDB Local, the queues, the broker and the devices all on one machine. Eight connections, four seconds each; the ratio is to the fastest.',
    '',
    tableOf(
      ['dialect', '<request', 'requests/s here', 'ratio', 'p50 ms', 'p99 ms', 'not 2xx'],
      loaded.map(({ dialect, request, perSecond, p50Ms, p99Ms, refused }) => [
        dialect,
        `\`${request}\``,
        Math.round(perSecond),
        (perSecond / fastest).toFixed(2),
        p50Ms,
        p99Ms,
        refused,
      ]),
    ),
    '',
    'From the request to the confirmation, and the share of each hop:',
    '',
    tableOf(
      ['devices at a time', 'p50 ms', 'p99 ms', ...hopNames],
      journeys.map(({ devices, p50Ms, p99Ms, shares }) => [
        devices,
        p50Ms,
        p99Ms,
        ...hopNames.map((hop) => percent(shares[hop] ?? 0)),
      ]),
    ),
    '',
    `Where the door’s processor time goes (creating deployments in Miru’s words, warm, by whose code it is; the meters left out): ${profile.cpuMs.toFixed(1)} ms of it here for each creation.`,
    '',
    tableOf(
      ['whose', 'share'],
      profile.places.map(({ whose, share }) => [whose, percent(share)]),
    ),
    '',
    tableOf(
      ['function', 'share'],
      profile.functions.map(({ whose, share }) => [`\`${whose}\``, percent(share)]),
    ),
    '',
    'What took the doors longest when this was first measured, and what became of it (before and after in turn, on the same machine):',
    '',
    tableOf(
      ['<what', '<before', '<now', '<how'],
      causes.map(({ what, before, now, how }) => [what, before, now, how]),
    ),
  ].join('\n');
};

export const throughput = section('throughput', 'Throughput and latency', measure, render);
