// What Heat keeps: configs, deployments, and what a server has of its own.
import * as z from 'zod';
import { type Refusal, refuse } from '#domain/refusal';
import { idempotencyMs, otherRequest } from '#engine/ids';
import type { Entry, World } from '#engine/ports';
import { canonicalJson, digestOf } from '#engine/seal';
import { kept } from './kept.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** The whole config is one document, which a deployment keeps beside the config's id: it never changes. */
const config = z.object({ name: z.unknown(), group: z.unknown(), document: kept });

const event = z.object({
  at: z.number(),
  by: z.string(),
  from: z.unknown(),
  to: z.unknown(),
  why: z.string(),
});

const run = z.object({
  /** What the engine's deployment that carries it out is called, whether or not it is there yet; null: its server is no thing. */
  id: z.string().nullable(),
  /** Which attempt of ours that is. */
  count: z.number(),
  /** When its server became a thing, if that was after it was opened. */
  namedAt: z.number().optional(),
  /** Runs of earlier attempts, of which nobody knows yet that they have been cancelled. */
  replaces: z.array(z.string()).optional(),
  /** It was ended by somebody's word: should its run be under way, whoever looks cancels it. */
  mustNotRun: z.literal(true).optional(),
});

const deployment = z.object({
  serverId: scalar,
  config: z.object({ id: z.string(), createdAt: z.number(), document: kept }),
  action: scalar.nullable(),
  status: scalar.nullable(),
  reason: kept,
  inputValues: kept,
  outputValues: kept,
  /** The other project that sees it. */
  project: z.string().nullable(),
  updatedTime: z.number().nullable(),
  /** Signs its signal URL; never told. */
  secret: z.string(),
  /** Since when a signal is awaited. */
  openedAt: z.number(),
  /** When its server's metadata last changed through it. */
  metadataAt: z.number(),
  deadlineSeconds: z.number().nullable(),
  run,
  history: z.array(event),
});

/** Made when a server first needs something of its own. */
const server = z.object({
  serverId: z.string(),
  /** Signs its metadata URL. */
  secret: z.string(),
  /** When a deployment to it was last deleted. */
  changedAt: z.number(),
});

const bodies = { config, deployment, server } as const;
export type Kind = keyof typeof bodies;
export type Body<K extends Kind> = z.infer<(typeof bodies)[K]>;

export interface Of<K extends Kind> extends Omit<Entry, 'body'> {
  readonly body: Body<K>;
}

export type DeploymentBody = Body<'deployment'>;
export type Deployment = Of<'deployment'>;
export type HistoryEvent = z.infer<typeof event>;

const kindOf = (kind: Kind): string => `heat_${kind}`;

export const read = <K extends Kind>(kind: K, entry: Entry): Of<K> => ({
  ...entry,
  body: bodies[kind].parse(entry.body) as Body<K>,
});

type Needs = Pick<World, 'catalog' | 'clock'>;

export const find = async <K extends Kind>(
  { catalog }: Pick<World, 'catalog'>,
  organization: string,
  kind: K,
  id: string,
): Promise<Of<K> | undefined> => {
  const entry = await catalog.load(organization, kindOf(kind), id);
  return entry && read(kind, entry);
};

export const findMany = async <K extends Kind>(
  { catalog }: Pick<World, 'catalog'>,
  organization: string,
  kind: K,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Of<K>>> => {
  const entries = ids.length === 0 ? [] : await catalog.loadMany(organization, kindOf(kind), ids);
  return new Map(entries.map((entry) => [entry.id, read(kind, entry)]));
};

export const idsOf = (
  { catalog }: Pick<World, 'catalog'>,
  organization: string,
  kind: Kind,
  order: 'oldest first' | 'newest first',
): AsyncIterable<string> => catalog.idsOf(organization, kindOf(kind), order);

/** Deletes it, whatever it has become meanwhile, and answers what it was. */
export const removeEntry = async (
  { catalog }: Pick<World, 'catalog'>,
  { organization, kind, id }: Pick<Entry, 'organization' | 'kind' | 'id'>,
): Promise<Entry | undefined> => {
  for (;;) {
    const entry = await catalog.load(organization, kind, id);
    if (entry === undefined || (await catalog.remove(entry))) return entry;
  }
};

/** Changes what is there now, as often as somebody else is faster. Undefined from `change`: it stays as it is. */
export const change =
  ({ catalog, clock }: Needs) =>
  async <K extends Kind>(
    kind: K,
    organization: string,
    id: string,
    change: (entry: Of<K>) => Body<K> | undefined | Promise<Body<K> | undefined>,
  ): Promise<Of<K> | undefined> => {
    for (;;) {
      const stored = await catalog.load(organization, kindOf(kind), id);
      if (stored === undefined) return undefined;
      const before = read(kind, stored);
      const body = await change(before);
      if (body === undefined) return before;
      const next = { ...before, body, updatedAt: clock.now(), version: before.version + 1 };
      // What the schema does not name, such as the digest of the request, stays.
      const saved = await catalog.save({ ...next, body: { ...stored.body, ...body } });
      if (saved.saved) return next;
    }
  };

interface Create<K extends Kind> {
  readonly organization: string;
  readonly kind: K;
  /** The id that it gets, then those that an equal request may have used before. */
  readonly ids: readonly [string, ...string[]];
  readonly body: Body<K>;
  readonly createdAt: number;
  readonly request: unknown;
}

/** Makes it, or answers what an equal request has made. */
export const create =
  ({ catalog }: Pick<World, 'catalog'>) =>
  async <K extends Kind>({ organization, kind, ids, body, createdAt, request }: Create<K>) => {
    const digest = digestOf(canonicalJson(request));
    const same = (entry: Entry): Of<K> | Refusal =>
      entry.body.request === digest ? read(kind, entry) : otherRequest();
    const entry: Entry = {
      organization,
      kind: kindOf(kind),
      id: ids[0],
      createdAt,
      updatedAt: createdAt,
      version: 1,
      body: { ...body, request: digest },
      unique: {},
    };
    if ((await catalog.save(entry)).saved) return read(kind, entry);
    const there = await catalog.load(organization, entry.kind, entry.id);
    return there === undefined ? otherRequest() : same(there);
  };

/** What an equal request made before, if it had a key to repeat. */
export const madeBefore =
  ({ catalog, clock }: Needs) =>
  async <K extends Kind>(
    organization: string,
    kind: K,
    ids: readonly string[],
    request: unknown,
  ): Promise<Of<K> | Refusal | undefined> => {
    if (ids.length < 2) return undefined;
    const found = await catalog.loadMany(organization, kindOf(kind), ids);
    const entry = found.find(({ createdAt }) => clock.now() - createdAt < idempotencyMs);
    if (entry === undefined) return undefined;
    return entry.body.request === digestOf(canonicalJson(request)) ? read(kind, entry) : otherRequest();
  };

/** As Heat words it: `Deployment with id X not found`. */
export const notFound = (what: 'Deployment' | 'Software config', id: string): Refusal =>
  refuse('not_found', `${what} with id ${id} not found`, { id });
