// The log files of the local cloud: one per function and part, cut when they grow, shown on the terminal with LOCAL_VERBOSE.
import { appendFileSync, existsSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

const bytesMax = 10 * 1024 * 1024;
const isVerbose = (process.env.LOCAL_VERBOSE ?? '') !== '';

/** The last one is kept beside it. */
const rotate = (file: string): void => {
  if (existsSync(file) && statSync(file).size > bytesMax) renameSync(file, `${file}.1`);
};

const linesBetweenChecks = 1000;

export const logFiles =
  (directory: string) =>
  (name: string): ((line: string) => void) => {
    const file = join(directory, `${name}.log`);
    let count = 0;
    return (line) => {
      if (count % linesBetweenChecks === 0) rotate(file);
      count += 1;
      appendFileSync(file, `${line}\n`);
      if (isVerbose) console.log(`[${name}] ${line}`);
    };
  };
