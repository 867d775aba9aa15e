// What a metric math expression gives: the part of CloudWatch's functions that alarms may sensibly use, and an error for any other.
import { PlainError } from '../../plain-error.ts';
import type { Expression } from './parse.ts';

/** One number per period, the oldest first; `undefined` where there is none. */
export type Series = readonly (number | undefined)[];
type Value = number | Series | readonly Series[];

export type Known = {
  /** A metric's or an earlier expression's series, by its id. */
  readonly series: (id: string) => Series | undefined;
  /** The metrics alone, by id, for METRICS(). */
  readonly metrics: ReadonlyMap<string, Series>;
};

const fail = (problem: string): never => {
  throw new PlainError(`metric math: ${problem}`);
};

const isMany = (value: Value): value is readonly Series[] =>
  typeof value !== 'number' && value.length > 0 && value.every((item) => Array.isArray(item));
const isOne = (value: Value): value is Series => typeof value !== 'number' && !isMany(value);

type Operator = (left: number, right: number) => number | undefined;
const truth = (is: boolean): number => (is ? 1 : 0);

const operators: Readonly<Record<string, Operator>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  // A period that would divide by zero has no value.
  '/': (left, right) => (right === 0 ? undefined : left / right),
  '==': (left, right) => truth(left === right),
  '!=': (left, right) => truth(left !== right),
  '<': (left, right) => truth(left < right),
  '<=': (left, right) => truth(left <= right),
  '>': (left, right) => truth(left > right),
  '>=': (left, right) => truth(left >= right),
  AND: (left, right) => truth(left !== 0 && right !== 0),
  OR: (left, right) => truth(left !== 0 || right !== 0),
};

/** Where only one of two series has a value, the other counts as 0; where neither has, there is none. */
const pair = (act: Operator, left: Series, right: Series): Series =>
  left.map((one, at) => {
    const other = right[at];
    return one === undefined && other === undefined ? undefined : act(one ?? 0, other ?? 0);
  });

const each = (series: Series, act: (value: number) => number | undefined): Series =>
  series.map((value) => (value === undefined ? undefined : act(value)));

const combine = (act: Operator, left: Value, right: Value): Value => {
  if (isMany(left)) return left.map((one) => combine(act, one, right) as Series);
  if (isMany(right)) return right.map((one) => combine(act, left, one) as Series);
  if (typeof left === 'number' && typeof right === 'number') return act(left, right) ?? Number.NaN;
  if (typeof left === 'number') return each(right as Series, (value) => act(left, value));
  if (typeof right === 'number') return each(left, (value) => act(value, right));
  return pair(act, left, right);
};

/** Of one series these would be a scalar over the whole evaluation range, which CloudWatch itself advises against in alarms. */
const across =
  (name: string, fold: (values: readonly number[]) => number) =>
  ([given]: readonly Value[]): Value => {
    if (given === undefined || !isMany(given))
      return fail(`${name} of anything but a list of series is not supported`);
    const [first = []] = given;
    return first.map((_, at) => {
      const values = given.map((series) => series[at]).filter((value) => value !== undefined);
      return values.length === 0 ? undefined : fold(values);
    });
  };

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const valueAt = (value: Value | undefined, at: number): number | undefined =>
  typeof value === 'number'
    ? value
    : isOne(value ?? [])
      ? (value as Series | undefined)?.[at]
      : fail('IF takes series and numbers');

/** A true period without a value is 0; a false one without has none; so has one whose condition is unknown. */
const choose = ([condition, whenTrue, whenFalse]: readonly Value[]): Value => {
  if (condition === undefined || !isOne(condition)) return fail('IF needs a series as its condition');
  return condition.map((is, at) => {
    if (is === undefined) return undefined;
    return is === 0 ? valueAt(whenFalse, at) : (valueAt(whenTrue, at) ?? 0);
  });
};

const repeated = (series: Series): Series => {
  let last: number | undefined;
  return series.map((value) => {
    last = value ?? last;
    return last;
  });
};

const fill = (given: Value | undefined, filler: Expression | undefined): Value => {
  if (given === undefined || typeof given === 'number') return fail('FILL needs a series');
  if (isMany(given)) return given.map((series) => fill(series, filler) as Series);
  if (filler?.kind === 'id' && filler.id === 'REPEAT') return repeated(given as Series);
  if (filler?.kind !== 'number') return fail('FILL takes a number or REPEAT');
  return (given as Series).map((value) => value ?? filler.value);
};

const functions: Readonly<Record<string, (given: readonly Value[]) => Value>> = {
  SUM: across('SUM', total),
  AVG: across('AVG', (values) => total(values) / values.length),
  MAX: across('MAX', (values) => Math.max(...values)),
  MIN: across('MIN', (values) => Math.min(...values)),
  IF: choose,
};

const metricsWith = ({ metrics }: Known, part: Expression | undefined): Value => {
  if (part !== undefined && part.kind !== 'text') return fail('METRICS takes a text');
  const named = [...metrics].filter(([id]) => part === undefined || id.includes(part.text));
  return named.length === 0 ? fail('METRICS finds no metric') : named.map(([, series]) => series);
};

const call = (known: Known, name: string, given: readonly Expression[]): Value => {
  if (name === 'METRICS') return metricsWith(known, given[0]);
  if (name === 'FILL') return fill(given[0] && resultOf(known, given[0]), given[1]);
  const act = functions[name] ?? fail(`the function ${name} is not supported by the local cloud`);
  return act(given.map((one) => resultOf(known, one)));
};

const listed = (known: Known, item: Expression): readonly Series[] => {
  const value = resultOf(known, item);
  if (isMany(value)) return value;
  return isOne(value) ? [value] : fail('a list holds series');
};

const resultOf = (known: Known, expression: Expression): Value => {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'text':
      return fail(`the text "${expression.text}" has no value`);
    case 'id':
      return known.series(expression.id) ?? fail(`there is no metric with the id ${expression.id}`);
    case 'list':
      return expression.items.flatMap((item) => listed(known, item));
    case 'minus':
      return combine((left, right) => left - right, 0, resultOf(known, expression.of));
    case 'binary': {
      const { operator, left, right } = expression;
      const act = operators[operator] ?? fail(`the operator ${operator} is not supported`);
      return combine(act, resultOf(known, left), resultOf(known, right));
    }
    case 'call':
      return call(known, expression.name, expression.given);
  }
};

/** An alarm watches one series; a scalar or a list of several is a mistake in the expression. */
export const evaluateExpression = (known: Known, expression: Expression): Series => {
  const value = resultOf(known, expression);
  return isOne(value) ? value : fail('an alarm needs an expression that gives one series');
};
