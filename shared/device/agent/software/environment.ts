// A clean environment: a path, a home, the inputs, and where the outputs belong. Nothing of the agent's own.
import { homedir } from 'node:os';
import type { Run } from '../../result.ts';
import { outputsPrefix, outputsVariable } from './outputs.ts';

export const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Says what is wrong without the value: inputs are secrets. */
export const environmentFault = ({ inputs }: Run): string | undefined => {
  for (const [name, value] of Object.entries(inputs)) {
    if (name === '' || /[=\0]/.test(name))
      return `the input ${JSON.stringify(name)} cannot be an environment variable: it has no name, or "=" or NUL in it.`;
    if (value.includes('\0'))
      return `the input ${JSON.stringify(name)} cannot be an environment variable: its value has a NUL in it.`;
  }
  return undefined;
};

export const environmentOf = ({ inputs }: Run, place: string, path: string): NodeJS.ProcessEnv => ({
  PATH: path,
  HOME: homedir(),
  ...inputs,
  [outputsVariable]: outputsPrefix(place),
});
