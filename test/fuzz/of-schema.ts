// What a contract takes, as arbitraries: derived from its zod schemas, so that a new route is fuzzed as soon as it is written.
import fc from 'fast-check';
import * as z from 'zod';

/** Values that are right for a field and that no schema can know: ids of what exists, above all. */
export type Known = Readonly<Record<string, readonly unknown[]>>;

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

type Make = (node: Node, name: string) => fc.Arbitrary<unknown>;

/** How much of what is unbounded is made; what is longer is the business of the mutations. */
const fewMax = 3;
const lettersMax = 24;

const numberAt = (node: Node, key: string, fallback: number): number => {
  const value = node[key];
  return typeof value === 'number' ? value : fallback;
};

const times = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });

const formats: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: fc.uuid(),
  'date-time': times.map((time) => time.toISOString()),
};

const textOf = (node: Node): fc.Arbitrary<string> => {
  const minLength = numberAt(node, 'minLength', 0);
  const maxLength = numberAt(node, 'maxLength', lettersMax);
  const format = formats[String(node.format)];
  if (format !== undefined) return format;
  if (typeof node.pattern === 'string')
    return fc
      .stringMatching(new RegExp(node.pattern), { size: '-1' })
      .filter(({ length }) => length >= minLength && length <= numberAt(node, 'maxLength', Infinity));
  const length = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, lettersMax)) };
  return fc.oneof(fc.string(length), fc.string({ ...length, unit: 'grapheme' })).filter(
    // A grapheme is more letters than one.
    (text) => text.length <= maxLength,
  );
};

const numberOf = (node: Node): fc.Arbitrary<number> => {
  const min = numberAt(node, 'minimum', numberAt(node, 'exclusiveMinimum', -1001) + 1);
  const max = numberAt(node, 'maximum', numberAt(node, 'exclusiveMaximum', 1_000_001) - 1);
  return fc.integer({ min, max: Math.max(min, max) });
};

const listOf =
  (make: Make): Make =>
  (node, name) => {
    const minLength = numberAt(node, 'minItems', 0);
    const maxLength = Math.min(numberAt(node, 'maxItems', fewMax), Math.max(minLength, fewMax));
    return fc.array(make((node.items ?? {}) as Node, name), { minLength, maxLength });
  };

const keysOf = (node: Node): fc.Arbitrary<string> => {
  const { propertyNames } = node;
  return propertyNames === undefined
    ? fc.string({ minLength: 1, maxLength: 8 })
    : textOf({ minLength: 1, ...(propertyNames as Node) });
};

const objectOf =
  (make: Make): Make =>
  (node, name) => {
    const { properties, required = [], additionalProperties } = node;
    if (!isNode(properties))
      return fc.dictionary(keysOf(node), make((additionalProperties ?? {}) as Node, name), {
        maxKeys: fewMax,
        noNullPrototype: true,
      });
    const fields = Object.entries(properties).map(([key, inner]) => [key, make(inner as Node, key)] as const);
    return fc.record(Object.fromEntries(fields), {
      requiredKeys: required as string[],
      noNullPrototype: true,
    });
  };

const byType = (make: Make): Readonly<Record<string, Make>> => ({
  string: textOf,
  number: numberOf,
  integer: numberOf,
  boolean: () => fc.boolean(),
  null: () => fc.constant(null),
  array: listOf(make),
  object: objectOf(make),
});

const alternativesOf = (node: Node): readonly Node[] | undefined => {
  const { anyOf = node.oneOf, type } = node;
  if (Array.isArray(anyOf)) return anyOf;
  return Array.isArray(type) ? type.map((each) => ({ ...node, type: each })) : undefined;
};

const anything = fc.jsonValue({ maxDepth: 2 });

const plainly =
  (make: Make): Make =>
  (node, name) => {
    if ('const' in node) return fc.constant(node.const);
    if (Array.isArray(node.enum)) return fc.constantFrom(...node.enum);
    if (Array.isArray(node.allOf))
      return make(Object.assign({}, node, { allOf: undefined }, ...node.allOf), name);
    const alternatives = alternativesOf(node);
    if (alternatives !== undefined) return fc.oneof(...alternatives.map((each) => make(each, name)));
    return byType(make)[String(node.type)]?.(node, name) ?? anything;
  };

/** What is known of a field is taken as a rule, not always: what its schema allows beside that must be answered too. */
const made =
  (known: Known): Make =>
  (node, name) => {
    const values = known[name];
    const byItsSchema = plainly(made(known))(node, name);
    if (values === undefined) return byItsSchema;
    return fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(...values) },
      { weight: 1, arbitrary: byItsSchema },
    );
  };

const triesMax = 400;

/** What a schema takes. Refinements are code, which nothing is derived from: what they refuse is thrown away. */
export const validFor = (schema: z.ZodType, known: Known, whole = ''): fc.Arbitrary<unknown> => {
  const derived = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Node;
  const isValid = (value: unknown): boolean => schema.safeParse(value).success;
  const values = made(known)(derived, whole);
  if (!fc.sample(values, { numRuns: triesMax, seed: 1 }).some(isValid))
    throw new Error(`No valid value comes of this schema: name some of "${whole}" in what is known.`);
  return values.filter(isValid);
};

/** Words that a schema names anywhere: of a query only they can be derived, since all of it is text. */
export const wordsIn = (schema: unknown, seen = new Set<unknown>()): readonly string[] => {
  if (typeof schema !== 'object' || schema === null || seen.has(schema)) return [];
  seen.add(schema);
  if (!('_zod' in schema)) return Object.values(schema).flatMap((inner) => wordsIn(inner, seen));
  const { def } = (schema as z.ZodType)._zod;
  const named = 'entries' in def ? Object.values(def.entries as object) : [];
  return [...named.map(String), ...Object.values(def).flatMap((inner) => wordsIn(inner, seen))];
};
