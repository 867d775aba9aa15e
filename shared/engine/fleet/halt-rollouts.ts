// An alarm has gone off: the rollouts that named it stop. The stage's own alarm stops them all.
import { isRefusal } from '#domain/refusal';
import { isRunning } from '#domain/rollout';
import type { World } from '../ports.ts';
import { changeRollout } from './change-rollout.ts';

type Needs = Pick<World, 'clock' | 'rollouts' | 'fanOut'>;

/** More than ever run at a time; each stands in the list of those that are looked at. */
const runningMax = 10_000;

/** Ids of those that were halted by this. */
export const haltRollouts =
  (world: Needs) =>
  async (alarm: string, stageAlarm: string): Promise<readonly string[]> => {
    const halted: string[] = [];
    for (const id of await world.rollouts.due(Number.MAX_SAFE_INTEGER, runningMax)) {
      const rollout = await world.rollouts.load(id);
      if (rollout === undefined || !isRunning(rollout)) continue;
      if (alarm !== stageAlarm && !rollout.plan.alarms.includes(alarm)) continue;
      const changed = await changeRollout(world)(id, { type: 'halt', alarm }, `alarm:${alarm}`);
      if (changed !== undefined && !isRefusal(changed) && changed.changed) halted.push(id);
    }
    return halted;
  };
