// Every alarm, seen to go off and to be over: something is broken for real on the local cloud, then mended as its runbook says.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '#infra/local/cloud';
import { drills } from '#infra/local/drills/drills';
import { type Ground, groundOf } from '#infra/local/drills/ground';
import { hold } from '#infra/local/drills/run';
import { temporaryFolder } from './support/folder.ts';

const directory = temporaryFolder();
let cloud: LocalCloud;
let ground: Ground;
/** Alarms of which the function that halts rollouts was told. */
const heard: string[] = [];

const alarmIn = (event: string): string =>
  (JSON.parse(event) as { detail: { alarmName: string } }).detail.alarmName;

beforeAll(async () => {
  cloud = await startLocalCloud({ directory });
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

    expect(Object.keys(drills).map(ground.named).sort()).toEqual(alarms.sort());
  });

  it.each(Object.entries(drills))('%s goes off, and is over when it is mended', async (name, drill) => {
    const lines: string[] = [];

    const { minutesToAlarm, minutesToQuiet } = await hold(ground, name, drill, (line) => lines.push(line));

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

it('npm run drill -- --list --json says which drills there are, and nothing else', () => {
  const listed: unknown = JSON.parse(
    execFileSync(process.execPath, ['infra/local/drill.ts', '--list', '--json'], { encoding: 'utf8' }),
  );

  expect(listed).toEqual(
    Object.entries(drills).map(([name, { fault, repair }]) => ({ alarm: ground.named(name), fault, repair })),
  );
});
