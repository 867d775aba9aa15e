// From the request that creates a deployment to its confirmation, hop by hop, for so many devices at the same time.
import { join } from 'node:path';
import type { LocalCloud } from '#infra/local/cloud';
import { startDevices } from '#infra/local/tour/devices';
import { type Platform, platformAt, until } from '#infra/local/tour/platform';

/** In this order; each hop ends where the next begins. */
export const hops = ['request', 'saved', 'delivered', 'reported', 'confirmed'] as const;
type Moment = (typeof hops)[number];
type Moments = { [Name in Moment]?: number };

export interface Journey {
  readonly devices: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the whole way, in the mean: from the moment before it to this one. */
  readonly shares: Readonly<Record<string, number>>;
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

type Made = { id: string };
type Change = { created_at?: string; at?: string; to?: unknown };

interface DeviceLine {
  readonly time?: string;
  readonly event?: string;
  readonly deployment?: string;
  readonly current?: { readonly deployment: string; readonly state: string };
}

const lineIn = (line: string): DeviceLine => {
  try {
    return JSON.parse(line) as DeviceLine;
  } catch {
    return {};
  }
};

/** What the devices' own process says, by deployment. */
const listen = (journeys: Map<string, Moments>) => (line: string) => {
  const { time = '', event, deployment, current } = lineIn(line);
  const id = deployment ?? current?.deployment;
  if (id === undefined) return;
  const moments = journeys.get(id) ?? {};
  journeys.set(id, moments);
  if (event === 'target') moments.delivered ??= Date.parse(time);
  if (event === 'reported' && current?.state === 'applied') moments.reported ??= Date.parse(time);
};

const catalogue = async (platform: Platform, name: string) => {
  const type = await platform.call<Made>('POST', '/config_types', { name, slug: name });
  const schema = await platform.call<Made>('POST', '/config_schemas', {
    config_type_ref: { id: type.id },
    language: 'jsonschema',
    format: 'json',
    documents: [{ name: 'motion.json', data: '{"type":"object"}' }],
    instance_filepath: 'motion.json',
  });
  const release = await platform.call<Made>('POST', '/releases', {
    version: `v1.0.${name.replace('fleet', '')}`,
    config_schema_ids: [schema.id],
  });
  const instance = await platform.call<Made>('POST', '/config_instances', {
    config_schema_id: schema.id,
    content: { format: 'json', data: '{ "speed": 1.0 }' },
  });
  return { release: release.id, instance: instance.id };
};

const idOf = async (platform: Platform, name: string): Promise<string> => {
  const { data } = await platform.call<{ data: { id: string; name: string }[] }>(
    'GET',
    `/devices?name=${name}`,
  );
  const found = data.find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no device ${name}.`);
  return found.id;
};

const momentsOfHistory = async (platform: Platform, id: string): Promise<readonly number[]> => {
  const { data } = await platform.call<{ data: readonly Change[] }>('GET', `/deployments/${id}/history`);
  return data.map(({ at, created_at }) => Date.parse(at ?? created_at ?? '')).sort((a, b) => a - b);
};

const meanShares = (journeys: readonly Required<Moments>[]): Record<string, number> => {
  const total = journeys.reduce((sum, { request, confirmed }) => sum + confirmed - request, 0);
  return Object.fromEntries(
    hops.slice(1).map((hop, index) => {
      const before = hops[index] ?? 'request';
      const spent = journeys.reduce((sum, moments) => sum + moments[hop] - moments[before], 0);
      return [`${before} to ${hop}`, spent / total];
    }),
  );
};

const isDeployed = ({ activity_status }: { activity_status: string }): boolean =>
  activity_status === 'deployed';

/** Every device is created and connected before; each gets one deployment, requested as fast as the door answers. */
export const travel = async (
  { config }: LocalCloud,
  stateDirectory: string,
  count: number,
): Promise<Journey> => {
  const platform = platformAt(config.url, config.apiKey);
  const name = `fleet${count}`;
  const journeys = new Map<string, Moments>();
  const devices = startDevices({
    name,
    count,
    directory: join(stateDirectory, 'devices'),
    stateDirectory,
    log: listen(journeys),
  });
  try {
    await devices.connected(count);
    const { release, instance } = await catalogue(platform, name);
    const names = count === 1 ? [`${name}-1`] : Array.from({ length: count }, (_, at) => `${name}-${at + 1}`);
    const ids: string[] = [];
    const waiting = [...names];
    const work = async (): Promise<void> => {
      for (let device = waiting.shift(); device !== undefined; device = waiting.shift()) {
        const deviceId = await idOf(platform, device);
        const request = Date.now();
        const { id } = await platform.call<Made>('POST', '/deployments', {
          target_status: 'deployed',
          description: 'bench',
          release_id: release,
          device_id: deviceId,
          config_instance_ids: [instance],
        });
        ids.push(id);
        journeys.set(id, { ...journeys.get(id), request });
      }
    };
    await Promise.all(Array.from({ length: 8 }, work));
    for (const id of ids) {
      await until(
        'deployed',
        () => platform.call<{ activity_status: string }>('GET', `/deployments/${id}`),
        isDeployed,
      );
      const moments = journeys.get(id) ?? {};
      const changes = await momentsOfHistory(platform, id);
      Object.assign(moments, { saved: changes[0], confirmed: changes.at(-1) });
      journeys.set(id, moments);
    }
    const whole = ids.flatMap((id) => {
      const moments = journeys.get(id) ?? {};
      return hops.every((hop) => moments[hop] !== undefined) ? [moments as Required<Moments>] : [];
    });
    const took = whole.map(({ request, confirmed }) => confirmed - request).sort((a, b) => a - b);
    return {
      devices: count,
      p50Ms: percentile(took, 0.5),
      p99Ms: percentile(took, 0.99),
      shares: meanShares(whole),
    };
  } finally {
    await devices.stop();
  }
};
