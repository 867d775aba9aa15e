// A drill with an alarm of a fleet's owner, which knows nothing of us: their rollout has named it, and it alone stops what no device complains of.
import { alarmProperties, announcedOf, metricAlarmOf } from '../cloudwatch/alarm-properties.ts';
import type { Begun, Drill } from './drill.ts';
import type { Ground } from './ground.ts';
import { madeRobots, type Robots } from './robots.ts';

/** CloudWatch's whole name for it: it is none of the stage's. */
export const robotsFallen = 'acme-robots-fallen';

const metric = { namespace: 'Acme', name: 'Fallen' };

const ownersAlarm = alarmProperties.parse({
  AlarmName: robotsFallen,
  AlarmDescription: 'Robots lie on the floor.',
  Namespace: metric.namespace,
  MetricName: metric.name,
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 0,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
});

/** One robot, two, four, half of them; no device will say that it has failed. */
const carefully = {
  waves: [{ count: 1 }, { percent: 5 }, { percent: 10 }, { percent: 50 }],
  bake_seconds: 120,
  failure_threshold: { percent: 100 },
  alarms: [robotsFallen],
  rollback_on_failure: true,
};

const minutesMax = 30;

const untilOver = async (
  { control }: Ground,
  minute: () => Promise<void>,
  isOver: () => Promise<boolean>,
) => {
  for (let minutes = 0; !(await isOver()); minutes += 1) {
    if (minutes === minutesMax) throw new Error(`The deployment is not over after ${minutesMax} minutes`);
    await minute();
    await control.passMinute();
  }
};

const isOver = (deployment: { readonly status: string } | undefined): boolean =>
  deployment !== undefined && deployment.status !== 'in progress';

/** One in ten of those that have it lies on the floor, the first that got it among them. */
const fallenOf = (robots: Robots, good: string): number =>
  Math.ceil(robots.manifests().filter((manifest) => manifest !== good).length / 10);

const rollOut = async (ground: Ground, robots: Robots): Promise<Begun> => {
  const { control, until } = ground;
  const [good = ''] = robots.manifests();
  const before = (await robots.newest())?.id;
  const bad = await robots.deploy(9, { rollout: carefully });
  const minute = async (): Promise<void> => {
    await robots.live();
    control.watch.measure(metric.namespace, {}, { [metric.name]: fallenOf(robots, good) });
  };
  const haveIt = (): number => robots.manifests().filter((manifest) => manifest !== good).length;
  return {
    minute,
    /** No minute passes meanwhile. */
    answer: async () => {
      await until(`deployment ${bad} is halted`, async () => isOver(await robots.see(bad)));
      const [why] = await robots.errorsOf(bad);
      return `the rollout is halted, ${haveIt()} of ${robots.count} robots have it: ${why?.message}`;
    },
    repair: async () => {
      const rolledBack = async () => {
        const newest = await robots.newest();
        return newest?.id === bad ? undefined : newest;
      };
      await untilOver(ground, minute, async () => isOver(await rolledBack()));
      const { status, comment } = (await rolledBack()) ?? {};
      if (comment !== `Rolls back ${bad} to ${before}.`) throw new Error(`${bad} is not rolled back`);
      return `its roll-back ${status}: ${haveIt()} of ${robots.count} robots have it, ${robots.everHadOther(good)} had it`;
    },
  };
};

/** To so many robots. */
export const brokenRolloutTo = (fleetSize: number): Drill => ({
  fault:
    'A rollout in waves brings robots a configuration with which one in ten falls, the first among them, and each reports success.',
  repair: 'The rollout was told to go back: see its new deployment bring every robot what it had before.',
  prepare: async (ground) => {
    ground.control.watch.put(metricAlarmOf(robotsFallen, ownersAlarm), announcedOf(ownersAlarm));
    const robots = await madeRobots(ground, fleetSize);
    await ground.control.passMinute();
    const good = await robots.deploy(1);
    await untilOver(ground, robots.live, async () => isOver(await robots.see(good)));
    return () => rollOut(ground, robots);
  },
});
