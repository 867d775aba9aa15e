// Where the channel keeps what it knows: the newest list, and for each deployment a folder with its journal.
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { digest } from '../../shadow.ts';

/** Scripts, inputs and outputs are nobody else's business. */
export const ownerOnly = 0o700;

/** Written before anything is started: whoever finds it without an end knows that it must never be started again. */
export const startRecord = z.object({
  seq: z.number().int().nonnegative(),
  deployment: z.string(),
  manifest: digest,
  started_at: z.iso.datetime(),
});
export type StartRecord = z.infer<typeof startRecord>;

/** A deployment's id is no file name, but the folder follows from it. */
export const keyOf = (deployment: string): string =>
  createHash('sha256').update(deployment).digest('hex').slice(0, 32);

export const layout = (dir: string) => {
  const runs = join(dir, 'runs');
  const entry = (key: string) => {
    const at = join(runs, key);
    return {
      dir: at,
      started: join(at, 'started.json'),
      process: join(at, 'process.json'),
      result: join(at, 'result.json'),
      /** The result without what it gave back, when its pointer has left the list. */
      buried: join(at, 'buried.json'),
      /** Its script, its working directory and its outputs. */
      place: join(at, 'run'),
    };
  };
  return { list: join(dir, 'list.json'), runs, entry };
};

export const makeLayout = async (dir: string): Promise<void> => {
  await mkdir(layout(dir).runs, { recursive: true, mode: ownerOnly });
};
