// An EventBridge pattern, compiled: each field it names must be in the event with one of the values that it lists.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
import { PlainError } from '../plain-error.ts';

type Test = (value: unknown) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fail = (problem: string): never => {
  throw new PlainError(`the event pattern ${problem}`);
};

const textOf = (matcher: string, given: unknown): string =>
  typeof given === 'string' ? given : fail(`needs a text for "${matcher}"`);

/** Lists among the event's values match when one of theirs does. */
const valuesOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const matchers: Readonly<Record<string, (given: unknown) => Test>> = {
  prefix: (given) => (value) => typeof value === 'string' && value.startsWith(textOf('prefix', given)),
  suffix: (given) => (value) => typeof value === 'string' && value.endsWith(textOf('suffix', given)),
  exists: (given) => (value) => (value !== undefined) === given,
  'anything-but': (given) => {
    if (isObject(given))
      return fail('uses "anything-but" with more than values, which is not supported locally');
    return (value) => value !== undefined && !valuesOf(given).includes(value);
  },
};

const testOf = (item: unknown): Test => {
  if (!isObject(item)) return (value) => value === item;
  const [[name, given] = ['', undefined], ...others] = Object.entries(item);
  const matcher = matchers[name];
  return matcher === undefined || others.length > 0
    ? fail(`uses ${JSON.stringify(item)}, which the local cloud does not support`)
    : matcher(given);
};

const compileField = (wanted: unknown): Test => {
  if (isObject(wanted)) return compilePattern(wanted);
  if (!Array.isArray(wanted) || wanted.length === 0) return fail('holds something that is no list of values');
  const tests = wanted.map(testOf);
  return (value) => valuesOf(value).some((one) => tests.some((test) => test(one)));
};

export const compilePattern = (pattern: Readonly<Record<string, unknown>>): Test => {
  const fields = Object.entries(pattern).map(([name, wanted]): [string, Test] =>
    name.startsWith('$')
      ? fail(`uses ${name}, which the local cloud does not support`)
      : [name, compileField(wanted)],
  );
  return (event) => fields.every(([name, test]) => test(isObject(event) ? event[name] : undefined));
};
