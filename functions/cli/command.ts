// What all commands have in common: options are read or the usage is shown, and what goes wrong ends in a sentence.
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { sentenceOfParsing } from './parsing.ts';
import { UsageError } from './surroundings.ts';

/** What a person can do about it, where the SDK says only what it met. */
const advice: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED (127\.|::1)/, 'The local cloud is not running: start it with npm start.'],
  [/Region is missing/, 'Set AWS_REGION.'],
  [/CredentialsProviderError|Could not load credentials/, 'Configure AWS credentials.'],
];

const wordsOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

export const sentenceOf = (cause: unknown): string => {
  const words = wordsOf(cause);
  if (cause instanceof UsageError) return words;
  return advice.find(([pattern]) => pattern.test(words))?.[1] ?? `It did not work: ${words}`;
};

export const readArguments = <const Options extends NonNullable<ParseArgsConfig['options']>>(
  usage: string,
  options: Options,
) => {
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch (cause) {
    console.error(`${sentenceOfParsing(cause)}\n\n${usage}`);
    process.exit(1);
  }
};

export interface Command {
  /** How many words may come after its name. */
  readonly words: number;
  readonly run: () => Promise<void>;
}

/** By name, which may be two words: `dlq list`. */
export type Commands = Readonly<Record<string, Command>>;

const commandNamed = (commands: Commands, name: string): Command | undefined =>
  Object.hasOwn(commands, name) ? commands[name] : undefined;

/** What may follow `dlq`; nothing where no name has two words. */
const secondsOf = (commands: Commands, first: string): readonly string[] =>
  Object.keys(commands).flatMap((name) =>
    name.startsWith(`${first} `) ? [name.slice(first.length + 1)] : [],
  );

/** Undefined: nothing was asked for. Throws where it is none of the commands, or has words that nobody would look at. */
export const commandIn = (commands: Commands, positionals: readonly string[]): Command | undefined => {
  const [first, second] = positionals;
  if (first === undefined) return undefined;
  const seconds = secondsOf(commands, first);
  if (seconds.length > 0 && second === undefined)
    throw new UsageError(`${first} needs one more word: ${seconds.join(', ')}.`);
  const name = seconds.length > 0 ? `${first} ${second}` : first;
  const command = commandNamed(commands, name);
  if (command === undefined) throw new UsageError(`There is no command ${name}.`);
  const extra = positionals[name.split(' ').length + command.words];
  if (extra !== undefined) throw new UsageError(`"${extra}" is one word too many for ${name}.`);
  return command;
};

export interface Asked {
  readonly usage: string;
  readonly help: boolean;
  readonly positionals: readonly string[];
}

/** The usage, below what is wrong with how it was called. */
const chosen = ({ usage, positionals }: Asked, commands: Commands): Command => {
  try {
    const command = commandIn(commands, positionals);
    if (command !== undefined) return command;
  } catch (cause) {
    throw new UsageError(`${wordsOf(cause)}\n\n${usage}`);
  }
  throw new UsageError(usage);
};

export const act = async (asked: Asked, commands: Commands): Promise<void> => {
  if (asked.help) return console.log(asked.usage);
  try {
    await chosen(asked, commands).run();
  } catch (cause) {
    console.error(sentenceOf(cause));
    process.exitCode = 1;
  }
};
