// Drills at the door: it fails, or it is slow.
import { drill } from './drill.ts';
import type { Ground } from './ground.ts';

const door = 'api-miru';

/** More than the alarm needs to speak of a share. */
const calls = 24;

const crashed = {
  ok: false,
  error: { errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited with error: exit status 1' },
} as const;

type Crashing = { readonly undo: () => void; isMended: boolean };

const doorCrashes = async ({ control, named }: Ground): Promise<Crashing> => ({
  undo: control.functions.answerInstead(named(door), () => crashed),
  isMended: false,
});

const deployBefore = async ({ call }: Ground, crashing: Crashing): Promise<void> => {
  crashing.undo();
  crashing.isMended = true;
  await call('GET', '/devices');
};

const people = async ({ ask }: Ground, { isMended }: Crashing): Promise<void> => {
  if (!isMended) await Promise.all(Array.from({ length: calls }, () => ask('GET', '/devices')));
};

export const doorErrors = drill({
  fault: 'A release of the Miru door crashes on every call.',
  repair: 'Deploy the release before it again, and see that calls are answered.',
  inject: doorCrashes,
  mend: deployBefore,
  minute: people,
});

/** Nobody waits for it: the clock goes ahead by as much as each call takes. */
const slowMs = 2_000;

export const doorLatency = drill({
  fault: 'Each call of the Miru door takes two seconds longer than it did.',
  repair: 'Undo what has made it slow: here, bring back the release before.',
  inject: async ({ control, named }) =>
    control.functions.answerInstead(named(door), () => {
      control.time.pass(slowMs);
      return undefined;
    }),
  mend: async (_ground, mended) => mended(),
  minute: async ({ ask }) => {
    await ask('GET', '/devices');
  },
});

export const usersAreHurt = drill({
  fault: 'The Miru door crashes on every call, which is one of those alarms that users feel.',
  repair: 'Follow the page of the alarm beneath it: here, deploy the release before again.',
  inject: doorCrashes,
  mend: deployBefore,
  minute: people,
});
