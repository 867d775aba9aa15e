// May this connection do that? All statements of all attached policies: a Deny wins, and without an Allow the answer is no.
import type { PolicyDocument, Statement } from './policy.ts';
import { escapePattern, wildcard, wildcardPattern } from './wildcard.ts';

export interface Connection {
  clientId: string;
  /** Only where the certificate is attached to a thing of this name, as at AWS. */
  thingName: string | undefined;
}

export type IotAction = 'iot:Connect' | 'iot:Publish' | 'iot:RetainPublish' | 'iot:Subscribe' | 'iot:Receive';
export type Authorizer = (action: IotAction, resource: string) => boolean;

interface Compiled {
  effect: Statement['Effect'];
  actions: RegExp[];
  resources: RegExp[];
}

export const authorizerFor = (policies: PolicyDocument[], connection: Connection): Authorizer => {
  const statements = policies
    .flatMap((policy) => policy.Statement)
    .filter((statement) => meetsCondition(statement, connection))
    .map((statement) => compile(statement, connection));
  return (action, resource) => {
    const effects = statements.filter(matches(action, resource)).map(({ effect }) => effect);
    return effects.includes('Allow') && !effects.includes('Deny');
  };
};

const meetsCondition = ({ Condition }: Statement, { thingName }: Connection) =>
  Condition === undefined || Condition.Bool['iot:Connection.Thing.IsAttached'] === (thingName !== undefined);

const compile = ({ Effect, Action, Resource }: Statement, connection: Connection): Compiled => ({
  effect: Effect,
  actions: Action.map(wildcard),
  resources: Resource.flatMap((template) => compileResource(template, connection)),
});

const matches =
  (action: string, resource: string) =>
  ({ actions, resources }: Compiled): boolean =>
    actions.some((pattern) => pattern.test(action)) && resources.some((pattern) => pattern.test(resource));

/** Values are put in literally: a client id with a `*` is no wildcard. A variable without a value matches nothing. */
const compileResource = (template: string, connection: Connection): RegExp[] => {
  const values: Record<string, string | undefined> = {
    'iot:ClientId': connection.clientId,
    'iot:Connection.Thing.ThingName': connection.thingName,
    'iot:Connection.Thing.IsAttached': String(connection.thingName !== undefined),
  };
  const parts = template.split(/\$\{([^}]*)\}/).map((part, index) => {
    if (index % 2 === 0) return wildcardPattern(part);
    const value = values[part];
    return value === undefined ? undefined : escapePattern(value);
  });
  return parts.includes(undefined) ? [] : [new RegExp(`^${parts.join('')}$`, 's')];
};
