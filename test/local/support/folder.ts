// Temporary folders of the local cloud's tests, and small functions written into them.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

export const temporaryFolder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'shadowcast-test-')));

/** Gone when the test is over. */
export const testFolder = (): string => {
  const folder = temporaryFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

export const writeIn = (folder: string, files: Readonly<Record<string, string>>): void => {
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
};

/** The first look that comes too early costs little time, and the hundredth little work: a look may be a request to a whole cloud. */
const pauseMs = (looks: number): number => Math.min(20 * 1.3 ** looks, 250);

/** Looks until it sees what it wants: for effects that nobody announces. */
export const eventually = async <Seen>(
  look: () => Seen | Promise<Seen>,
  isDone: (seen: Seen) => boolean,
  msMax = 15_000,
): Promise<Seen> => {
  const end = Date.now() + msMax;
  for (let looks = 0; ; looks += 1) {
    const seen = await look();
    if (isDone(seen) || Date.now() > end) return seen;
    await pause(pauseMs(looks));
  }
};
