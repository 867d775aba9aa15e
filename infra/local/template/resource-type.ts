// What the local cloud must know of a type of resource: which properties it honours, what others can ask of it, how it starts.
import * as z from 'zod';
import type { Parts } from '../parts.ts';
import type { World } from './world.ts';

export type Resource<Properties> = {
  stack: string;
  logicalId: string;
  type: string;
  /** The physical name. */
  name: string;
  properties: Properties;
  metadata: Record<string, unknown>;
  /** The assembly's folder, where asset paths start. */
  directory: string;
};

/** The order in which things start: stores before functions, and the doors through which work comes in last. */
export const startOrder = ['stores', 'functions', 'wiring', 'doors'] as const;
export type StartPhase = (typeof startOrder)[number];

export type Identity = { name: string; world: World };

type Definition<Schema extends z.ZodType> = {
  /** Strict, and so the whole list: what is not named here is an error at start. */
  properties: Schema;
  /** The property that names it, if it was given a name. */
  nameProperty?: string;
  /** What `Ref` gives; the name, unless it says otherwise. */
  ref?: (identity: Identity) => string;
  attributes?: Record<string, (identity: Identity) => string>;
  starts?: {
    with: StartPhase;
    start: (resource: Resource<z.infer<Schema>>, parts: Parts) => Promise<void> | void;
  };
};

export type ResourceType = {
  properties: z.ZodType;
  nameProperty: string | undefined;
  ref: (identity: Identity) => string;
  attributes: Record<string, (identity: Identity) => string>;
  startsWith: StartPhase | undefined;
  start: (resource: Resource<unknown>, parts: Parts) => Promise<void>;
};

export const resourceType = <Schema extends z.ZodType>(definition: Definition<Schema>): ResourceType => ({
  properties: definition.properties,
  nameProperty: definition.nameProperty,
  ref: definition.ref ?? (({ name }) => name),
  attributes: definition.attributes ?? {},
  startsWith: definition.starts?.with,
  start: async (resource, parts) =>
    definition.starts?.start(
      { ...resource, properties: definition.properties.parse(resource.properties) },
      parts,
    ),
});

/** A property that is accepted knowingly although it changes nothing on this machine; the reason is the documentation. */
export const withoutEffect = (reason: string) =>
  z.unknown().optional().describe(`without local effect: ${reason}`);

/** A whole type without local effect; its name and ARN can still be asked for. */
export const typeWithoutEffect = (
  reason: string,
  attributes: Record<string, (identity: Identity) => string> = {},
  nameProperty?: string,
): ResourceType =>
  resourceType({
    properties: z.looseObject({}).describe(`without local effect: ${reason}`),
    attributes,
    ...(nameProperty === undefined ? {} : { nameProperty }),
  });

/** `arn:aws:sqs:us-east-1:000000000000:name` */
export const arnOf =
  (service: string, prefix = '') =>
  ({ name, world }: Identity): string =>
    `arn:${world.partition}:${service}:${world.region}:${world.accountId}:${prefix}${name}`;

/** IAM is global: its ARNs have no region. */
export const globalArnOf =
  (service: string, prefix: string) =>
  ({ name, world }: Identity): string =>
    `arn:${world.partition}:${service}::${world.accountId}:${prefix}${name}`;
