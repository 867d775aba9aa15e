// The ten cases of heat-tempest-plugin's softwareconfig.yaml, one after the other as they are there.
import { expect, it } from 'vitest';
import type { Answer } from '#test/support/small-system';
import { givenHeat } from './given.ts';

it('heat-tempest-plugin, softwareconfig.yaml', async () => {
  const { ask } = await givenHeat();
  const expecting = async (name: string, status: number, answer: Promise<Answer>) => {
    const told = await answer;
    expect([name, told.status]).toEqual([name, status]);
    return told.body;
  };

  const created = await expecting(
    'create software config',
    200,
    ask('POST /software_configs', {
      name: 'api-config',
      group: 'script',
      config: '#!/bin/sh -x\\necho hello',
    }),
  );
  const config = `/software_configs/${created.software_config.id}`;

  const shown = await expecting('show config', 200, ask(`GET ${config}`));
  expect(shown.software_config.group).toBe('script');

  const deployed = await expecting(
    'create software deployment',
    200,
    ask('POST /software_deployments', {
      action: 'ACTION0',
      config_id: shown.software_config.id,
      server_id: 'dummy_server',
    }),
  );
  const deployment = `/software_deployments/${deployed.software_deployment.id}`;

  const before = await expecting('show deployment', 200, ask(`GET ${deployment}`));
  expect(before.software_deployment.action).toBe('ACTION0');

  const { metadata } = await expecting(
    'show deployment metadata',
    200,
    ask(`GET /software_deployments/metadata/${before.software_deployment.server_id}`),
  );
  expect(metadata[0].group).toBe('script');

  const updated = await expecting(
    'update deployment',
    200,
    ask(`PUT ${deployment}`, { action: 'ACTION1', status: 'COMPLETE', status_reason: 'completed' }),
  );
  expect(updated.software_deployment.action).toBe('ACTION1');

  const { software_configs } = await expecting('list software configs', 200, ask('GET /software_configs'));
  expect(software_configs).toContainEqual(
    expect.objectContaining({ id: updated.software_deployment.config_id, group: 'script' }),
  );

  const { software_deployments } = await expecting(
    'list software deployments',
    200,
    ask('GET /software_deployments'),
  );
  expect(software_deployments).toContainEqual(
    expect.objectContaining({ id: updated.software_deployment.id, server_id: 'dummy_server' }),
  );

  await expecting('delete deployment', 204, ask(`DELETE ${deployment}`));
  await expecting('delete config', 204, ask(`DELETE ${config}`));
});
