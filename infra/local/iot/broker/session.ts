// One connection of one device: who it is, what it may do, and why it ended.
import { randomUUID } from 'node:crypto';
import type { Client } from 'aedes';
import type { Registry } from '../registry/registry.ts';
import { type Authorizer, authorizerFor, type IotAction } from './authorizer.ts';
import { parsePolicy } from './policy.ts';

/** https://docs.aws.amazon.com/iot/latest/developerguide/life-cycle-events.html#connect-disconnect */
export type DisconnectReason =
  | 'AUTH_ERROR'
  | 'CLIENT_ERROR'
  | 'CLIENT_INITIATED_DISCONNECT'
  | 'CONNECTION_LOST'
  | 'DUPLICATE_CLIENTID'
  | 'FORBIDDEN_ACCESS'
  | 'MQTT_KEEP_ALIVE_TIMEOUT'
  | 'SERVER_INITIATED_DISCONNECT';

export interface Session {
  readonly id: string;
  readonly clientId: string;
  readonly certificateId: string;
  readonly client: Client;
  readonly filters: Set<string>;
  may(action: IotAction, kind: 'client' | 'topic' | 'topicfilter', name: string): boolean;
  isCertificateActive(): boolean;
  /** The first reason is the true one; what follows is its consequence. */
  endReason: DisconnectReason | undefined;
}

export interface SessionParts {
  registry: Registry;
  /** `arn:aws:iot:{region}:{account}:` */
  arnPrefix: string;
  /** Of the registry: grows with every change. */
  revision: () => number;
}

export const createSession = (
  { registry, arnPrefix, revision }: SessionParts,
  client: Client,
  identity: { clientId: string; certificateId: string },
): Session => {
  const authorizer = cached(revision, () => loadAuthorizer(registry, identity));
  return {
    id: randomUUID(),
    ...identity,
    client,
    filters: new Set(),
    may: (action, kind, name) => authorizer()(action, `${arnPrefix}${kind}/${name}`),
    isCertificateActive: () => registry.certificates.find(identity.certificateId)?.status === 'ACTIVE',
    endReason: undefined,
  };
};

const loadAuthorizer = (
  registry: Registry,
  { clientId, certificateId }: { clientId: string; certificateId: string },
): Authorizer => {
  const policies = registry.policyTargets.ownersOf(certificateId).flatMap((name) => {
    const document = registry.policies.find(name);
    return document === undefined ? [] : [parsePolicy(name, document)];
  });
  const isAttached = registry.thingPrincipals.ownersOf(certificateId).includes(clientId);
  return authorizerFor(policies, { clientId, thingName: isAttached ? clientId : undefined });
};

/** Every message is authorized, so policies are compiled once per change of the registry. */
const cached = <Value>(revision: () => number, load: () => Value): (() => Value) => {
  let known: { revision: number; value: Value } | undefined;
  return () => {
    if (known?.revision !== revision()) known = { revision: revision(), value: load() };
    return known.value;
  };
};
