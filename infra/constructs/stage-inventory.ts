// What a stage consists of, found in its stacks: whatever is added later is watched without anybody thinking of it.
import type { Stack } from 'aws-cdk-lib';
import { ApiDoor } from './api-door.ts';
import { DeviceRule } from './device-rule.ts';
import { HouseFunction } from './function.ts';
import { HouseQueue } from './queue.ts';
import { QueueWithWorker } from './queue-with-worker.ts';

type Kind<Found> = abstract new (...args: never) => Found;

export const inventoryOf = (stacks: readonly Stack[]) => {
  const constructs = stacks.flatMap((stack) => stack.node.findAll());
  const every = <Found>(kind: Kind<Found>): Found[] =>
    constructs.flatMap((one) => (one instanceof kind ? [one as Found] : []));
  const fed = every(QueueWithWorker);
  const busy = new Set(fed.map(({ queue }) => queue));
  return {
    functions: every(HouseFunction),
    doors: every(ApiDoor),
    rules: every(DeviceRule),
    /** Work comes in here. */
    queues: fed.map(({ queue }) => queue),
    /** Work ends here, and waits for a person: whatever no worker takes from. */
    deadEnds: every(HouseQueue).filter((queue) => !busy.has(queue)),
  };
};
export type Inventory = ReturnType<typeof inventoryOf>;
