// A rule as CloudFormation declares it (AWS::IoT::TopicRule, TopicRulePayload): read strictly, its SQL compiled at once.
import * as z from 'zod';
import { parseSql, type Statement } from './sql-parse.ts';

export type RuleAction =
  | { kind: 'sqs'; queueUrl: string; useBase64: boolean }
  | { kind: 'lambda'; functionArn: string };

export interface Rule {
  name: string;
  statement: Statement;
  actions: RuleAction[];
  errorAction: RuleAction | undefined;
  isEnabled: boolean;
}

/** Templates carry booleans as text, too. */
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

/** What the role allows is checked before anything starts, over the whole plan. */
const sqs = z
  .strictObject({ QueueUrl: z.string(), RoleArn: z.string().optional(), UseBase64: flag.default(false) })
  .transform(
    ({ QueueUrl, UseBase64 }): RuleAction => ({ kind: 'sqs', queueUrl: QueueUrl, useBase64: UseBase64 }),
  );

const lambda = z
  .strictObject({ FunctionArn: z.string() })
  .transform(({ FunctionArn }): RuleAction => ({ kind: 'lambda', functionArn: FunctionArn }));

/** Exactly one; not a union, whose error would not name what is wrong. */
const action = z
  .strictObject({ Sqs: sqs.optional(), Lambda: lambda.optional() })
  .transform(({ Sqs, Lambda }, context): RuleAction => {
    const [only, ...others] = [Sqs, Lambda].filter((one) => one !== undefined);
    if (only !== undefined && others.length === 0) return only;
    context.addIssue({ code: 'custom', message: 'One action is expected: Sqs or Lambda' });
    return z.NEVER;
  });

const payload = z.strictObject({
  Sql: z.string(),
  // Without it AWS takes the version of 2015, whose results differ.
  AwsIotSqlVersion: z.literal('2016-03-23'),
  Actions: z.array(action).min(1).max(10),
  ErrorAction: action.optional(),
  RuleDisabled: flag.default(false),
  Description: z.string().optional(),
});

/** Throws an Error that names the rule and what in it is not served. */
export const parseRule = (name: string, document: unknown): Rule => {
  const parsed = payload.safeParse(document);
  if (!parsed.success) throw new Error(`IoT rule ${name}: ${z.prettifyError(parsed.error)}`);
  const { Sql, Actions, ErrorAction, RuleDisabled } = parsed.data;
  return {
    name,
    statement: parseNamed(name, Sql),
    actions: Actions,
    errorAction: ErrorAction,
    isEnabled: !RuleDisabled,
  };
};

const parseNamed = (name: string, sql: string): Statement => {
  try {
    return parseSql(sql);
  } catch (cause) {
    throw new Error(`IoT rule ${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
};
