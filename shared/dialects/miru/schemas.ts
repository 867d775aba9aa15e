// JSON Schema 2020-12 for instances: what a schema may be, and whether an instance satisfies one.
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { RE2JS } from 're2js';
import { parse as parseYaml } from 'yaml';
import { type Refusal, refuse } from '#domain/refusal';

export type Format = 'json' | 'yaml';

const parsers: Readonly<Record<Format, (text: string) => unknown>> = {
  json: (text) => JSON.parse(text),
  // Aliases are bounded by the library, so that a small text cannot become a huge value.
  yaml: (text) => parseYaml(text, { prettyErrors: true }),
};

const reason = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : 'unreadable').split('\n')[0] ?? '';

export const parseText = (
  field: string,
  format: Format,
  text: string,
): { readonly value: unknown } | Refusal => {
  try {
    return { value: parsers[format](text) };
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
  const ajv = new Ajv2020({ strict: false, allErrors: true, code: { regExp: linearTime as any } });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  return ajv;
};

/** A schema that refers to something outside of itself is refused: nothing is ever fetched. */
export const compileSchema = (field: string, schema: unknown): ValidateFunction | Refusal => {
  if ((typeof schema !== 'object' || schema === null) && typeof schema !== 'boolean')
    return refuse('invalid', `${field} is not a JSON Schema: it must be an object or a boolean.`, { field });
  try {
    return newAjv().compile(schema);
  } catch (cause) {
    return refuse('invalid', `${field} is not a JSON Schema that can be used: ${reason(cause)}`, {
      field,
      reason: reason(cause),
    });
  }
};

const told = ({ instancePath, message, params }: ErrorObject) => ({
  path: instancePath === '' ? '/' : instancePath,
  reason: message ?? 'is wrong',
  params,
});

/** At most ten reasons: the caller mends one at a time. */
const reasonsMax = 10;

export const violations = (
  field: string,
  validate: ValidateFunction,
  value: unknown,
): Refusal | undefined => {
  if (validate(value)) return undefined;
  const reasons = (validate.errors ?? []).slice(0, reasonsMax).map(told);
  const [first] = reasons;
  return refuse('invalid', `${field} does not satisfy its schema: ${first?.path} ${first?.reason}.`, {
    field,
    reasons,
  });
};
