// IAM policy documents, read strictly: whatever we would not evaluate is an error that names it, and never a gap.
import * as z from 'zod';
import { type Condition, conditionKeys, conditionOperators } from './conditions.ts';

/** Not a union, whose error would name neither the place nor the reason. */
const oneOrMore = <Item extends z.ZodType>(item: Item) =>
  z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(item).min(1));

/** Nobody here has tags or a user name that could be filled in. */
const resource = z
  .string()
  .refine(
    (text) => !text.includes('${'),
    'policy variables in a resource are not evaluated by the local cloud',
  );

const values = oneOrMore(z.coerce.string());
const keys = z.partialRecord(z.enum(conditionKeys), values);
const conditions = z
  .partialRecord(z.enum(conditionOperators), keys)
  .transform((operators): Condition[] =>
    Object.entries(operators).flatMap(([operator, byKey]) =>
      Object.entries(byKey ?? {}).map(([key, wanted]) => ({ operator, key, values: wanted }) as Condition),
    ),
  );

type Principal = { AWS?: string[] | undefined; Service?: string[] | undefined };

/** Whom a resource’s own policy is about. */
const principal = z
  .union([
    z.literal('*'),
    z.strictObject({ AWS: oneOrMore(z.string()).optional(), Service: oneOrMore(z.string()).optional() }),
  ])
  .transform((said): Principal => (said === '*' ? { AWS: ['*'] } : said));

const exactlyOne = (first: string, second: string) => (statement: Record<string, unknown>) =>
  (statement[first] === undefined) !== (statement[second] === undefined);

const statement = z
  .strictObject({
    Sid: z.string().optional(),
    Effect: z.enum(['Allow', 'Deny']),
    Principal: principal.optional(),
    Action: oneOrMore(z.string()).optional(),
    NotAction: oneOrMore(z.string()).optional(),
    Resource: oneOrMore(resource).optional(),
    NotResource: oneOrMore(resource).optional(),
    Condition: conditions.default([]),
  })
  .refine(exactlyOne('Action', 'NotAction'), 'a statement has either Action or NotAction');

const documentOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ Version: z.literal('2012-10-17'), Id: z.string().optional(), Statement: oneOrMore(item) });

export const policyDocument = documentOf(
  statement.refine(exactlyOne('Resource', 'NotResource'), 'a statement has either Resource or NotResource'),
);

/** It is about its own role, and so names no resource. */
export const trustDocument = documentOf(statement);

export type Statement = z.infer<typeof statement>;
