// Our commands, run as programs, and, because starting a program costs more than most of what it does, in this process.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { vi } from 'vitest';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type Environment = Readonly<Record<string, string>>;

/** `script` is a whole path. */
export type Run = (script: string, args: readonly string[], env: Environment) => Promise<Ran>;

export const runProgram: Run = async (script, args, env) => {
  try {
    const options = { env: { ...process.env, ...env } };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, ...args], options);
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as Ran;
    return { code, stdout, stderr };
  }
};

class Exited extends Error {}

let runs = 0;

/** One at a time: what it changes is the process's own, and is put back. */
export const runHere: Run = async (script, args, env) => {
  runs += 1;
  const { argv, exitCode } = process;
  const said = { stdout: '', stderr: '' };
  const line =
    (to: keyof typeof said) =>
    (text: unknown): void => {
      said[to] += `${text}\n`;
    };
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(line('stdout')),
    vi.spyOn(console, 'error').mockImplementation(line('stderr')),
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      said.stdout += text;
      return true;
    }),
    vi.spyOn(process, 'exit').mockImplementation((code) => {
      process.exitCode = code ?? 0;
      throw new Exited();
    }),
  ];
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  process.argv = [process.execPath, script, ...args];
  process.exitCode = 0;
  try {
    // A name that nobody has asked for is evaluated, and what it imports is there already.
    await import(/* @vite-ignore */ `${script}?run=${runs}`);
  } catch (error) {
    if (!(error instanceof Exited)) throw error;
  } finally {
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
    process.argv = argv;
  }
  const code = Number(process.exitCode);
  process.exitCode = exitCode;
  return { code, ...said };
};
