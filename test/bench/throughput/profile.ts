// Where a door's time goes: the real handler under a CPU profile, its own time by whose code it is.

import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';
import { startMeteredCloud } from '../counts/cloud.ts';
import { miruClient } from '../lives/miru.ts';

export interface Cause {
  readonly whose: string;
  readonly share: number;
}

export interface Profile {
  /** Processor time of one creation, the meters left out. */
  readonly cpuMs: number;
  readonly places: readonly Cause[];
  readonly functions: readonly Cause[];
}

const rounds = 250;

/** The meters and what they stand on: no part of the door. */
const isOurs = (url: string): boolean => /\/test\/|\/infra\//.test(url);

const placeOf = (url: string, functionName: string): string => {
  const [, packageName] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (packageName !== undefined) return packageName.replace(/^@(aws-sdk|smithy)\/.*/, 'AWS SDK');
  const [, room] = /\/((?:shared|functions)\/[^/]+)/.exec(url) ?? [];
  if (room !== undefined) return room;
  if (functionName.startsWith('(')) return functionName;
  if (url.startsWith('node:')) return 'Node.js';
  return functionName === 'writev' ? 'sockets' : 'native code';
};

const sumOf = (times: ReadonlyMap<string, number>): number =>
  [...times.values()].reduce((sum, time) => sum + time, 0);

const shares = (times: ReadonlyMap<string, number>, count: number): readonly Cause[] => {
  const total = sumOf(times);
  return [...times]
    .sort(([, one], [, other]) => other - one)
    .slice(0, count)
    .map(([whose, time]) => ({ whose, share: time / total }));
};

const read = ({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile) => {
  const nodeOf = new Map(nodes.map((node) => [node.id, node]));
  const [places, functions] = [new Map<string, number>(), new Map<string, number>()];
  let whole = 0;
  samples.forEach((id, at) => {
    const { url, functionName, lineNumber } = nodeOf.get(id)?.callFrame ?? {
      url: '',
      functionName: '',
      lineNumber: 0,
    };
    if (functionName === '(idle)' || functionName === '(program)') return;
    const time = timeDeltas[at] ?? 0;
    whole += time;
    if (isOurs(url)) return;
    const place = placeOf(url, functionName);
    places.set(place, (places.get(place) ?? 0) + time);
    if (url === '' || place === 'Node.js') return;
    const file = url.split('/').slice(-2).join('/');
    const name = `${functionName || 'anonymous'} (${place}, ${file}:${lineNumber + 1})`;
    functions.set(name, (functions.get(name) ?? 0) + time);
  });
  return { doorsShare: sumOf(places) / whole, places: shares(places, 10), functions: shares(functions, 8) };
};

/** Creating deployments, warm: everything is loaded, compiled and remembered before. */
export const profileDoor = async (): Promise<Profile> => {
  const cloud = await startMeteredCloud();
  try {
    const { made, ask } = await miruClient(cloud, 'acme');
    const type = await made('POST /beta/config_types', { name: 'Motion', slug: 'motion' });
    const schema = await made('POST /beta/config_schemas', {
      config_type_ref: { id: type },
      language: 'jsonschema',
      format: 'json',
      documents: [{ name: 'motion.json', data: '{"type":"object"}' }],
      instance_filepath: '/srv/motion.json',
    });
    const release = await made('POST /beta/releases', { version: 'v1.0.0', config_schema_ids: [schema] });
    const device = await made('POST /beta/devices', { name: 'robot' });
    const instance = await made('POST /beta/config_instances', {
      config_schema_id: schema,
      content: { format: 'json', data: '{}' },
    });
    const create = () =>
      ask('POST /beta/deployments', {
        target_status: 'deployed',
        description: 'bench',
        release_id: release,
        device_id: device,
        config_instance_ids: [instance],
      });
    for (let warming = 0; warming < rounds / 5; warming += 1) await create();
    const session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 200 });
    await session.post('Profiler.start');
    const before = process.threadCpuUsage();
    for (let round = 0; round < rounds; round += 1) await create();
    const { user, system } = process.threadCpuUsage(before);
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    const { doorsShare, ...causes } = read(profile);
    // What a sampler takes for time goes on while others have the processor.
    return { ...causes, cpuMs: (doorsShare * (user + system)) / 1000 / rounds };
  } finally {
    await cloud.close();
  }
};
