// What is done when a CloudWatch alarm changes its state: one that has gone off halts the rollouts that named it.
import * as z from 'zod';
import { haltRollouts as halt } from '#engine/fleet/halt-rollouts';
import type { World } from '#engine/ports';
import type { Log } from '../wiring/log.ts';

/** As EventBridge brings it: `CloudWatch Alarm State Change`. */
const alarmEvent = z.object({
  detail: z.object({
    alarmName: z.string(),
    state: z.object({ value: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']) }),
  }),
});

export const haltRollouts =
  (world: World, stageAlarm: string) =>
  async (event: unknown, log: Log): Promise<void> => {
    const { alarmName: alarm, state } = alarmEvent.parse(event).detail;
    const halted = state.value === 'ALARM' ? await halt(world)(alarm, stageAlarm) : [];
    log.line({
      code: 'alarm.taken',
      alarm,
      state: state.value,
      halted: halted.length,
      others: halted.slice(0, 20).join(' '),
    });
  };
