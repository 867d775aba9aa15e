// What could be taken away from a life, and what that would be worth; found by reading the table of units from the top.
import type { Meter } from './tally.ts';

export interface Saving {
  readonly life: string;
  readonly what: string;
  readonly price: string;
  readonly amounts: { readonly [M in Meter]?: number };
}

export const savings: readonly Saving[] = [
  {
    life: 'heat',
    what: 'Who uses a config is found by reading the deployments of its project, and not by a list of its own',
    price:
      'deleting a config reads all of them: seconds for thousands, and one that is made meanwhile is missed',
    amounts: { writeUnits: 2 },
  },
  {
    life: 'miru, heat, humanitec',
    what: 'A device repeats its target in its report, so that nothing differs and no delta answers it',
    price:
      'a shadow holds every target twice, so a target may have half the size; that a report was lost is noticed by the sweeper, and no longer by the device',
    amounts: { mqttMessages: 1 },
  },
  {
    life: 'miru, humanitec',
    what: 'Workers say nothing of a message that went as expected: the history in the slot says the same',
    price: 'which hop was slow, and under which request, is no longer read off the log',
    amounts: { logBytes: 760 },
  },
  {
    life: 'humanitec',
    what: 'Who is connected when a rollout begins is read eventually consistent',
    price:
      'a device that came or was retired in the same second is taken for what it was before, and is made up for later',
    amounts: { readUnits: 0.5 },
  },
];
