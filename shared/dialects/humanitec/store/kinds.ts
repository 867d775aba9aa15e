// What Humanitec keeps: its kinds of entries, and what each holds. Documents that may be large lie in the content store.
import * as z from 'zod';
import type { JsonObject } from '../json.ts';

const time = z.int();

/** Which request made it, if that carried an idempotency key: a repeat finds what it made. */
const made = z.object({ key: z.string(), request: z.string() }).nullable();

const status = z.enum(['active', 'deleting']);

const envItem = z.object({
  id: z.string(),
  uid: z.string(),
  name: z.string(),
  type: z.string(),
  status,
  statusChangedAt: time,
  createdAt: time,
  createdBy: z.string(),
  made,
});

const deploymentError = z.object({
  scope: z.string(),
  object_id: z.string(),
  code: z.string(),
  error_type: z.string(),
  summary: z.string(),
  message: z.string(),
});

const ended = z.object({
  status: z.enum(['succeeded', 'failed']),
  at: time,
  errors: z.array(deploymentError),
});

const deployment = z.object({
  id: z.string(),
  envUid: z.string(),
  envId: z.string(),
  fromId: z.string(),
  setId: z.string(),
  deltaId: z.string().nullable(),
  comment: z.string(),
  createdAt: time,
  createdBy: z.string(),
  valueSetVersionId: z.string().nullable(),
  mode: z.enum(['full', 'incremental']).nullable(),
  pipeline: z
    .object({ id: z.string(), run_id: z.string(), job_id: z.string(), step_index: z.int() })
    .nullable(),
  /** Digest of the request that started it. */
  request: z.string(),
  /** Brings it to the devices; null: there were none. */
  rollout: z.object({ id: z.string(), revision: z.string() }).nullable().default(null),
  /** How it ended; null: ask the rollout. */
  ended: ended.nullable(),
});

const version = z.object({
  id: z.string(),
  /** Whose values changed: the application's uid, or an environment's. */
  scope: z.string(),
  /** Digest of the values document as it was after the change: see `values/value-set.ts`. */
  document: z.string(),
  change: z.array(z.object({ op: z.enum(['add', 'remove', 'replace']), key: z.string() })),
  resultOf: z.string(),
  source: z.string().nullable(),
  comment: z.string(),
  createdAt: time,
  createdBy: z.string(),
});

const delivery = z.object({
  event: z.string(),
  type: z.string(),
  deployment: z.string(),
  attempt: z.int(),
  at: time,
  outcome: z.enum(['delivered', 'retrying', 'given_up']),
  reason: z.string().nullable(),
  nextAt: time.nullable(),
});

export const bodies = {
  env_type: z.object({ id: z.string(), description: z.string() }),

  /** Its environments are named here and nowhere else, so that one save adds or removes one. */
  app: z.object({
    id: z.string(),
    uid: z.string(),
    name: z.string(),
    status,
    statusChangedAt: time,
    createdBy: z.string(),
    envs: z.array(envItem),
    /** Ids of its webhooks, so that a deployment knows without a read that nobody listens. Some may name nothing any more. */
    webhooks: z.array(z.string()).default([]),
  }),

  /** Owner: the application. What moves in an environment: the point of truth for its deployments. */
  env: z.object({
    /** The deployment that was started last, running or over. */
    last: deployment.nullable(),
    /** What the next one is based on, where that is not `last`: a copy, since its own environment may be deleted. */
    base: deployment.nullable(),
    /** The one that succeeded last: what a device gets that comes later. */
    good: deployment.nullable().default(null),
    /** It has, or has had, devices: from then on its deployments are rolled out. */
    isFleet: z.boolean().default(false),
    paused: z.boolean(),
    replicas: z.record(z.string(), z.int()),
  }),

  /** Owner: the environment. The history; the newest lies in the environment itself until the next is started. */
  deploy: deployment,

  /** Owner: the application. */
  delta: z.object({
    envId: z.string().nullable(),
    name: z.string().nullable(),
    archived: z.boolean(),
    createdBy: z.string(),
    contributers: z.array(z.string()),
    document: z.string(),
  }),

  /** Owner: the application. That it has this set; the set itself is content. */
  set: z.object({ document: z.string() }),

  /**
   * Owner: the application or the environment. The text of one value, and its only place. With it goes what digests of files that it
   * is in are salted with: when it is purged, nobody can try out any more what it was.
   */
  value: z.object({ text: z.string(), salt: z.string().default('') }),

  /** Owner: the application. The newest version of its values, for it and all its environments. */
  values: z.object({
    last: version.nullable(),
    /** The newest version of each scope. */
    latest: z.record(z.string(), z.object({ id: z.string(), at: time })),
  }),

  /** Owner: the application or the environment. The history; the newest lies in `values` until the next is made. */
  version,

  /** Owner: the application. */
  webhook: z.object({
    /** Never given twice, unlike the id. */
    uid: z.string(),
    appId: z.string(),
    url: z.string(),
    disabled: z.boolean(),
    triggers: z.array(z.object({ scope: z.string(), type: z.string() })),
    headers: z.record(z.string(), z.string()),
    payload: z.record(z.string(), z.unknown()) as unknown as z.ZodType<JsonObject>,
    /** Signs what is sent. Told once, by the answer that made it. */
    secret: z.string(),
    createdBy: z.string(),
    made,
    lastDelivery: delivery.nullable(),
    lastGivenUp: delivery.nullable(),
  }),

  /** Owner: the environment. */
  rule: z.object({
    active: z.boolean(),
    type: z.literal('update'),
    artefactsFilter: z.array(z.string()),
    excludeArtefactsFilter: z.boolean(),
    imagesFilter: z.array(z.string()),
    excludeImagesFilter: z.boolean(),
    match: z.string(),
    matchRef: z.string(),
    updateTo: z.string(),
  }),
} as const;

export type Kind = keyof typeof bodies;
export type Body<K extends Kind> = z.infer<(typeof bodies)[K]>;

export type EnvItem = z.infer<typeof envItem>;
export type Deployment = Body<'deploy'>;
export type DeploymentError = z.infer<typeof deploymentError>;
export type Ended = z.infer<typeof ended>;
export type Version = Body<'version'>;
