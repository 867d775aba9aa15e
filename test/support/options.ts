// What a command of the tests is told: options are read by a table of them, and what is wrong ends in a sentence, not in a trace.
import { parseArgs } from 'node:util';
import { PlainError } from '#infra/local/plain-error';

/** The question itself is wrong: the usage says how to ask. */
export class UsageError extends PlainError {}

export interface Option<Value> {
  /** Whether something follows its name. */
  readonly type: 'boolean' | 'string';
  /** Undefined: it was not given. */
  readonly read: (text: string | undefined, name: string) => Value;
}

type Known = Readonly<Record<string, Option<unknown>>>;
type Read<Table extends Known> = { readonly [Name in keyof Table]: ReturnType<Table[Name]['read']> };

/** Otherwise: what is meant when nothing is given. */
const valued = <Value, Otherwise>(
  takes: string,
  meant: (text: string) => Value | undefined,
  otherwise: Otherwise,
): Option<Value | Otherwise> => ({
  type: 'string',
  read: (text, name) => {
    if (text === undefined) return otherwise;
    const value = meant(text);
    if (value === undefined) throw new UsageError(`--${name} takes ${takes}, not ${text}.`);
    return value;
  },
});

/** Undefined when one of them means nothing. */
const allOf = <Value>(
  text: string,
  meant: (part: string) => Value | undefined,
): readonly Value[] | undefined => {
  const values = text.split(',').map(meant);
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? known : undefined;
};

const wholeFrom =
  (from: number) =>
  (text: string): number | undefined => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    return Number.isSafeInteger(value) && value >= from ? value : undefined;
  };

const among =
  <const Choice extends string>(choices: readonly Choice[]) =>
  (text: string): Choice | undefined =>
    choices.find((choice) => choice === text);

export const flag: Option<boolean> = { type: 'boolean', read: (text) => text !== undefined };

export const wholeNumber = (from: number, otherwise: number): Option<number> =>
  valued(`a whole number from ${from} on`, wholeFrom(from), otherwise);

export const wholeNumbers = (from: number): Option<readonly number[] | undefined> =>
  valued(
    `whole numbers from ${from} on with commas between them`,
    (text) => allOf(text, wholeFrom(from)),
    undefined,
  );

export const oneOf = <const Choice extends string>(choices: readonly Choice[]): Option<Choice | undefined> =>
  valued(
    new Intl.ListFormat('en', { type: 'disjunction' }).format(choices.map((choice) => `"${choice}"`)),
    among(choices),
    undefined,
  );

export const someOf = <const Choice extends string>(
  choices: readonly Choice[],
): Option<readonly Choice[] | undefined> =>
  valued(
    `some of ${choices.join(', ')} with commas between them`,
    (text) => allOf(text, among(choices)),
    undefined,
  );

export const webUrl: Option<string | undefined> = valued(
  'a URL like http://127.0.0.1:8004',
  (text) => (/^https?:\/\//i.test(text) && URL.canParse(text) ? text : undefined),
  undefined,
);

interface GivenOption {
  readonly name: string;
  /** As it was written. */
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

/** What follows looks like the next option, and not like a number below 0. */
const isMissing = ({ value = '', inlineValue }: GivenOption): boolean =>
  value === '' || (!inlineValue && value.startsWith('--'));

const refusals: Readonly<Record<Option<unknown>['type'], (given: GivenOption) => string | undefined>> = {
  boolean: ({ rawName, value }) => (value === undefined ? undefined : `${rawName} takes no value.`),
  string: (given) => (isMissing(given) ? `${given.rawName} needs a value.` : undefined),
};

const refusalOf = (known: Known, given: GivenOption): string | undefined => {
  const option = Object.hasOwn(known, given.name) ? known[given.name] : undefined;
  return option === undefined ? `There is no option ${given.rawName}.` : refusals[option.type](given);
};

/** Each by its name, as text; that of a flag is empty. */
const givenIn = (args: readonly string[], known: Known): ReadonlyMap<string, string> => {
  const options = Object.fromEntries(Object.entries(known).map(([name, { type }]) => [name, { type }]));
  // Not strict: its own errors are several sentences, and about how to write what was not meant.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const given = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === 'positional')
      throw new UsageError(`Only options are understood, and ${token.value} is none.`);
    if (token.kind === 'option-terminator') continue;
    const refusal = refusalOf(known, token);
    if (refusal !== undefined) throw new UsageError(refusal);
    given.set(token.name, token.value ?? '');
  }
  return given;
};

export const readOptions = <Table extends Known>(args: readonly string[], known: Table): Read<Table> => {
  const given = givenIn(args, known);
  const values = Object.entries(known).map(([name, { read }]) => [name, read(given.get(name), name)]);
  return Object.fromEntries(values) as Read<Table>;
};

/** Nothing of it has begun when the question is wrong. */
export const runCommand = async <Options>(
  usage: string,
  read: (args: readonly string[]) => Options,
  act: (options: Options) => Promise<void> | void,
): Promise<void> => {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(usage);
    return;
  }
  try {
    await act(read(args));
  } catch (error) {
    if (!(error instanceof PlainError)) throw error;
    console.error(error instanceof UsageError ? `${error.message}\n\n${usage}` : error.message);
    process.exitCode = 1;
  }
};
