// Which program runs a script: the one of its first line, as the kernel would read it, or the shell.

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

const shell = '/bin/sh';

/** `#!`, the interpreter, and everything after it as one argument. */
const interpreterLine = /^#![ \t]*([^\n \t]+)[ \t]*([^\n]*?)[ \t]*(?:\n|$)/;

/** The interpreter is started by name: so it works where nothing may be executed from the disk of the agent. */
export const commandOf = (config: string, script: string): Command => {
  const [, file = shell, argument = ''] = interpreterLine.exec(config) ?? [];
  return { file, args: argument === '' ? [script] : [argument, script] };
};
