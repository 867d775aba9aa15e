// JSON Schema 2020-12 for instances: what a schema may be, and whether an instance satisfies one. Loaded where one is looked at, and
// only there: the compiler and the linear-time patterns are a fifth of this door.
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
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

const newAjv = (): Ajv2020 => {
  // biome-ignore lint/suspicious/noExplicitAny: ajv's type wants all of RegExp; it uses `test` only
  const ajv = new Ajv2020({ strict: false, logger: false, code: { regExp: linearTime as any } });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  // Compiles what schemas themselves are held against: that is ours, and does not count for the caller's second.
  ajv.validateSchema({});
  return ajv;
};

/** A schema that refers to something outside of itself is refused: nothing is ever fetched. */
export const compileSchema = (field: string, schema: unknown): ValidateFunction | Refusal => {
  if ((typeof schema !== 'object' || schema === null) && typeof schema !== 'boolean')
    return refuse('invalid', `${field} is not a JSON Schema: it must be an object or a boolean.`, { field });
  try {
    const ajv = newAjv();
    const validate = inTime(() => ajv.compile(schema));
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
