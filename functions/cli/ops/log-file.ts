// The same on the local cloud, which writes a file for each function.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogLines } from '#adapters/cloudwatch/log-lines';

export const logFileLines = (directory: string): LogLines => ({
  about: async (functionName, messageId) => {
    const text = await readFile(join(directory, 'logs', `${functionName}.log`), 'utf8').catch(() => '');
    return text
      .split('\n')
      .filter((line) => line.includes(messageId))
      .at(-1);
  },
});
