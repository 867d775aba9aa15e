// Reads a composite alarm's rule: ALARM("name"), OK(...), INSUFFICIENT_DATA(...), TRUE and FALSE, with AND, OR, NOT and brackets.
import { PlainError } from '../plain-error.ts';
import { type AlarmState, alarmStates } from './alarm-state.ts';

export type StateOf = (alarm: string) => AlarmState;

export type CompositeRule = {
  /** The alarms that it speaks of, by name. */
  readonly alarms: readonly string[];
  readonly holds: (stateOf: StateOf) => boolean;
};

const token = /\s*("[^"]*"|[^\s()"]+|[()])/y;

const tokensOf = (text: string): string[] => {
  const tokens: string[] = [];
  token.lastIndex = 0;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) tokens.push(found[1] ?? '');
  return tokens;
};

/** An alarm may be named by its ARN. */
const nameOf = (word: string): string =>
  word.replace(/^"|"$/g, '').replace(/^arn:[^:]+:cloudwatch:[^:]*:[^:]*:alarm:/, '');

const constants: Readonly<Record<string, boolean>> = { TRUE: true, FALSE: false };

export const parseCompositeRule = (text: string): CompositeRule => {
  const tokens = tokensOf(text);
  const alarms = new Set<string>();
  let at = 0;
  type Holds = CompositeRule['holds'];

  const fail = (): never => {
    throw new PlainError(`the alarm rule ${text} is not understood at ${tokens[at] ?? 'its end'}`);
  };
  const next = (): string => {
    const word = tokens[at] ?? fail();
    at += 1;
    return word;
  };
  const accept = (word: string): boolean => {
    if (tokens[at] !== word) return false;
    at += 1;
    return true;
  };

  const inBrackets = <Read>(read: () => Read): Read => {
    if (!accept('(')) fail();
    const inner = read();
    return accept(')') ? inner : fail();
  };

  const parseState = (state: AlarmState): Holds => {
    const alarm = inBrackets(() => nameOf(next()));
    alarms.add(alarm);
    return (stateOf) => stateOf(alarm) === state;
  };

  const parsePrimary = (): Holds => {
    if (tokens[at] === '(') return inBrackets(parseEither);
    if (accept('NOT')) {
      const inner = parsePrimary();
      return (stateOf) => !inner(stateOf);
    }
    const state = alarmStates.find((each) => each === tokens[at]);
    if (state !== undefined) {
      at += 1;
      return parseState(state);
    }
    const constant = constants[tokens[at] ?? ''] ?? fail();
    at += 1;
    return () => constant;
  };

  const parseBoth = (): Holds => {
    const parts = [parsePrimary()];
    while (accept('AND')) parts.push(parsePrimary());
    return (stateOf) => parts.every((holds) => holds(stateOf));
  };

  const parseEither = (): Holds => {
    const parts = [parseBoth()];
    while (accept('OR')) parts.push(parseBoth());
    return (stateOf) => parts.some((holds) => holds(stateOf));
  };

  const holds = parseEither();
  if (at < tokens.length) fail();
  return { alarms: [...alarms], holds };
};
