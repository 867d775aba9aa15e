// JSON Schema 2020-12 for instances: what a schema may be, and whether an instance satisfies one.
import { createContext, Script } from 'node:vm';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { RE2JS } from 're2js';
import { isScalar, parseDocument, visit } from 'yaml';
import { isRefusal, type Refusal, refuse } from '#domain/refusal';

export type Format = 'json' | 'yaml';

/** The library looks for equal keys by comparing each with each: this is the same in linear time. */
const refuseEqualKeys = (document: ReturnType<typeof parseDocument>): void =>
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        const value = isScalar(key) ? key.value : key;
        if (seen.has(value)) throw new Error(`Map keys must be unique: ${String(value)}`);
        seen.add(value);
      }
    },
  });

const parseYaml = (text: string): unknown => {
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: true, logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined) throw error;
  refuseEqualKeys(document);
  return document.toJS({ maxAliasCount: 100 });
};

const parsers: Readonly<Record<Format, (text: string) => unknown>> = { json: JSON.parse, yaml: parseYaml };

/** What a caller's text or schema may cost us. */
const budgetMs = 1000;

const call = new Script('work()');
/** Holds nothing between two calls; a new one for each would take longer than most of what it is for. */
const realm = createContext({}) as { work?: (() => unknown) | undefined };

/** Stops whatever a caller's text makes us do, however it does it: endless, too deep, or merely too much. */
const inTime = <Value>(work: () => Value): Value => {
  realm.work = work;
  try {
    return call.runInContext(realm, { timeout: budgetMs });
  } finally {
    realm.work = undefined;
  }
};

/** What stops at its budget throws an error of another realm: it has a message all the same. */
const reason = (cause: unknown): string => {
  const message =
    typeof cause === 'object' && cause !== null && 'message' in cause ? String(cause.message) : '';
  return message.split('\n')[0] || 'unreadable';
};

export const parseText = (
  field: string,
  format: Format,
  text: string,
): { readonly value: unknown } | Refusal => {
  try {
    return { value: inTime(() => parsers[format](text)) };
  } catch (cause) {
    return refuse('invalid', `${field} is not ${format.toUpperCase()}: ${reason(cause)}`, {
      field,
      reason: reason(cause),
    });
  }
};

/** Patterns run in linear time whatever they are: no schema can hold up a request. */
const linearTime = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    // ajv tells patterns apart by what `toString` answers.
    return { test: (text: string) => compiled.matcher(text).find(), toString: () => pattern };
  },
  { code: 'linearTime' },
);

const newAjv = (): Ajv2020 => {
  // biome-ignore lint/suspicious/noExplicitAny: ajv's type wants all of RegExp; it uses `test` only
  const ajv = new Ajv2020({ strict: false, logger: false, code: { regExp: linearTime as any } });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  return ajv;
};

/** A schema that refers to something outside of itself is refused: nothing is ever fetched. */
export const compileSchema = (field: string, schema: unknown): ValidateFunction | Refusal => {
  if ((typeof schema !== 'object' || schema === null) && typeof schema !== 'boolean')
    return refuse('invalid', `${field} is not a JSON Schema: it must be an object or a boolean.`, { field });
  try {
    const validate = inTime(() => newAjv().compile(schema));
    if ('$async' in validate) throw new Error('$async is not supported');
    return validate;
  } catch (cause) {
    return refuse('invalid', `${field} is not a JSON Schema that can be used: ${reason(cause)}`, {
      field,
      reason: reason(cause),
    });
  }
};

const rememberedMax = 100;
const remembered = new Map<string, ValidateFunction>();

/** The same text is the same schema: compiling takes a hundred times as long as validating, and holds up the door. */
export const schemaOnce = (
  digest: string,
  compile: () => ValidateFunction | Refusal,
): ValidateFunction | Refusal => {
  const known = remembered.get(digest) ?? compile();
  if (isRefusal(known)) return known;
  // What was used last is forgotten last.
  remembered.delete(digest);
  remembered.set(digest, known);
  const [oldest] = remembered.keys();
  if (remembered.size > rememberedMax && oldest !== undefined) remembered.delete(oldest);
  return known;
};

const told = ({ instancePath, message, params }: ErrorObject) => ({
  path: instancePath === '' ? '/' : instancePath,
  reason: message ?? 'is wrong',
  params,
});

export const violations = (
  field: string,
  validate: ValidateFunction,
  value: unknown,
): Refusal | undefined => {
  try {
    if (inTime(() => validate(value))) return undefined;
  } catch (cause) {
    return refuse('invalid', `${field} cannot be held against its schema: ${reason(cause)}.`, {
      field,
      reason: reason(cause),
    });
  }
  const reasons = (validate.errors ?? []).slice(0, 1).map(told);
  const [first] = reasons;
  return refuse('invalid', `${field} does not satisfy its schema: ${first?.path} ${first?.reason}.`, {
    field,
    reasons,
  });
};
