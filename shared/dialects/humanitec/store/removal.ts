// Removing an application or an environment with all that lies below it: marked first, so that nobody builds on it, then emptied.
import type { Refusal } from '#domain/refusal';
import { isRefusal } from '#domain/refusal';
import { changeRollout } from '#engine/fleet/change-rollout';
import type { World } from '#engine/ports';
import { emptyEnvironment } from '../fleet/devices.ts';
import { all, load, type Of, type Place, remove, revise } from './entries.ts';
import type { EnvItem, Kind } from './kinds.ts';
import { envPlace, inApp, inEnv } from './paths.ts';

/** What one request removes; a client that gets 202 asks again, and the rest goes then. */
const timeMsMax = 6_000;

/** Values first: a secret is what must be gone if the client never asks again. */
const kindsOfEnv = ['value', 'version', 'rule', 'deploy'] as const satisfies readonly Kind[];
const kindsOfApp = [
  'value',
  'webhook',
  'values',
  'version',
  'delta',
  'set',
] as const satisfies readonly Kind[];

/** False when the time is up. */
const emptied = async (world: World, places: readonly Place<Kind>[], until: number): Promise<boolean> => {
  for (const place of places)
    for await (const entry of all(world, place)) {
      if (world.clock.now() > until) return false;
      await removeWhole(world, entry);
    }
  return true;
};

const removeWhole = async (world: World, entry: Of<Kind>): Promise<void> => {
  for (let found: Of<Kind> | undefined = entry; found !== undefined; ) {
    if (await remove(world, found)) return;
    found = await load(world, entry.place, entry.id);
  }
};

/** Its devices keep nothing of it, and what is on its way to them is called back. */
const emptiedFleet = async (world: World, app: Of<'app'>, item: EnvItem, until: number): Promise<boolean> => {
  const entry = await load(world, envPlace(app), item.uid);
  if (entry === undefined || !entry.body.isFleet) return true;
  const rollout = entry.body.last?.rollout;
  if (rollout != null) await changeRollout(world)(rollout.id, { type: 'cancel' }, 'engine');
  return emptyEnvironment(world, { organization: app.organization, group: item.uid }, until);
};

const emptiedEnv = async (world: World, app: Of<'app'>, item: EnvItem, until: number): Promise<boolean> => {
  if (!(await emptiedFleet(world, app, item, until))) return false;
  const places = kindsOfEnv.map((kind) => inEnv(app, item, kind));
  if (!(await emptied(world, places, until))) return false;
  const entry = await load(world, envPlace(app), item.uid);
  if (entry !== undefined) await removeWhole(world, entry);
  return true;
};

const marked = (item: EnvItem, now: number): EnvItem =>
  item.status === 'deleting' ? item : { ...item, status: 'deleting', statusChangedAt: now };

type ChangedApp = Promise<Of<'app'> | Refusal | undefined>;

const changeEnvs = (
  world: World,
  app: Of<'app'>,
  change: (envs: readonly EnvItem[]) => EnvItem[],
): ChangedApp => revise(world)(app.place, app.id, ({ body }) => ({ ...body, envs: change(body.envs) }));

/** True when it is gone; false when there is more to do. */
export const deleteEnv = async (world: World, app: Of<'app'>, { uid }: EnvItem): Promise<boolean> => {
  const now = world.clock.now();
  const changed = await changeEnvs(world, app, (envs) =>
    envs.map((env) => (env.uid === uid ? marked(env, now) : env)),
  );
  if (changed === undefined || isRefusal(changed)) return true;
  const item = changed.body.envs.find((env) => env.uid === uid);
  if (item === undefined) return true;
  if (!(await emptiedEnv(world, app, item, now + timeMsMax))) return false;
  await changeEnvs(world, app, (envs) => envs.filter((env) => env.uid !== uid));
  return true;
};

export const deleteApp = async (world: World, app: Of<'app'>): Promise<boolean> => {
  const now = world.clock.now();
  const changed = await revise(world)(app.place, app.id, ({ body }) =>
    body.status === 'deleting' ? body : { ...body, status: 'deleting' as const, statusChangedAt: now },
  );
  if (changed === undefined || isRefusal(changed)) return true;
  for (const item of changed.body.envs)
    if (!(await emptiedEnv(world, changed, item, now + timeMsMax))) return false;
  const places = kindsOfApp.map((kind) => inApp(changed, kind));
  if (!(await emptied(world, places, now + timeMsMax))) return false;
  await removeWhole(world, changed);
  return true;
};
