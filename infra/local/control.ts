// The levers of the local cloud, for drills and tests: let time pass, look at the alarms, and break one part or another for a while.
import { setTimeout as wait } from 'node:timers/promises';
import type { AlarmChange } from './cloudwatch/alarms.ts';
import type { Watch } from './cloudwatch/watch.ts';
import type { DynamoDbDoor } from './dynamodb/door.ts';
import type { Access } from './iam/access.ts';
import type { RuleAction } from './iot/iot-core.ts';
import type { Functions } from './lambda/functions.ts';
import type { Mappings } from './lambda/mappings.ts';
import type { Clock } from './schedule/clock.ts';
import type { Queues } from './sqs/queues.ts';
import type { Time } from './time.ts';

/** Why an action cannot be carried out, if there is a reason. */
export type Hindrance = (action: RuleAction) => string | undefined;

export type Control = {
  watch: Pick<Watch, 'stateOf' | 'states' | 'onChange' | 'measure' | 'put'>;
  time: Pick<Time, 'now' | 'pass'>;
  queues: Pick<Queues, 'depths'>;
  functions: Pick<Functions, 'answerInstead' | 'settle'>;
  mappings: Pick<Mappings, 'disable'>;
  schedules: Pick<Clock, 'suspend'>;
  table: Pick<DynamoDbDoor, 'answerInstead'>;
  /** By which the table's requests of a function are known. */
  accessKeyOf: (functionName: string) => string;
  /**
   * A function dies instead of making a call, or instead of answering, whenever this says so: with all of its execution environments,
   * as with a crash of the runtime. To die after a call and to die instead of the next one, or of the answer, leave the same behind.
   * Returns what takes it away again.
   */
  crash: (dies: (functionName: string, at: string) => boolean) => () => void;
  /** Keeps actions of IoT rules from their destinations. Returns what takes it away again. */
  hinderRules: (hindrance: Hindrance) => () => void;
  /** Measures what is to be measured, and evaluates every alarm. */
  look: () => AlarmChange[];
  /** A minute goes by at once: schedules are due, what is under way ends, and the alarms are evaluated. */
  passMinute: () => Promise<AlarmChange[]>;
};

export type ControlParts = {
  watch: Watch;
  time: Time;
  queues: Queues;
  functions: Functions;
  mappings: Mappings;
  clock: Clock;
  table: Control['table'];
  accessKeyOf: Control['accessKeyOf'];
  cutOff: Access['cutOff'];
  hinderRules: Control['hinderRules'];
};

const crashOf =
  ({ functions, cutOff }: ControlParts): Control['crash'] =>
  (dies) => {
    const undoCalls = cutOff((functionName, needs) => {
      const isOver = dies(functionName, needs.map(({ action }) => action).join(', '));
      if (isOver) functions.crash(functionName);
      return isOver;
    });
    const undoAnswers = functions.loseAnswers((functionName) => dies(functionName, 'answer'));
    return () => {
      undoCalls();
      undoAnswers();
    };
  };

const minuteMs = 60_000;
const quietMsMax = 5_000;

/** Work that is waiting for a function that would take it. */
const hasWork = ({ queues, mappings }: ControlParts): boolean => {
  const fed = mappings.enabled();
  return queues.depths().some(({ name, visible }) => visible > 0 && fed.has(name));
};

/** Until nothing is under way: a call of a function may leave a message for the next. */
const quiet = async (parts: ControlParts): Promise<void> => {
  const until = Date.now() + quietMsMax;
  do {
    await wait(5);
    await parts.functions.settle();
  } while (hasWork(parts) && Date.now() < until);
};

export const controlOf = (parts: ControlParts): Control => {
  const { watch, time, queues, functions, mappings, clock, table, accessKeyOf, hinderRules } = parts;
  return {
    watch,
    time,
    queues,
    functions,
    mappings,
    schedules: clock,
    table,
    accessKeyOf,
    crash: crashOf(parts),
    hinderRules,
    look: () => {
      watch.takeSamples();
      return watch.evaluate();
    },
    passMinute: async () => {
      clock.pass(minuteMs);
      await quiet(parts);
      watch.takeSamples();
      time.pass(minuteMs);
      queues.pass(minuteMs);
      return watch.evaluate();
    },
  };
};
