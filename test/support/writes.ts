// Which calls change the world: everything that is not listed as reading. Seen from here, a refused request has left no trace.
import type { Call, PortName } from '#adapters/memory/watch';

/** Methods that only look. A port that is not named does not compile, a method that is not named counts as a change. */
const reading: Readonly<Record<PortName, readonly string[]>> = {
  slots: ['load', 'loadMany', 'ofThing', 'due'],
  records: ['load', 'loadMany', 'keysOf', 'ofSlot'],
  members: ['page'],
  rollouts: ['load', 'due'],
  deliveries: ['between', 'progressOf'],
  fanOut: [],
  contents: ['chunk', 'get'],
  things: ['load', 'loadMany', 'namesOf', 'byLabel'],
  repeats: ['find'],
  pongs: ['find'],
  keys: ['load', 'ofOrganization'],
  // What is counted, and what is noted of who was refused, is ours and not the organization's.
  quotas: ['take', 'agreed'],
  audit: ['write', 'entriesOf'],
  estate: ['organizations', 'thingsOf', 'rolloutsOf', 'kindsOf', 'contentsOf'],
  catalog: ['load', 'loadMany', 'loadUnchanging', 'byUnique', 'idsOf'],
  transitions: ['backlog'],
  notices: [],
  receivers: ['objection'],
  shadows: ['read'],
  publisher: [],
  certificates: ['endpoint'],
};

/** Takes note of every change from now on. */
export const changesOf = ({
  setFault,
}: {
  readonly setFault: (fault: (call: Call, moment: 'before' | 'after') => void) => void;
}) => {
  let changes: string[] = [];
  setFault(({ port, method }, moment) => {
    if (moment === 'before' && !reading[port].includes(method)) changes.push(`${port}.${method}`);
  });
  return {
    changes: (): readonly string[] => changes,
    forget: (): void => {
      changes = [];
    },
  };
};
