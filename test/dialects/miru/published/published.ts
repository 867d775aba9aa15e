// Miru's published document, read as data: its operations with their scopes and parameters, and a judge of our answers.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import * as z from 'zod';

const named = z.object({ $ref: z.string() });

const schema = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  allOf: z.array(z.unknown()).optional(),
});

const parameter = z.object({
  name: z.string(),
  in: z.enum(['query', 'path', 'header']),
  explode: z.boolean().default(true),
  schema: schema.extend({ items: schema.extend({ $ref: z.string().optional() }).optional() }),
});

const jsonContent = z.object({ 'application/json': z.object({ schema: named }).optional() });

const operation = z.object({
  operationId: z.string(),
  parameters: z.array(named).default([]),
  requestBody: z.object({ content: jsonContent }).optional(),
  responses: z.object({ '200': z.object({ content: jsonContent }) }).strict(),
  'x-mint': z.object({ content: z.string() }).default({ content: '' }),
});

const document = z
  .object({
    servers: z.tuple([z.object({ url: z.url() })]),
    paths: z.record(
      z.string(),
      z.object({ get: operation.optional(), post: operation.optional(), patch: operation.optional() }),
    ),
    components: z.object({
      schemas: z.record(z.string(), schema),
      parameters: z.record(z.string(), parameter),
    }),
  })
  .parse(parse(readFileSync(join(import.meta.dirname, 'tetons.yaml'), 'utf8')));

const nameIn = (ref: string): string => ref.split('/').at(-1) ?? '';

// ---- operations

export interface QueryParameter {
  readonly name: string;
  readonly isArray: boolean;
  /** Whether the document writes it repeated (`a=1&a=2`) or with commas (`a=1,2`). */
  readonly repeated: boolean;
  /** Every value that it may have; undefined when any text will do. */
  readonly values: readonly string[] | undefined;
}

export interface PublishedOperation {
  readonly id: string;
  /** As the document has it: `/devices/{device_id}`. */
  readonly path: string;
  /** As our contract names it: `GET /beta/devices/{id}`. */
  readonly route: string;
  /** Scopes that the key must have in any case. */
  readonly scopes: readonly string[];
  /** Scopes that it must have depending on what is asked. */
  readonly scopesIf: readonly string[];
  readonly query: readonly QueryParameter[];
  readonly hasBody: boolean;
  /** Name of the schema of a success; undefined when it is raw bytes. */
  readonly answer: string | undefined;
}

export const basePath = new URL(document.servers[0].url).pathname;

const valuesOf = ({ schema: { items, enum: values } }: z.infer<typeof parameter>) => {
  if (items?.$ref === undefined) return items?.enum ?? values;
  return document.components.schemas[nameIn(items.$ref)]?.enum;
};

const queryOf = (refs: readonly z.infer<typeof named>[]): QueryParameter[] =>
  refs.flatMap(({ $ref }) => {
    const found = document.components.parameters[nameIn($ref)];
    if (found?.in !== 'query') return [];
    const { name, explode } = found;
    return { name, isArray: found.schema.type === 'array', repeated: explode, values: valuesOf(found) };
  });

/** Rows of a published table of scopes: its name, and `Yes` or when it is required. */
const scopeRow = /\| `(?<scope>[^`]+)` \| (?<required>[^|]+) \|/g;

const scopesIn = (table: string, wanted: (required: string) => boolean): string[] =>
  [...table.matchAll(scopeRow)].flatMap(({ groups: { scope, required } = {} }) =>
    scope !== undefined && required !== undefined && wanted(required) ? scope : [],
  );

const contentName = (content: z.infer<typeof jsonContent>): string | undefined => {
  const ref = content['application/json']?.schema.$ref;
  return ref === undefined ? undefined : nameIn(ref);
};

const operationsOf = ([path, item]: [string, (typeof document.paths)[string]]): PublishedOperation[] =>
  (['get', 'post', 'patch'] as const).flatMap((method) => {
    const found = item[method];
    if (found === undefined) return [];
    const table = found['x-mint'].content;
    return {
      id: found.operationId,
      path,
      route: `${method.toUpperCase()} ${basePath}${path.replaceAll(/\{\w+\}/g, '{id}')}`,
      scopes: scopesIn(table, (required) => required === 'Yes'),
      scopesIf: scopesIn(table, (required) => required !== 'Yes'),
      query: queryOf(found.parameters),
      hasBody: found.requestBody !== undefined,
      answer: contentName(found.responses['200'].content),
    };
  });

export const operations: readonly PublishedOperation[] = Object.entries(document.paths).flatMap(operationsOf);

export const operationOf = (route: string | undefined): PublishedOperation | undefined =>
  operations.find((published) => published.route === route);

// ---- the judge

/**
 * The document says what an answer must have; a client with strict types also minds what it has beside that. So every
 * schema that is not the base of another one is closed: a field that the document does not know is a fault.
 */
const isBase = (name: string): boolean => name.startsWith('Base') || name === 'PaginatedList';

const closed = Object.fromEntries(
  Object.entries(document.components.schemas).map(([name, its]) => [
    name,
    (its.type === 'object' || its.allOf !== undefined) && !isBase(name)
      ? { ...its, unevaluatedProperties: false }
      : its,
  ]),
);

const newJudge = (): Ajv2020 => {
  // `nullable` is the one word of OpenAPI 3.0 here that JSON Schema does not have, and ajv does.
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  // ajv-formats is typed for another way of importing it.
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  return ajv.addSchema({ $id: 'tetons', components: { schemas: closed } });
};

const judge = newJudge();

const told = ({ instancePath, message, params }: ErrorObject): string =>
  `${instancePath || '/'} ${message} ${JSON.stringify(params)}`;

/** What is wrong with a value that shall be what the document calls `name`; empty when nothing is. */
export const faultsOf = (name: string, value: unknown): readonly string[] => {
  const validate = judge.getSchema(`tetons#/components/schemas/${name}`);
  if (validate === undefined) throw new Error(`The published document has no schema ${name}.`);
  return validate(value) ? [] : (validate.errors ?? []).map(told);
};
