// May somebody do that? AWS's logic for one account: a Deny wins, and without an Allow the answer is no.
import { wildcard } from '../iot/broker/wildcard.ts';
import { holds, type RequestContext } from './conditions.ts';
import type { Statement } from './document.ts';

/** One action on one resource; a request may need several. */
export type Need = { readonly action: string; readonly resource: string };

export type Decision =
  | { readonly allowed: true; readonly by: Statement }
  /** Without a statement, nothing says yes; with one, it is that which says no. */
  | { readonly allowed: false; readonly deniedBy?: Statement };

type Test = (text: string) => boolean;

const anyOf = (patterns: readonly string[], flags = ''): Test => {
  const compiled = patterns.map((pattern) => new RegExp(wildcard(pattern).source, `s${flags}`));
  return (text) => compiled.some((pattern) => pattern.test(text));
};

const either = (
  wanted: readonly string[] | undefined,
  unwanted: readonly string[] = [],
  flags = '',
): Test => {
  if (wanted !== undefined) return anyOf(wanted, flags);
  const excluded = anyOf(unwanted, flags);
  return (text) => !excluded(text);
};

type Compiled = { statement: Statement; action: Test; resource: Test };

/** AWS compares actions without regard to case, resources with it. */
const compile = (statement: Statement): Compiled => ({
  statement,
  action: either(statement.Action, statement.NotAction, 'i'),
  resource: either(statement.Resource, statement.NotResource),
});

export type Evaluate = (need: Need, context?: RequestContext) => Decision;

/** The statements of one caller; compiled once, since every request is asked about. */
export const evaluator = (statements: readonly Statement[]): Evaluate => {
  const compiled = statements.map(compile);
  return ({ action, resource }, context = {}) => {
    const matching = compiled
      .filter((each) => each.action(action) && each.resource(resource))
      .map(({ statement }) => statement)
      .filter(({ Condition }) => Condition.every(holds(context)));
    const deniedBy = matching.find(({ Effect }) => Effect === 'Deny');
    if (deniedBy !== undefined) return { allowed: false, deniedBy };
    const [by] = matching;
    return by === undefined ? { allowed: false } : { allowed: true, by };
  };
};

/** What would have to be written into the role, as small as it can be. */
export const missingStatement = ({ action, resource }: Need): string =>
  JSON.stringify({ Effect: 'Allow', Action: action, Resource: resource });

const wordsOf = (statement: Statement): string => {
  const { Condition, ...said } = statement;
  return JSON.stringify(Condition.length === 0 ? said : { ...said, Condition });
};

export const denialOf = (who: string, need: Need, { deniedBy }: { deniedBy?: Statement }): string =>
  `${who} may not ${need.action} on ${need.resource}; ${
    deniedBy === undefined
      ? `missing statement: ${missingStatement(need)}`
      : `denied by statement: ${wordsOf(deniedBy)}`
  }`;
