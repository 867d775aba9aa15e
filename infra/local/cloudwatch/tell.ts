// Who hears of an alarm's change: rules on the event bus, and the topics that the alarm names.
import type { Bus } from '../events/bus.ts';
import type { Topics } from '../sns/topics.ts';
import type { World } from '../template/world.ts';
import type { AlarmChange } from './alarms.ts';
import { stateChangeEvent, stateChangeMessage } from './state-change.ts';
import type { Announced } from './watch.ts';

export const tellOf =
  ({ world, bus, topics }: { world: World; bus: Bus; topics: Topics }) =>
  (change: AlarmChange, { description, tells }: Announced): void => {
    bus.put(stateChangeEvent(world, change, description));
    for (const arn of tells[change.to])
      topics.publish(arn, `${change.to}: "${change.alarm}"`, stateChangeMessage(world, change, description));
  };
