// What a test sees of processes that are not its own.
import { existsSync, readFileSync } from 'node:fs';

/** One that has ended and was not collected yet is dead. */
export const isAlive = (pid: number): boolean => {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

/** Waits until a script has written this file: it says itself how far it is. */
export const written = async (path: string): Promise<string> => {
  while (!existsSync(path) || readFileSync(path, 'utf8') === '') await new Promise(setImmediate);
  return readFileSync(path, 'utf8').trim();
};

/** For whoever cleans up: it may be gone already, and its pid somebody else's. Ours have the folder in their command. */
export const endProcess = (pid: number, folder: string): void => {
  if (isAlive(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder))
    process.kill(pid, 'SIGKILL');
};
