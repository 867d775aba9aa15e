// Runs a script: in a folder of its own, with its inputs as environment variables and its outputs as files.
import { constants } from 'node:fs';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Command, commandOf } from './command.ts';
import { couldNot, type Ending, withNote } from './ending.ts';
import { environmentFault, environmentOf } from './environment.ts';
import type { Job } from './job.ts';
import { ownerOnly } from './layout.ts';
import { outputsPrefix, readOutputs } from './outputs.ts';
import { statusCodes } from './status-codes.ts';
import { type Exit, supervise } from './supervise.ts';

interface Place {
  readonly script: string;
  readonly work: string;
}

/** Nothing of an earlier attempt is left in it. */
const makePlace = async ({ place, run }: Job): Promise<Place> => {
  await rm(place, { recursive: true, force: true });
  const work = join(place, 'work');
  for (const dir of [dirname(outputsPrefix(place)), work])
    await mkdir(dir, { recursive: true, mode: ownerOnly });
  const script = join(place, 'script');
  await writeFile(script, run.config, { mode: ownerOnly });
  return { script, work };
};

const scriptFault = ({ run }: Job): string | undefined =>
  run.config.isWellFormed() ? environmentFault(run) : 'the config is no text that could be written as UTF-8.';

const interpreterFault = async ({ file }: Command, work: string): Promise<Ending | undefined> => {
  const reach = (mode: number) =>
    access(file.startsWith('/') ? file : join(work, file), mode).then(
      () => true,
      () => false,
    );
  const named = `the interpreter ${JSON.stringify(file)} of the script’s first line`;
  if (!(await reach(constants.F_OK)))
    return couldNot(statusCodes.notFound, `${named} does not exist on this machine.`);
  if (!(await reach(constants.X_OK))) return couldNot(statusCodes.cannotRun, `${named} may not be executed.`);
  return undefined;
};

const ends: {
  readonly [By in Exit['by']]: (exit: Exit, job: Job) => { readonly status: number; readonly note?: string };
} = {
  itself: ({ status }) => ({ status }),
  timeout: (_, { run }) => ({
    status: statusCodes.timedOut,
    note: `it was ended, with everything it had started, because it ran for longer than ${run.timeout_seconds} s.`,
  }),
  stop: () => ({
    status: statusCodes.interrupted,
    note: 'it was ended because the agent was stopped while it ran. It is not run again: nobody knows how far it came.',
  }),
};

const collect = async (exit: Exit, job: Job): Promise<Ending> => {
  const names = job.run.outputs.map(({ name }) => name);
  const { found, impossible } = await readOutputs(job.place, names);
  const { status, note } = ends[exit.by](exit, job);
  const notes = [
    ...(note ? [note] : []),
    ...impossible.map(
      (name) => `the output ${JSON.stringify(name.slice(0, 100))} was not read: no file can have this name.`,
    ),
  ];
  return { status, outputs: found, stdout: exit.stdout, stderr: notes.reduce(withNote, exit.stderr) };
};

export const runScript = async (job: Job, signal: AbortSignal): Promise<Ending> => {
  const { clock, run, place, path, onSpawned } = job;
  const fault = scriptFault(job);
  if (fault !== undefined) return couldNot(statusCodes.cannotRun, fault);
  const { script, work } = await makePlace(job);
  const command = commandOf(run.config, script);
  const missing = await interpreterFault(command, work);
  if (missing) return missing;
  const env = environmentOf(run, place, path);
  const timeoutMs = run.timeout_seconds * 1000;
  const exit = await supervise({ ...command, env, cwd: work, place, timeoutMs, clock, onSpawned }, signal);
  return collect(exit, job);
};
