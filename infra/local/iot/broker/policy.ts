// AWS IoT policy documents: read strictly, so that what we do not evaluate is an error and not a gap.
import * as z from 'zod';

/** Not a union, whose error would name neither the place nor the reason. */
const oneOrMore = <Item extends z.ZodType>(item: Item) =>
  z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(item).min(1));

/** AWS's limit, white space not counted. */
const charactersMax = 2048;

const variables = [
  'iot:ClientId',
  'iot:Connection.Thing.ThingName',
  'iot:Connection.Thing.IsAttached',
] as const;

const resource = z.string().superRefine((text, context) => {
  for (const [, name] of text.matchAll(/\$\{([^}]*)\}/g)) {
    if ((variables as readonly string[]).includes(name ?? '')) continue;
    context.addIssue({
      code: 'custom',
      message: `The policy variable \${${name}} is not served by the local AWS IoT`,
    });
  }
});

const attachedOnly = z.strictObject({
  Bool: z.strictObject({
    'iot:Connection.Thing.IsAttached': oneOrMore(z.coerce.string()).transform(([value]) => value === 'true'),
  }),
});

const statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMore(z.string()),
  Resource: oneOrMore(resource),
  Condition: attachedOnly.optional(),
});

const policyDocument = z.strictObject({
  Version: z.literal('2012-10-17'),
  Id: z.string().optional(),
  Statement: oneOrMore(statement),
});

export type PolicyDocument = z.infer<typeof policyDocument>;
export type Statement = PolicyDocument['Statement'][number];

/** Throws an Error that names the policy and the part of it that is not served. */
export const parsePolicy = (name: string, document: unknown): PolicyDocument => {
  const length = JSON.stringify(document)?.length ?? 0;
  if (length > charactersMax)
    throw new Error(`IoT policy ${name}: ${length} characters of at most ${charactersMax}`);
  const parsed = policyDocument.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new Error(`IoT policy ${name}: ${z.prettifyError(parsed.error)}`);
};
