// Drills with what becomes of deployments, and with the clock that wakes the sweeper.
import { drill } from './drill.ts';
import { madeFleet } from './fleet.ts';

/** As many as the alarm needs to speak of a share. */
const things = 5;

export const deploymentsFailing = drill({
  fault: 'A configuration goes out that devices cannot start with: each of them reports that it has failed.',
  repair: 'Stop whoever deploys it, and bring devices what they had before, by a new deployment.',
  inject: async (ground) => ({ fleet: await madeFleet(ground, 'failing', things), isMended: false }),
  mend: async (_ground, broken) => {
    broken.isMended = true;
    await broken.fleet.deploy();
    await broken.fleet.answer('applied');
  },
  minute: async (_ground, { fleet, isMended }) => {
    if (isMended) return;
    await fleet.deploy();
    await fleet.answer('failed');
  },
});

export const sweeperStopped = drill({
  fault: 'The schedule that wakes the sweeper is disabled.',
  repair: 'Enable the schedule, and see one sweep a minute.',
  inject: async ({ control }) => control.schedules.suspend(),
  mend: async (_ground, mended) => mended(),
});
