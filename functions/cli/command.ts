// What all commands have in common: options are read or the usage is shown, and what goes wrong ends in a sentence.
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './surroundings.ts';

const sentenceOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

export const readArguments = <const Options extends NonNullable<ParseArgsConfig['options']>>(
  usage: string,
  options: Options,
) => {
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch (cause) {
    console.error(`${sentenceOf(cause)}\n\n${usage}`);
    process.exit(1);
  }
};

/** Undefined: there is no such command, or help is asked for. */
export const act = async (usage: string, command: (() => Promise<void>) | undefined): Promise<void> => {
  try {
    if (command === undefined) throw new UsageError(usage);
    await command();
  } catch (cause) {
    console.error(cause instanceof UsageError ? cause.message : `It did not work: ${sentenceOf(cause)}`);
    process.exitCode = 1;
  }
};
