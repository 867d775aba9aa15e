// A config's inputs and outputs: which keys they have, and what a default becomes by its type.
import { type Refusal, refuse } from '#domain/refusal';
import { pythonText } from './python.ts';

export const types = ['String', 'Number', 'CommaDelimitedList', 'Json', 'Boolean'] as const;
type Type = (typeof types)[number];

export interface Input {
  readonly name: string;
  readonly type: Type;
  readonly description?: string;
  readonly default?: unknown;
  readonly replace_on_change?: true;
  readonly value?: unknown;
}

export interface Output {
  readonly name: string;
  readonly type: Type;
  readonly description?: string;
  readonly error_output: boolean;
}

/** What Heat answers as a bare ValueError: thrown here, and made a refusal at the door of this file. */
class WrongSchema extends Error {}

const wrong = (reason: string): never => {
  throw new WrongSchema(reason);
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || Number.isInteger(value)) return pythonText(value);
  return wrong('must be a string');
};

const numberText = /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i;

const numberOf = (value: unknown): unknown => {
  if (value === null) return 0;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  const number = typeof value === 'string' && numberText.test(value) ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : wrong('must be a number');
};

const booleanOf = (value: unknown): boolean => {
  if (value === null || value === undefined) return false;
  if (typeof value === 'boolean') return value;
  const known = new Map([
    ['true', true],
    ['false', false],
  ]);
  return (
    (typeof value === 'string' ? known.get(value.toLowerCase()) : undefined) ?? wrong('must be a boolean')
  );
};

const listOf = (value: unknown): unknown => {
  if (value === null) return [];
  if (Array.isArray(value)) return value;
  return typeof value === 'string' ? value.split(',') : wrong('must be a list, or text with commas');
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const jsonOf = (value: unknown): unknown => {
  if (value === null) return {};
  if (isObject(value)) return value;
  if (Array.isArray(value)) return JSON.stringify(value);
  return typeof value === 'string' && isJson(value) ? value : wrong('must be JSON');
};

const defaultOf: Readonly<Record<Type, (value: unknown) => unknown>> = {
  String: textOf,
  Number: numberOf,
  CommaDelimitedList: listOf,
  Json: jsonOf,
  Boolean: booleanOf,
};

const typeOf = (value: unknown): Type =>
  value === null || value === undefined
    ? 'String'
    : (types.find((type) => type === value) ?? wrong(`must be one of ${types.join(', ')}`));

/** An empty text is a default of every type, and one without a type is kept as it is: so were they before there were types. */
const storedDefault = (type: unknown, value: unknown): unknown =>
  value === '' || type === null || type === undefined ? value : defaultOf[typeOf(type)](value);

const at = <Value>(field: string, read: () => Value): Value => {
  try {
    return read();
  } catch (cause) {
    throw cause instanceof WrongSchema ? new WrongSchema(`${field}: ${cause.message}`) : cause;
  }
};

const given = (io: Record<string, unknown>, name: string): boolean => Object.hasOwn(io, name);

const checkKeys = (io: Record<string, unknown>, known: readonly string[]): void => {
  const unknown = Object.keys(io).find((key) => !known.includes(key));
  if (unknown !== undefined) wrong(`unknown property ${unknown}`);
  if (!given(io, 'name')) wrong('name: is required');
};

const common = (io: Record<string, unknown>) => ({
  name: at('name', () => textOf(io.name)),
  type: at('type', () => typeOf(io.type)),
  ...(given(io, 'description') ? { description: at('description', () => textOf(io.description)) } : {}),
});

const inputOf = (io: Record<string, unknown>): Input => {
  checkKeys(io, ['name', 'description', 'type', 'default', 'replace_on_change', 'value']);
  return {
    ...common(io),
    ...(given(io, 'default') ? { default: at('default', () => storedDefault(io.type, io.default)) } : {}),
    ...(at('replace_on_change', () => booleanOf(io.replace_on_change)) ? { replace_on_change: true } : {}),
    ...(given(io, 'value') ? { value: io.value } : {}),
  };
};

const outputOf = (io: Record<string, unknown>): Output => {
  checkKeys(io, ['name', 'description', 'type', 'error_output']);
  return { ...common(io), error_output: at('error_output', () => booleanOf(io.error_output)) };
};

const isNothing = (value: unknown): boolean =>
  value === null || value === undefined || (isObject(value) && Object.keys(value).length === 0);

const listRead =
  <Item>(field: string, read: (io: Record<string, unknown>) => Item) =>
  (sent: unknown): readonly Item[] | Refusal => {
    try {
      if (isNothing(sent)) return [];
      if (!Array.isArray(sent)) return wrong('must be a list of objects');
      return sent.map((io, place) =>
        at(String(place), () => (isObject(io) ? read(io) : wrong('must be an object'))),
      );
    } catch (cause) {
      if (!(cause instanceof WrongSchema)) throw cause;
      return refuse('invalid', `${field}.${cause.message}`, { field, fault: 'ValueError' });
    }
  };

export const readInputs = listRead('inputs', inputOf);
export const readOutputs = listRead('outputs', outputOf);
