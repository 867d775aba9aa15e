// Who calls, and may they? Every function has an access key of its own, which each signed request names; the administrator's is let through.
import { createHmac } from 'node:crypto';
import { inPlace } from '../in-place.ts';
import type { Identity } from '../state.ts';
import type { Statement } from './document.ts';
import { denialOf, type Evaluate, evaluator, type Need } from './evaluate.ts';
import type { Grants } from './grants.ts';

export type Verdict =
  | { readonly allowed: true }
  /** Nobody has this access key. */
  | { readonly allowed: false; readonly because: 'stranger' }
  | { readonly allowed: false; readonly because: 'denied'; readonly message: string };

/** A call that was allowed, under the resource of the statement that allowed it: one line however many items there are. */
export type AllowedCall = {
  readonly functionName: string;
  readonly need: Need;
  readonly by: Statement;
};

export type Access = {
  /** The credentials with which a function's own clients sign. */
  identityOf: (functionName: string) => Identity;
  /** From now on functions may do what the templates say; before that, nothing. */
  enforce: (grants: Grants) => void;
  /** `authorization` is the header; what is needed is only asked for when it matters. */
  judge: (authorization: string | undefined, needs: () => readonly Need[]) => Verdict;
  /** Keeps a call of a function that its role allows from going out. Returns what takes it away again. */
  cutOff: (isCut: CutsOff) => () => void;
};

export type CutsOff = (functionName: string, needs: readonly Need[]) => boolean;

export type AccessParts = {
  administrator: Identity;
  /** The log of a function, by its name: a denial is said there. */
  logOf: (functionName: string) => (line: string) => void;
  onAllowed?: (call: AllowedCall) => void;
};

/** On one machine TLS would protect nothing from nobody: the loopback interface stands in for it. */
const requestContext = { 'aws:SecureTransport': 'true' };

const allowed: Verdict = { allowed: true };
/** Nobody hears it: whoever asked is no more. */
const cutOff: Verdict = { allowed: false, because: 'denied', message: 'The caller has ended.' };
const stranger: Verdict = { allowed: false, because: 'stranger' };

/** `AWS4-HMAC-SHA256 Credential=KEY/20260101/us-east-1/dynamodb/aws4_request, …`. Signatures are not checked. */
export const accessKeyOf = (authorization: string | undefined): string | undefined =>
  authorization?.match(/Credential=([^/]+)\//)?.[1];

/** Made of the administrator's secret, so that a function keeps its key over restarts and nothing more has to be stored. */
const derivedIdentity = ({ secretAccessKey }: Identity, functionName: string): Identity => {
  const digest = createHmac('sha256', secretAccessKey).update(functionName).digest('hex');
  return {
    accessKeyId: `LOCAL${digest.slice(0, 15).toUpperCase()}`,
    secretAccessKey: digest.slice(15, 55),
  };
};

type Caller = { name: string; evaluate: (resource: string) => Evaluate };

/** A queue may have a policy of its own, which counts as well. */
const callerOf = (name: string, statements: readonly Statement[], { ofResource }: Grants): Caller => {
  const alone = evaluator(statements);
  const evaluators = new Map<string, Evaluate>();
  for (const [arn, others] of ofResource) {
    const aboutEveryone = others.filter(({ Principal }) => Principal?.AWS?.includes('*'));
    evaluators.set(arn, evaluator([...statements, ...aboutEveryone]));
  }
  return { name, evaluate: (resource) => evaluators.get(resource) ?? alone };
};

export const createAccess = ({ administrator, logOf, onAllowed }: AccessParts): Access => {
  const callers = new Map<string, Caller>();
  const cuts = inPlace<[functionName: string, needs: readonly Need[]], true>();

  const denialFor = ({ name, evaluate }: Caller, need: Need): string | undefined => {
    const decision = evaluate(need.resource)(need, requestContext);
    if (!decision.allowed) return denialOf(name, need, decision);
    onAllowed?.({ functionName: name, need, by: decision.by });
    return undefined;
  };

  const ask = (caller: Caller, needs: readonly Need[]): Verdict => {
    const message = needs.map((need) => denialFor(caller, need)).find((each) => each !== undefined);
    if (message === undefined) return cuts.ask(caller.name, needs) === true ? cutOff : allowed;
    logOf(caller.name)(`AccessDenied: ${message}`);
    return { allowed: false, because: 'denied', message };
  };

  return {
    cutOff: (isCut) => cuts.put((...given) => isCut(...given) || undefined),
    identityOf: (functionName) => derivedIdentity(administrator, functionName),
    enforce: (grants) => {
      for (const [functionName, roleArn] of grants.roleOfFunction) {
        const { accessKeyId } = derivedIdentity(administrator, functionName);
        callers.set(accessKeyId, callerOf(functionName, grants.roles.get(roleArn)?.statements ?? [], grants));
      }
    },
    judge: (authorization, needs) => {
      const key = accessKeyOf(authorization);
      if (key === administrator.accessKeyId) return allowed;
      const caller = key === undefined ? undefined : callers.get(key);
      return caller === undefined ? stranger : ask(caller, needs());
    },
  };
};
