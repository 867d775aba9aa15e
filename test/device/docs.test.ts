// The device on the page for strangers is a real one: it runs as printed, and follows the protocol.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '#device/agent/clock';
import { activate } from '#device/agent/identity/activate';
import { temporaryFolder } from './support/device.ts';
import { startIotWorld } from './support/iot-world.ts';
import { itemOf, targetOf } from './support/sets.ts';

const repository = new URL('../..', import.meta.url);
const page = readFileSync(new URL('docs/device-protocol.md', repository), 'utf8');
const code = /```js\n(.*?)```/s.exec(page)?.[1] ?? '';

it('the device in one page applies, refuses, and catches up', { timeout: 30_000 }, async () => {
  const world = await startIotWorld();
  const dir = temporaryFolder();
  const signal = new AbortController().signal;
  const answer = await activate({ dir, name: 'r', url: world.url, token: 'r', clock: systemClock, signal });
  writeFileSync(join(dir, 'activation.json'), JSON.stringify(answer));
  await world.want(answer.thing, 'release', targetOf(1, { '/srv/a.json': '{"a":1}' }));

  // Modules are looked up from where the code lies; everything else from the current directory.
  const inDirectory = `process.chdir(${JSON.stringify(dir)});\n${code}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', inDirectory], {
    cwd: repository,
    env: { ...process.env, CA: world.core.mqtt.caFile },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const printed = once(child.stdout, 'data');

  const said = (seq: number) => world.hears(answer.thing, (current) => current.seq === seq);
  expect(await said(1)).toMatchObject({ state: 'applied', deployment: 'dpl_1' });
  expect(String(await printed)).toBe('/srv/a.json {"a":1}\n');
  await world.want(answer.thing, 'release', targetOf(2, {}));
  expect(await said(2)).toMatchObject({ state: 'removed' });
  await world.want(answer.thing, 'release', { ...targetOf(3, {}), items: [itemOf('large', 'x')] });
  expect(await said(3)).toMatchObject({
    state: 'failed',
    error: { code: 'cannot_fetch' },
  });
});
