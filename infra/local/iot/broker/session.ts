// One connection of one device: who it is, what it may do, and why it ended.
import { randomUUID } from 'node:crypto';
import type { Client } from 'aedes';
import type { Registry } from '../registry/registry.ts';
import { type Authorizer, authorizerFor, type IotAction } from './authorizer.ts';
import { parsePolicy } from './policy.ts';
import { createRecent, type Recent } from './recent.ts';

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

export interface Identity {
  clientId: string;
  certificateId: string;
}

export interface Session extends Identity {
  readonly id: string;
  readonly client: Client;
  readonly filters: Set<string>;
  readonly received: Recent;
  may(action: IotAction, kind: 'client' | 'topic' | 'topicfilter', name: string): boolean;
  /** After a change of what it may do. */
  forgetPermissions(): void;
  isCertificateActive(): boolean;
  /** The first reason is the true one; what follows is its consequence. */
  endReason: DisconnectReason | undefined;
}

export interface SessionParts {
  registry: Registry;
  /** `arn:aws:iot:{region}:{account}:` */
  arnPrefix: string;
}

export const createSession = (
  { registry, arnPrefix }: SessionParts,
  client: Client,
  identity: Identity,
): Session => {
  // Every message is authorized, so policies are compiled once.
  let permissions: Authorizer | undefined;
  return {
    ...identity,
    id: randomUUID(),
    client,
    filters: new Set(),
    received: createRecent(),
    may: (action, kind, name) => {
      permissions ??= loadPermissions(registry, identity);
      return permissions(action, `${arnPrefix}${kind}/${name}`);
    },
    forgetPermissions: () => {
      permissions = undefined;
    },
    isCertificateActive: () => registry.certificates.find(identity.certificateId)?.status === 'ACTIVE',
    endReason: undefined,
  };
};

const loadPermissions = (registry: Registry, { clientId, certificateId }: Identity): Authorizer => {
  const policies = registry.policyTargets.ownersOf(certificateId).flatMap((name) => {
    const document = registry.policies.find(name);
    return document === undefined ? [] : [parsePolicy(name, document)];
  });
  const isAttached = registry.thingPrincipals.ownersOf(certificateId).includes(clientId);
  return authorizerFor(policies, { clientId, thingName: isAttached ? clientId : undefined });
};
