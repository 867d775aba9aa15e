// What is wrong with the options of a command, in our words.

const wordsFor: Readonly<Record<string, (message: string) => string>> = {
  ERR_PARSE_ARGS_UNKNOWN_OPTION: (message) => `There is no option ${/'([^']+)'/.exec(message)?.[1]}.`,
};

const codeOf = (cause: Error): string => ('code' in cause ? String(cause.code) : '');

/** Of whatever `parseArgs` throws. */
export const sentenceOfParsing = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause);
  return wordsFor[codeOf(cause)]?.(cause.message) ?? cause.message;
};
