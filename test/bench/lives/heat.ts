// A life in Heat's words: a software deployment on an activated server, pushed to it, run, and signalled with its result.
import { contract } from '#dialects/heat/contract';
import { granted, type Life, together } from './life.ts';

const config = {
  name: 'prepare',
  group: 'script',
  config: '#!/bin/sh\necho done\n',
  inputs: [{ name: 'dataset', type: 'String', value: 'hall 7' }],
  outputs: [],
};

const set: Life['set'] = async (cloud, organization) => {
  const headers = { 'x-auth-token': await cloud.newKey(organization) };
  const ask = cloud.ask({ functionName: 'api-heat', routes: Object.keys(contract), headers });
  const does = (method: string, path: string, body?: unknown) =>
    granted(path, ask(`${method} /v1/${organization}${path}`, body));
  const { software_config: made } = await does('POST', '/software_configs', config);
  return {
    channel: 'software',
    make: async (index) => {
      const label = `server-${index}`;
      const { token } = await does('POST', `/servers/${label}/activation_token`, {});
      return { thing: String(token).slice('sat_'.length, 'sat_'.length + 16), label };
    },
    live: async (devices, fleet) => {
      for (const { label } of devices)
        await does('POST', '/software_deployments', {
          config_id: made.id,
          server_id: label,
          action: 'CREATE',
          status: 'IN_PROGRESS',
        });
      const gave = fleet.each('gave');
      await cloud.drain('transitions');
      await gave;
      await cloud.iot.settle();
      const emptied = fleet.each('confirmed');
      await cloud.drain('reports');
      await cloud.drain('transitions');
      await emptied;
      await cloud.iot.settle();
      await cloud.drain('reports');
    },
  };
};

export const heat: Life = {
  name: 'heat',
  devices: together,
  about:
    'POST /software_deployments IN_PROGRESS for an activated server; the list in its shadow is written; the server fetches and runs it, and gives its result; the result is taken, and the list is emptied.',
  set,
};
