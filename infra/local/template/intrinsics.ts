// CloudFormation's own functions, evaluated: the table of those that our templates may use, and an error for any other.
import { PlainError } from '../plain-error.ts';

/** What the functions must look up; each place in a template has one. */
export type Scope = {
  /** For error messages: which stack, resource and property this is. */
  place: string;
  ref: (name: string) => unknown;
  attribute: (logicalId: string, attribute: string) => unknown;
  importValue: (name: string) => unknown;
  condition: (name: string) => boolean;
  mapping: (map: string, first: string, second: string) => unknown;
};

/** The value of `AWS::NoValue`: the property that holds it does not exist. */
export const noValue = Symbol('AWS::NoValue');

const fail = (scope: Scope, problem: string): never => {
  throw new PlainError(`${scope.place}: ${problem}.`);
};

const textOf = (scope: Scope, value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : fail(scope, `a text is needed, not ${JSON.stringify(value)}`);

const listOf = (scope: Scope, value: unknown): unknown[] =>
  Array.isArray(value) ? value : fail(scope, `a list is needed, not ${JSON.stringify(value)}`);

/** `["Queue", "Arn"]`, or in short `"Queue.Arn"`. */
const attributeOf = (scope: Scope, argument: unknown): unknown => {
  const [logicalId, ...attribute] =
    typeof argument === 'string' ? argument.split('.') : listOf(scope, argument);
  return scope.attribute(textOf(scope, logicalId), attribute.map((part) => textOf(scope, part)).join('.'));
};

/** `${Name}`, `${Name.Attribute}`, `${Variable}`; `${!Literal}` stays as `${Literal}`. */
const substitute = (scope: Scope, argument: unknown): string => {
  const [text, variables = {}] = typeof argument === 'string' ? [argument] : listOf(scope, argument);
  const known = resolve(scope, variables) as Record<string, unknown>;
  return textOf(scope, text).replace(/\$\{([^}]+)\}/g, (_whole, inner: string) => {
    if (inner.startsWith('!')) return `\${${inner.slice(1)}}`;
    if (inner in known) return textOf(scope, known[inner]);
    return textOf(scope, inner.includes('.') ? attributeOf(scope, inner) : scope.ref(inner));
  });
};

const join = (scope: Scope, argument: unknown): string => {
  const [separator, parts] = listOf(scope, argument);
  return listOf(scope, resolve(scope, parts))
    .map((part) => textOf(scope, part))
    .join(textOf(scope, separator));
};

const select = (scope: Scope, argument: unknown): unknown => {
  const [index, list] = listOf(scope, argument);
  const values = listOf(scope, resolve(scope, list));
  const value = values[Number(resolve(scope, index))];
  return value ?? fail(scope, `Fn::Select asks for item ${JSON.stringify(index)} of ${values.length}`);
};

const split = (scope: Scope, argument: unknown): string[] => {
  const [separator, text] = listOf(scope, argument);
  return textOf(scope, resolve(scope, text)).split(textOf(scope, separator));
};

const choose = (scope: Scope, argument: unknown): unknown => {
  const [condition, whenTrue, whenFalse] = listOf(scope, argument);
  return resolve(scope, scope.condition(textOf(scope, condition)) ? whenTrue : whenFalse);
};

const areEqual = (scope: Scope, argument: unknown): boolean => {
  const [left, right] = listOf(scope, argument).map((side) => resolve(scope, side));
  return JSON.stringify(left) === JSON.stringify(right);
};

const findInMap = (scope: Scope, argument: unknown): unknown => {
  const [map, first, second] = listOf(scope, argument).map((key) => textOf(scope, resolve(scope, key)));
  return scope.mapping(map ?? '', first ?? '', second ?? '');
};

const truths = (scope: Scope, argument: unknown): boolean[] =>
  listOf(scope, argument).map((each) => resolveCondition(scope, each));

const functions: Record<string, (scope: Scope, argument: unknown) => unknown> = {
  Ref: (scope, argument) => scope.ref(textOf(scope, argument)),
  'Fn::GetAtt': attributeOf,
  'Fn::Sub': substitute,
  'Fn::Join': join,
  'Fn::Select': select,
  'Fn::Split': split,
  'Fn::ImportValue': (scope, argument) => scope.importValue(textOf(scope, resolve(scope, argument))),
  'Fn::If': choose,
  'Fn::Equals': areEqual,
  'Fn::And': (scope, argument) => truths(scope, argument).every(Boolean),
  'Fn::Or': (scope, argument) => truths(scope, argument).some(Boolean),
  'Fn::Not': (scope, argument) => !truths(scope, argument)[0],
  'Fn::FindInMap': findInMap,
};

/** `{ Condition: ... }` is a function only where conditions are; elsewhere it is a key of a policy statement. */
const isFunction = (key: string): boolean => key === 'Ref' || key.startsWith('Fn::');

const resolveText = (scope: Scope, text: string): string =>
  text.includes('{{resolve:')
    ? fail(scope, 'references that AWS resolves at deployment ({{resolve:...}}) are not supported locally')
    : text;

const resolveObject = (scope: Scope, value: object): unknown => {
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && isFunction(only[0])) {
    const evaluate = functions[only[0]];
    return evaluate === undefined
      ? fail(scope, `the function ${only[0]} is not supported locally`)
      : evaluate(scope, only[1]);
  }
  const resolved = entries.map(([key, each]): [string, unknown] => [key, resolve(scope, each)]);
  return Object.fromEntries(resolved.filter(([, each]) => each !== noValue));
};

export const resolve = (scope: Scope, value: unknown): unknown => {
  if (typeof value === 'string') return resolveText(scope, value);
  if (Array.isArray(value)) {
    return value.map((each) => resolve(scope, each)).filter((each) => each !== noValue);
  }
  return typeof value === 'object' && value !== null ? resolveObject(scope, value) : value;
};

/** In `Conditions`, `{ Condition: name }` stands for another condition. */
export const resolveCondition = (scope: Scope, value: unknown): boolean => {
  const named =
    typeof value === 'object' && value !== null && 'Condition' in value ? value.Condition : undefined;
  return typeof named === 'string' ? scope.condition(named) : resolve(scope, value) === true;
};
