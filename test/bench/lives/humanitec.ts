// A life in Humanitec's words: one device's share of a deployment of an environment that is a fleet.
import { contract } from '#dialects/humanitec/contract';
import { granted, type Life } from './life.ts';

/** Enough that what a rollout costs as a whole is small beside what it costs for each. */
const fleetSize = 100;

const moduleOf = (image: string) => ({
  profile: 'humanitec/default-module',
  spec: { containers: { main: { id: 'main', image, variables: {} } } },
  externals: {},
});

/** `act_<thing>...`: a token says which thing it is for. */
const thingIn = (token: string): string => {
  const [thing] = /(?<=_)[0-9a-z]{16}/.exec(token) ?? [];
  if (thing === undefined) throw new Error('The token names no thing.');
  return thing;
};

const set: Life['set'] = async (cloud, organization) => {
  const headers = { authorization: `Bearer ${await cloud.newKey(organization)}` };
  const ask = cloud.ask({ functionName: 'api-humanitec', routes: Object.keys(contract), headers });
  const does = (request: string, body?: unknown) => granted(request, ask(request, body));
  await does(`POST /orgs/${organization}/apps`, { id: 'shop', name: 'Shop' });
  const app = `/orgs/${organization}/apps/shop`;
  const env = `${app}/envs/development`;
  let prepared = 0;
  let delta = '';
  return {
    channel: 'environment',
    make: async (index) => {
      const label = `kiosk-${index}`;
      await does(`PUT ${env}/devices/${label}`);
      return { thing: thingIn((await does(`POST ${env}/devices/${label}/activation-token`)).token), label };
    },
    ready: async () => {
      prepared += 1;
      const modules = { add: { web: moduleOf(`image:${prepared}`) } };
      delta = (await does(`POST ${app}/deltas`, { modules, shared: [] })).id;
    },
    live: async (_, fleet) => {
      await does(`POST ${env}/deploys`, { delta_id: delta });
      await cloud.drain('rollouts');
      const confirmed = fleet.each('confirmed');
      await cloud.drain('transitions');
      await confirmed;
      await cloud.iot.settle();
      await cloud.drain('reports');
      await cloud.drainPatiently('rollouts');
    },
    verify: async () => {
      const [last] = await does(`GET ${env}/deploys`);
      if (last.status !== 'succeeded') throw new Error(`The deployment is ${last.status}.`);
    },
  };
};

export const humanitec: Life = {
  name: 'humanitec',
  devices: fleetSize,
  about:
    'one device’s share of POST .../deploys of a delta to an environment with that many devices: its set is sealed and rolled out to all of them at once, each applies it and reports, and the rollout is counted until it has succeeded.',
  set,
};
