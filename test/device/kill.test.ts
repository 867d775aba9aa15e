// A real process and a real kill -9, again and again: a program on the device never finds a mixed set of files.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { temporaryFolder } from './support/device.ts';
import { generation } from './support/generations.ts';
import { viewOf } from './support/sets.ts';

const cycles = Number(process.env.DEVICE_KILLS ?? 6);
const victim = new URL('./support/victim.ts', import.meta.url).pathname;

/** Lets it live until it has applied something, and a little longer; answers with what it said. */
const liveAndDie = async (root: string, longerMs: number): Promise<string[]> => {
  const child = spawn(process.execPath, [victim, root], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  let doomed = false;
  child.stdout.on('data', (data) => {
    said += data;
    if (doomed) return;
    doomed = true;
    setTimeout(() => child.kill('SIGKILL'), longerMs);
  });
  await once(child, 'close');
  return said.trim().split('\n');
};

it(`finds a whole set after each of ${cycles} kills`, { timeout: cycles * 10_000 }, async () => {
  const root = temporaryFolder();
  let last = 0;
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const longerMs = Math.random() * 200;
    const said = await liveAndDie(root, longerMs);
    const when = `cycle ${cycle}, killed after ${longerMs} ms, last words: ${said.at(-1)}`;
    expect(
      said.filter((line) => !line.startsWith('applied')),
      when,
    ).toEqual([]);
    const [first, applied] = [said[0], said.at(-1)].map((line) => Number(line?.replace('applied ', '')));
    // What was in force before the kill is in force after the start, or one more that nobody had time to say.
    expect([last, last + 1], when).toContain(cycle === 0 ? last : first);
    last = applied ?? 0;
    const seen = viewOf(root);
    const whole = [generation(last), generation(last + 1)].map((texts) =>
      JSON.stringify(Object.entries(texts).sort()),
    );
    expect(whole, when).toContain(JSON.stringify(Object.entries(seen).sort()));
  }
  // It did get on with its work in between.
  expect(last).toBeGreaterThan(cycles / 5);
});
