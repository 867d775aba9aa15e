// Every alarm, seen to go off and to be over: something is broken for real on the local cloud, then mended as its runbook says.
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

beforeAll(async () => {
  cloud = await startLocalCloud({ directory });
  ground = groundOf(cloud);
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
    expect(lines).toHaveLength(5);
  });
});
