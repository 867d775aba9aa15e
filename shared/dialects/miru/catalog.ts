// What Miru keeps beside devices and deployments: its kinds of entries, what each holds, and how they are found.
import * as z from 'zod';
import { type Refusal, refuse } from '#domain/refusal';
import { inBatches } from '#engine/in-batches';
import type { Entry, ListOrder, World } from '#engine/ports';

/** The stored bodies. Text that may be large lies in the content store, by digest. */
const bodies = {
  git_commit: z.object({
    sha: z.string(),
    message: z.string(),
    owner: z.string(),
    repository: z.string(),
    host: z.enum(['github', 'gitlab', 'bitbucket']),
    repositoryUrl: z.string(),
    commitUrl: z.string(),
  }),
  config_type: z.object({ name: z.string(), slug: z.string() }),
  config_schema: z.object({
    typeId: z.string(),
    format: z.enum(['json', 'yaml']),
    filepath: z.string(),
    documents: z.array(z.object({ id: z.string(), name: z.string(), digest: z.string() })),
    gitCommitId: z.string().nullable(),
  }),
  config_instance: z.object({
    schemaId: z.string(),
    typeId: z.string(),
    filepath: z.string(),
    format: z.enum(['json', 'yaml']),
    digest: z.string(),
    size: z.number(),
  }),
  release: z.object({
    version: z.string(),
    schemaIds: z.array(z.string()),
    gitCommitId: z.string().nullable(),
  }),
} as const;

export type Kind = keyof typeof bodies;

/** Nothing in Miru's API changes these once they are made: they need not be read for certain. */
const neverChanges: Readonly<Record<Kind, boolean>> = {
  git_commit: true,
  config_type: false,
  config_schema: true,
  config_instance: true,
  release: true,
};

export type Body<K extends Kind> = z.infer<(typeof bodies)[K]>;

export interface Of<K extends Kind> extends Omit<Entry, 'body'> {
  readonly kind: K;
  readonly body: Body<K>;
}

/** Kinds are stored under the dialect's name: other dialects have kinds of their own. */
export const storedKind = (kind: Kind): string => `miru_${kind}`;

export const read = <K extends Kind>(kind: K, entry: Entry): Of<K> => ({
  ...entry,
  kind,
  body: bodies[kind].parse(entry.body) as Body<K>,
});

type Needs = Pick<World, 'catalog'>;

export const notFound = (kind: string, id: string): Refusal =>
  refuse('not_found', `There is no ${kind.replaceAll('_', ' ')} ${id}.`, { id });

/** By id; the ones that are missing are missing in the map. */
export const findMany = async <K extends Kind>(
  { catalog }: Needs,
  organization: string,
  kind: K,
  ids: Iterable<string>,
): Promise<ReadonlyMap<string, Of<K>>> => {
  const wanted = [...new Set(ids)];
  const load = neverChanges[kind] ? catalog.loadUnchanging : catalog.loadMany;
  const entries = wanted.length === 0 ? [] : await load(organization, storedKind(kind), wanted);
  return new Map(entries.map((entry) => [entry.id, read(kind, entry)]));
};

export const find = async <K extends Kind>(
  world: Needs,
  organization: string,
  kind: K,
  id: string,
): Promise<Of<K> | Refusal> =>
  (await findMany(world, organization, kind, [id])).get(id) ?? notFound(kind, id);

/** By id or by a unique value; an id wins. */
export const findByRef = async <K extends Kind>(
  world: Needs,
  organization: string,
  kind: K,
  ref: { readonly id?: string | undefined; readonly [name: string]: string | undefined },
): Promise<Of<K> | Refusal> => {
  const { id, ...unique } = ref;
  if (id !== undefined) return find(world, organization, kind, id);
  const [[name, value] = []] = Object.entries(unique);
  const entry =
    name === undefined || value === undefined
      ? undefined
      : await world.catalog.byUnique(organization, storedKind(kind), name, value);
  return entry === undefined ? notFound(kind, value ?? '') : read(kind, entry);
};

/** Every entry of a kind, in order of creation, a batch of reads at a time. */
export async function* all<K extends Kind>(
  world: Needs,
  organization: string,
  kind: K,
  order: ListOrder,
): AsyncGenerator<Of<K>> {
  const ids = world.catalog.idsOf(organization, storedKind(kind), order);
  for await (const batch of inBatches(ids)) {
    const found = await findMany(world, organization, kind, batch);
    for (const id of batch) {
      const entry = found.get(id);
      if (entry !== undefined) yield entry;
    }
  }
}
