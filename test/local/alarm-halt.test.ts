// A configuration that breaks one robot in ten, and that no device complains of: an alarm of the fleet's owner halts its rollout.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { target } from '#device/shadow';
import { startLocalCloud } from '#infra/local/cloud';
import { groundOf } from '#infra/local/drills/ground';
import { environmentsAt } from '#infra/local/tour/platform';
import { testFolder } from './support/folder.ts';

const fleetSize = 60;
const alarm = 'acme-robots-fallen';
const channel = 'environment';
const minutesMax = 30;

/** The owner's own alarm, which knows nothing of Shadowcast. */
const ownersAlarm = {
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmName: alarm,
    Namespace: 'Acme',
    MetricName: 'Fallen',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
  },
};

const withOwnersAlarm = (folder: string): void => {
  const file = join(folder, 'shadowcast-dev-operations.template.json');
  const template = JSON.parse(readFileSync(file, 'utf8'));
  template.Resources.RobotsFallen = ownersAlarm;
  writeFileSync(file, JSON.stringify(template));
};

const givenFleet = async () => {
  const cloud = await startLocalCloud({ directory: testFolder(), alterAssembly: withOwnersAlarm });
  onTestFinished(() => cloud.close());
  const ground = groundOf(cloud);
  onTestFinished(ground.close);
  const { config, control } = cloud;
  const orgs = environmentsAt(config.url, config.apiKey, config.organization);
  const env = '/apps/yard/envs/development';
  await orgs.call('POST', '/apps', { id: 'yard', name: 'Yard' });
  const things: string[] = [];
  for (let at = 0; at < fleetSize; at += 1) {
    const { thing } = await orgs.call<{ thing: string }>('PUT', `${env}/devices/robot-${at}`);
    things.push(thing);
    const connected = { kind: 'presence', thing, eventType: 'connected', versionNumber: 1 };
    await ground.send('reports', JSON.stringify({ ...connected, timestamp: control.time.now() }));
  }
  await control.passMinute();
  return { cloud, ground, control, orgs, env, things };
};

type Fleet = Awaited<ReturnType<typeof givenFleet>>;

const told = (shadow: unknown) => {
  const { state } = shadow as { state: { desired: { target: unknown } } };
  return target.parse(state.desired.target);
};

describe('a rollout whose owner has named an alarm', () => {
  it('is halted within the minute, before one robot in twenty has it, and goes back', {
    timeout: 300_000,
  }, async () => {
    const { control, ground, orgs, env, things }: Fleet = await givenFleet();
    const seen = new Map<string, Set<string>>();
    const heard = new Map<string, number>();

    /** Every robot applies what it is told, and says that all is well. */
    const apply = async (): Promise<void> => {
      for (const thing of things) {
        const shadow = await ground.shadow(thing, channel).catch(() => undefined);
        if (shadow === undefined) continue;
        const { v, seq, deployment, manifest } = told(shadow);
        if (heard.get(thing) === seq) continue;
        heard.set(thing, seq);
        seen.set(manifest, (seen.get(manifest) ?? new Set()).add(thing));
        const current = { v, seq, deployment, manifest, state: 'applied', attempt: 1, error: null };
        await ground.report(thing, channel, { current });
      }
    };

    const deploy = async (speed: number, more: object): Promise<string> => {
      const { id } = await orgs.call<{ id: string }>('POST', '/apps/yard/deltas', {
        modules: { add: { motion: { spec: { speed } } } },
      });
      return (await orgs.call<{ id: string }>('POST', `${env}/deploys`, { delta_id: id, ...more })).id;
    };
    const see = (id: string) => orgs.call<{ status: string }>('GET', `${env}/deploys/${id}`);

    const good = await deploy(1, {});
    for (let minute = 0; (await see(good)).status === 'in progress'; minute += 1) {
      expect(minute).toBeLessThan(minutesMax);
      await apply();
      await control.passMinute();
    }
    const [careful = ''] = seen.keys();

    const bad = await deploy(9, {
      rollout: {
        waves: [2, 4, 10, 50].map((percent) => ({ percent })),
        bake_seconds: 120,
        failure_threshold: { percent: 100 },
        alarms: [alarm],
        rollback_on_failure: true,
      },
    });
    let minutesInAlarm = 0;
    for (let minute = 0; (await see(bad)).status === 'in progress'; minute += 1) {
      expect(minute).toBeLessThan(minutesMax);
      await apply();
      const fast = [...seen].find(([manifest]) => manifest !== careful)?.[1];
      // One in ten of those that have it falls, the very first one among them; none of them says so.
      control.watch.measure('Acme', {}, { Fallen: Math.ceil((fast?.size ?? 0) / 10) });
      if (control.watch.stateOf(alarm) === 'ALARM') minutesInAlarm += 1;
      await control.passMinute();
    }

    expect(minutesInAlarm).toBeLessThanOrEqual(1);
    const fast = [...seen].find(([manifest]) => manifest !== careful)?.[1];
    expect(fast?.size).toBeGreaterThan(0);
    expect(fast?.size).toBeLessThan(fleetSize / 20);
    expect(await orgs.call('GET', `${env}/deploys/${bad}/errors`)).toMatchObject([
      { code: 'alarm', message: expect.stringContaining(alarm) },
    ]);

    const newest = async () =>
      (await orgs.call<{ id: string; status: string }[]>('GET', `${env}/deploys`))[0];
    for (
      let minute = 0;
      (await newest())?.id === bad || (await newest())?.status === 'in progress';
      minute += 1
    ) {
      expect(minute).toBeLessThan(minutesMax);
      await apply();
      await control.passMinute();
    }
    expect(await newest()).toMatchObject({ status: 'succeeded', comment: `Rolls back ${bad} to ${good}.` });
    const has = await Promise.all(
      things.map(async (thing) => told(await ground.shadow(thing, channel)).manifest),
    );
    expect(new Set(has)).toEqual(new Set([careful]));
  });
});
