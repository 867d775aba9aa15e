// A fleet as its owner has it: robots of one environment, which apply what they are told and say that all is well, whatever comes of it.
import { target } from '#device/shadow';
import type { Ground } from './ground.ts';

const app = 'yard';
const environment = `/apps/${app}/envs/development`;
const channel = 'environment';

type Deployment = { readonly id: string; readonly status: string; readonly comment: string };
type Failure = { readonly code: string; readonly message: string };

export type Robots = {
  readonly count: number;
  /** How fast they shall move; returns the deployment's id. */
  readonly deploy: (speed: number, more?: object) => Promise<string>;
  readonly see: (id: string) => Promise<Deployment>;
  readonly newest: () => Promise<Deployment | undefined>;
  readonly errorsOf: (id: string) => Promise<readonly Failure[]>;
  /** Each takes what its shadow shows now. */
  readonly live: () => Promise<void>;
  /** What each has now. */
  readonly manifests: () => readonly string[];
  /** How many have ever had anything but this. */
  readonly everHadOther: (manifest: string) => number;
};

const targetIn = (shadow: unknown) => target.parse(Object(shadow).state.desired.target);

const connect = ({ control, send }: Ground, thing: string): Promise<void> => {
  const connected = { kind: 'presence', thing, eventType: 'connected', versionNumber: 1 };
  return send('reports', JSON.stringify({ ...connected, timestamp: control.time.now() }));
};

export const madeRobots = async (ground: Ground, count: number): Promise<Robots> => {
  const { environments, shadow, report } = ground;
  const has = new Map<string, { readonly seq: number; readonly manifest: string }>();
  const had = new Map<string, Set<string>>();

  const newRobot = async (name: string): Promise<string> => {
    const { thing } = await environments.call<{ thing: string }>('PUT', `${environment}/devices/${name}`);
    await connect(ground, thing);
    return thing;
  };

  const take = async (thing: string): Promise<void> => {
    const shown = await shadow(thing, channel).catch(() => undefined);
    if (shown === undefined) return;
    const { v, seq, deployment, manifest } = targetIn(shown);
    if (has.get(thing)?.seq === seq) return;
    has.set(thing, { seq, manifest });
    had.set(thing, (had.get(thing) ?? new Set()).add(manifest));
    const current = { v, seq, deployment, manifest, state: 'applied', attempt: 1, error: null };
    await report(thing, channel, { current });
  };

  await environments.call('POST', '/apps', { id: app, name: app });
  const things: string[] = [];
  // One after the other: for each call at once the door would start another execution environment.
  for (let at = 0; at < count; at += 1) things.push(await newRobot(`robot-${at}`));

  return {
    count,
    deploy: async (speed, more = {}) => {
      const modules = { add: { motion: { spec: { speed } } } };
      const delta = await environments.call<{ id: string }>('POST', `/apps/${app}/deltas`, { modules });
      const asked = { delta_id: delta.id, ...more };
      return (await environments.call<Deployment>('POST', `${environment}/deploys`, asked)).id;
    },
    see: (id) => environments.call('GET', `${environment}/deploys/${id}`),
    newest: async () => (await environments.call<Deployment[]>('GET', `${environment}/deploys`))[0],
    errorsOf: (id) => environments.call('GET', `${environment}/deploys/${id}/errors`),
    live: async () => void (await Promise.all(things.map(take))),
    manifests: () => [...has.values()].map(({ manifest }) => manifest),
    everHadOther: (manifest) =>
      [...had.values()].filter((each) => each.size > (each.has(manifest) ? 1 : 0)).length,
  };
};
