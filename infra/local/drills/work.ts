// Drills with the queues and the workers behind them.
import { contentTopics } from '#device/topics';
import { drill } from './drill.ts';
import { type Fleet, madeFleet } from './fleet.ts';
import type { Ground } from './ground.ts';

const thing = 'drill';
let said = 0;

/** A device says something: a sign of life is the shortest. */
const deviceSpeaks = async ({ publish }: Ground): Promise<void> => {
  said += 1;
  await publish(contentTopics(thing).pong, Buffer.from(JSON.stringify({ ping: `drill-${said}` })));
};

/** What a worker looks at, sees nothing in, and is done with. */
const somethingToLookAt = JSON.stringify({ v: 1, thing, channel: 'release' });

export const transitionsLate = drill({
  fault: 'The consumer of the transitions queue is gone.',
  repair: 'Enable its event source mapping again; what has waited is carried out.',
  inject: async ({ control, named, send }) => {
    const mended = await control.mappings.disable(named('transitions'));
    await send('transitions', somethingToLookAt);
    return mended;
  },
  mend: async (_ground, mended) => mended(),
});

export const reportsLate = drill({
  fault: 'The consumer of the reports queue is gone, and devices go on talking.',
  repair: 'Enable its event source mapping again; what devices have said is taken.',
  inject: async ({ control, named }) => control.mappings.disable(named('reports')),
  mend: async (_ground, mended) => mended(),
  minute: deviceSpeaks,
});

const crashed = {
  ok: false,
  error: { errorType: 'TypeError', errorMessage: 'Cannot read properties of undefined' },
} as const;

export const deadLetters = drill({
  fault: 'A release of the transitions worker crashes, and its messages end among the dead letters.',
  repair: 'Bring back the release before, then send the dead letters back to where they came from.',
  inject: async ({ control, named, send }) => {
    const mended = control.functions.answerInstead(named('carry-out-transition'), () => crashed);
    await send('transitions', somethingToLookAt);
    return mended;
  },
  mend: async ({ empty, send }, mended) => {
    mended();
    await empty('transitions-dead-letters', (body) => send('transitions', body));
  },
});

/** More than the alarm minds, in each minute. */
const refusals = 12;

export const workersThrottled = drill({
  fault: 'The account has no room for another call of the worker that takes reports.',
  repair: 'Give it room: end what has taken the account’s concurrency, or have its limit raised.',
  inject: async (ground) => {
    const { control, named } = ground;
    const refused = { count: 0 };
    const mended = control.functions.answerInstead(named('take-report'), () => {
      refused.count += 1;
      return 'throttled';
    });
    await deviceSpeaks(ground);
    return { refused, mended, isMended: false };
  },
  mend: async (_ground, broken) => {
    broken.isMended = true;
    broken.mended();
  },
  minute: async ({ until }, { refused, isMended }) => {
    const before = refused.count;
    if (!isMended) await until('the worker is refused', () => refused.count - before >= refusals);
  },
});

const minutesMax = 5;

/** What was lost on its way lies in the shadow: the sweeper has it looked at there. */
const untilFound = async ({ control }: Ground, fleet: Fleet): Promise<void> => {
  for (let minutes = 0; minutes < minutesMax; minutes += 1) {
    if (await fleet.areConfirmed()) return;
    await control.passMinute();
  }
  throw new Error(`Lost reports are not found in the shadows after ${minutesMax} minutes`);
};

export const rulesFailing = drill({
  fault:
    'The rules for what devices say cannot reach the reports queue, and devices report what they have done.',
  repair:
    'Mend the way to the queue, see the sweeper find the reports in the shadows, and purge the queue of failures.',
  inject: async (ground) => {
    const fleet = await madeFleet(ground, 'unheard', 1);
    const mended = ground.control.hinderRules((action) =>
      action.kind === 'sqs' && action.queueUrl.endsWith('-reports') ? 'The queue is away' : undefined,
    );
    await fleet.deploy();
    return { fleet, mended, isMended: false };
  },
  mend: async (ground, broken) => {
    broken.isMended = true;
    broken.mended();
    await untilFound(ground, broken.fleet);
    await ground.empty('failed', async () => {});
  },
  minute: async (_ground, { fleet, isMended }) => {
    if (!isMended) await fleet.answer('applied');
  },
});
