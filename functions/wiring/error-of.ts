// An error as a line may tell it: names, messages and frames, without what somebody has sent us.
import * as z from 'zod';

const causesMax = 5;
const framesMax = 8;
const lettersMax = 500;

/** Where it is wrong and how, without the values: those are somebody's. */
export const reasonOf = ({ issues }: z.ZodError): string =>
  issues
    .slice(0, 3)
    .map(({ path, code }) => `${path.join('.').slice(0, 100) || 'all of it'}: ${code}`)
    .join('; ');

const messageOf = (cause: unknown): string => {
  if (cause instanceof z.ZodError) return `ZodError: ${reasonOf(cause)}`;
  // Node quotes in it the text that it could not parse.
  if (cause instanceof SyntaxError) return cause.name;
  return cause instanceof Error ? `${cause.name}: ${cause.message}`.slice(0, lettersMax) : typeof cause;
};

const causesOf = (cause: unknown): unknown[] => {
  const causes: unknown[] = [];
  for (
    let at = cause;
    at !== undefined && causes.length < causesMax;
    at = at instanceof Error ? at.cause : undefined
  )
    causes.push(at);
  return causes;
};

/** A stack begins with the message. */
const framesOf = (cause: unknown): string | undefined =>
  cause instanceof Error
    ? cause.stack
        ?.split('\n')
        .filter((line) => /^\s+at /.test(line))
        .slice(0, framesMax)
        .map((line) => line.trim())
        .join('\n')
    : undefined;

export const errorOf = (cause: unknown): { readonly error: string; readonly stack: string | undefined } => ({
  error: causesOf(cause).map(messageOf).join(' <- '),
  stack: framesOf(cause),
});
