// From a run to its ending, whatever happens: the tool that its group names, or the reason why there is none.
import { couldNot } from './ending.ts';
import type { Execute } from './job.ts';
import { runScript } from './script.ts';
import { statusCodes } from './status-codes.ts';

/** One row a group. */
const tools: ReadonlyMap<string, Execute> = new Map([['script', runScript]]);

const system: Readonly<Record<string, string>> = {
  E2BIG: 'its inputs are larger than an environment can be.',
  ENOSPC: 'there is no space left on this machine.',
  EAGAIN: 'this machine runs too many processes already.',
  ENOMEM: 'this machine has no memory left.',
};

const wordsFor = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return system[code] ?? `it could not be started: ${error instanceof Error ? error.message : String(error)}`;
};

export const execute: Execute = async (job, signal) => {
  const tool = tools.get(job.run.group);
  if (!tool) {
    const known = [...tools.keys()].map((name) => JSON.stringify(name)).join(', ');
    const group = JSON.stringify(job.run.group.slice(0, 100));
    return couldNot(statusCodes.notFound, `this agent has no tool for the group ${group}; it has ${known}.`);
  }
  try {
    return await tool(job, signal);
  } catch (error) {
    return couldNot(statusCodes.cannotRun, wordsFor(error));
  }
};
