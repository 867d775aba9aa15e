// The tour for one server: a script travels to it as a software deployment, runs there, and its outputs come back.
import { startDevices } from './devices.ts';
import { type Platform, until } from './platform.ts';
import { step, type Told } from './story.ts';

const script = `#!/bin/sh
echo "preparing $dataset"
echo "$dataset is ready" > "$heat_outputs_path.summary"
`;

type Config = { software_config: { id: string } };
type Deployment = {
  software_deployment: {
    id: string;
    status: string;
    status_reason: string;
    output_values: Record<string, unknown> | null;
  };
};

const makeConfig = ({ orchestration, run }: ToldOfServers): Promise<Config> =>
  orchestration.call<Config>('POST', '/software_configs', {
    name: `prepare-${run}`,
    group: 'script',
    config: script,
    inputs: [{ name: 'dataset', type: 'String', value: 'the map of hall 7' }],
    outputs: [{ name: 'summary' }],
  });

const bringIn = async (told: ToldOfServers, server: string): Promise<void> => {
  const path = `/servers/${server}/activation_token`;
  const { token } = await told.orchestration.call<{ token: string }>('POST', path, {});
  const devices = startDevices({ ...told, name: server, more: ['--token', token, '--software'] });
  told.onEnd(devices.stop);
  await devices.connected(1);
};

const ended = ({ software_deployment: { status } }: Deployment): boolean => status !== 'IN_PROGRESS';

const untilItHasRun = async ({ orchestration }: ToldOfServers, id: string): Promise<Deployment> => {
  const look = () => orchestration.call<Deployment>('GET', `/software_deployments/${id}`);
  const seen = await until('run', look, ended);
  const { status, status_reason: reason } = seen.software_deployment;
  if (status !== 'COMPLETE') throw new Error(`the software deployment ${id} is ${status}: ${reason}`);
  return seen;
};

export type ToldOfServers = Told & { orchestration: Platform };

export const serverStory = async (told: ToldOfServers): Promise<void> => {
  const server = `server-${told.run}`;
  const { software_config: config } = await step(
    told,
    () => makeConfig(told),
    ({ software_config }) => `software config ${software_config.id}: a script with an input and an output`,
  );
  await step(
    told,
    () => bringIn(told, server),
    () => `${server} has its certificate, and is connected over MQTT and TLS`,
  );
  const { software_deployment: created } = await step(
    told,
    () =>
      told.orchestration.call<Deployment>('POST', '/software_deployments', {
        config_id: config.id,
        server_id: server,
        action: 'CREATE',
        status: 'IN_PROGRESS',
      }),
    ({ software_deployment: { id, status } }) => `software deployment ${id}: ${status}`,
  );
  await step(
    told,
    () => untilItHasRun(told, created.id),
    ({ software_deployment: { id, status, output_values: outputs } }) =>
      `software deployment ${id}: ${status}, summary: ${String(outputs?.summary).trim()}`,
  );
};
