// One stage, whole: each stack stands on those before it, so that whoever takes work is deployed before whoever sends it.
import type { Environment } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { named, type Stage } from '../constructs/stage.ts';
import { DevicesStack } from './devices.ts';
import { DoorStack } from './door.ts';
import { OperationsStack } from './operations.ts';
import { StorageStack } from './storage.ts';
import { WorkersStack } from './workers.ts';

/** `env` may be empty: the templates then belong to no account, need no lookup, and deploy wherever they are sent. */
export const shadowcast = (scope: Construct, stage: Stage, env: Environment = {}) => {
  const about = (description: string) => ({
    stage,
    env,
    description: `Shadowcast, ${stage.name}: ${description}`,
  });

  const storage = new StorageStack(scope, named(stage, 'storage'), about('what is kept'));
  const { table } = storage;
  const workers = new WorkersStack(scope, named(stage, 'workers'), {
    ...about('what moves deployments along'),
    table,
  });
  const { transitions, reports, webhooks, rollouts } = workers;
  const door = new DoorStack(scope, named(stage, 'door'), {
    ...about('who may knock'),
    table,
    transitions,
    webhooks,
    rollouts,
  });
  const devices = new DevicesStack(scope, named(stage, 'devices'), {
    ...about('the other end'),
    table,
    reports,
  });
  const operations = new OperationsStack(scope, named(stage, 'operations'), {
    ...about('who watches'),
    watches: [storage, workers, door, devices],
  });
  return { storage, workers, door, devices, operations };
};
