// JSON Schema 2020-12 for instances: what a schema may be, and whether an instance satisfies one. Loaded where one is looked at, and
// only there: the compiler and the linear-time patterns are a fifth of this door.
import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { RE2JS } from 're2js';
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import { inTime, reason } from './in-time.ts';

/** Patterns run in linear time whatever they are: no schema can hold up a request. */
const linearTime = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    // ajv tells patterns apart by what `toString` answers.
    return { test: (text: string) => compiled.matcher(text).find(), toString: () => pattern };
  },
  { code: 'linearTime' },
);

const newAjv = (options: Options = {}): Ajv2020 => {
  // biome-ignore lint/suspicious/noExplicitAny: ajv's type wants all of RegExp; it uses `test` only
  const ajv = new Ajv2020({ strict: false, logger: false, code: { regExp: linearTime as any }, ...options });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  return ajv;
};

/** Compiles what schemas themselves are held against: that is ours, and does not count for the caller's second. */
const newJudge = (): Ajv2020 => {
  const ajv = newAjv();
  ajv.validateSchema({});
  return ajv;
};

const language = 'https://json-schema.org/draft/2020-12/schema';
let ours: Ajv2020 | undefined;

/** Compiling the language takes longer than all else that is done for a schema. Nothing of a caller's is ever kept in ours. */
const compilerOf = (schema: object | boolean): (() => ValidateFunction) => {
  const named = typeof schema === 'object' && '$schema' in schema ? schema.$schema : undefined;
  if (named !== undefined && named !== language) {
    const judge = newJudge();
    return () => judge.compile(schema);
  }
  ours ??= newJudge();
  const judge = ours;
  const ajv = newAjv({ validateSchema: false });
  return () => {
    judge.validateSchema(schema, true);
    return ajv.compile(schema);
  };
};

/** A schema that refers to something outside of itself is refused: nothing is ever fetched. */
export const compileSchema = (field: string, schema: unknown): ValidateFunction | Refusal => {
  if ((typeof schema !== 'object' || schema === null) && typeof schema !== 'boolean')
    return refuse('invalid', `${field} is not a JSON Schema: it must be an object or a boolean.`, { field });
  try {
    const validate = inTime(compilerOf(schema));
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
export const schemaOnce = async (
  digest: string,
  compile: () => Promise<ValidateFunction | Refusal>,
): Promise<ValidateFunction | Refusal> => {
  const known = remembered.get(digest) ?? (await compile());
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
