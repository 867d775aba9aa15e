// Every alarm, seen to go off and to be over: something is broken for real on the local cloud, then mended as its runbook says.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '#infra/local/cloud';
import { drillsOf, ownersDrills, stageDrills } from '#infra/local/drills/drills';
import { type Ground, groundOf } from '#infra/local/drills/ground';
import { hold } from '#infra/local/drills/run';
import { temporaryFolder } from './support/folder.ts';

/** `DRILL_ROBOTS=40` is the fleet of npm run drill; one of more than twenty is enough to see one in twenty. */
const robots = Number(process.env.DRILL_ROBOTS ?? 21);

const directory = temporaryFolder();
let cloud: LocalCloud;
let ground: Ground;
/** Alarms of which the function that halts rollouts was told. */
const heard: string[] = [];

const alarmIn = (event: string): string =>
  (JSON.parse(event) as { detail: { alarmName: string } }).detail.alarmName;

beforeAll(async () => {
  cloud = await startLocalCloud({ directory, dynamodbLocal: inject('dynamodbEndpoint') });
  ground = groundOf(cloud);
  cloud.control.functions.answerInstead(ground.named('halt-rollouts'), (event) => {
    heard.push(alarmIn(event));
    return undefined;
  });
}, 90_000);
afterAll(async () => {
  ground?.close();
  await cloud?.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('an alarm', { timeout: 60_000 }, () => {
  it('of the template has a drill, each of them', () => {
    const alarms = [...cloud.control.watch.states().keys()];

    expect(Object.keys(stageDrills).map(ground.named).sort()).toEqual(alarms.sort());
  });

  it.each(Object.entries(stageDrills))('%s goes off, and is over when it is mended', async (name, drill) => {
    const lines: string[] = [];

    const { minutesToAlarm, minutesToQuiet } = await hold(ground, ground.named(name), drill, (line) =>
      lines.push(line),
    );

    expect(minutesToAlarm).toBeLessThanOrEqual(20);
    expect(minutesToQuiet).toBeLessThanOrEqual(10);
    expect(lines).toEqual([
      `${ground.named(name)} is OK`,
      `fault: ${drill.fault}`,
      `${ground.named(name)} is in ALARM, ${minutesToAlarm} min after the fault`,
      `repair: ${drill.repair}`,
      `${ground.named(name)} is OK again, ${minutesToQuiet} min after the repair`,
    ]);
    expect(heard).toContain(ground.named(name));
  });
});

describe('an alarm of the fleet’s owner', { timeout: 60_000 }, () => {
  it('halts the rollout that has named it within the minute, before one robot in twenty has it, and it goes back', async () => {
    const [alarm = '', drill] = Object.entries(ownersDrills(robots))[0] ?? [];
    if (drill === undefined) throw new Error('There is no such drill.');
    const lines: string[] = [];

    const { minutesToAlarm } = await hold(ground, alarm, drill, (line) => lines.push(line));

    expect(lines).toEqual([
      `${alarm} is OK`,
      `fault: ${drill.fault}`,
      `${alarm} is in ALARM, ${minutesToAlarm} min after the fault`,
      expect.stringMatching(/^the rollout is halted, \d+ of \d+ robots have it: .*acme-robots-fallen/),
      `repair: ${drill.repair}`,
      expect.stringMatching(/^its roll-back succeeded: 0 of \d+ robots have it, \d+ had it$/),
      expect.stringMatching(/^acme-robots-fallen is OK again/),
    ]);
    const numbers = (line = ''): number[] => (line.match(/\d+/g) ?? []).map(Number);
    const [, fleet = 0, had = 0] = numbers(lines[5]);
    expect(fleet).toBe(robots);
    expect(had).toBeGreaterThan(0);
    expect(had).toBeLessThan(fleet / 20);
    expect(numbers(lines[3])).toEqual([had, fleet]);
    expect(heard).toContain(alarm);
  });
});

it('npm run drill -- --list --json says which drills there are, and nothing else', () => {
  const listed: unknown = JSON.parse(
    execFileSync(process.execPath, ['infra/local/drill.ts', '--list', '--json'], { encoding: 'utf8' }),
  );

  expect(listed).toEqual(
    [...drillsOf(ground.named)].map(([alarm, { fault, repair }]) => ({ alarm, fault, repair })),
  );
});
