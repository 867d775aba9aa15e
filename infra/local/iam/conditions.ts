// The conditions of IAM statements, as far as our templates use them; all others are an error at start.
import { wildcard } from '../iot/broker/wildcard.ts';

/** What is known of a request beyond its action and resource. */
export type RequestContext = { readonly [Key in ConditionKey]?: string };

export const conditionKeys = [
  'aws:SecureTransport',
  'aws:SourceAccount',
  'aws:SourceArn',
  'cloudwatch:namespace',
  'kms:ViaService',
] as const;
export type ConditionKey = (typeof conditionKeys)[number];

type Matches = (actual: string, wanted: string) => boolean;

const equal: Matches = (actual, wanted) => actual === wanted;
const like: Matches = (actual, wanted) => wildcard(wanted).test(actual);

/** The wildcards of an ARN stay within its sections, of which there are six; the last may hold colons. */
const arnLike: Matches = (actual, wanted) => {
  const [actualParts, wantedParts] = [sectionsOf(actual), sectionsOf(wanted)];
  return wantedParts.every((part, index) => like(actualParts[index] ?? '', part));
};
const sectionsOf = (arn: string): string[] => {
  const sections = arn.split(':');
  return [...sections.slice(0, 5), sections.slice(5).join(':')];
};

const operators = {
  StringEquals: equal,
  StringLike: like,
  Bool: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  ArnEquals: arnLike,
  ArnLike: arnLike,
} as const satisfies Record<string, Matches>;

export type ConditionOperator = keyof typeof operators;
export const conditionOperators = Object.keys(operators) as ConditionOperator[];

export type Condition = {
  readonly operator: ConditionOperator;
  readonly key: ConditionKey;
  readonly values: readonly string[];
};

/** A key that the request does not have never matches: none of these operators is negative. */
export const holds =
  (context: RequestContext) =>
  ({ operator, key, values }: Condition): boolean => {
    const actual = context[key];
    return actual !== undefined && values.some((wanted) => operators[operator](actual, wanted));
  };
