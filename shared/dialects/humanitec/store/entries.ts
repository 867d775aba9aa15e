// Entries of the catalog, typed by kind, and where they lie: below their owner's uid, which is never given twice.
import { isRefusal, type Refusal } from '#domain/refusal';
import { inBatches } from '#engine/in-batches';
import type { Entry, ListOrder, SaveEntry, World } from '#engine/ports';
import { type Body, bodies, type Kind } from './kinds.ts';

type Needs = Pick<World, 'catalog'>;

/** Where entries of a kind lie. What is the organization's own has no owner. */
export interface Place<K extends Kind> {
  readonly organization: string;
  readonly kind: K;
  readonly owner?: string;
}

export interface Of<K extends Kind> extends Omit<Entry, 'body' | 'kind'> {
  readonly place: Place<K>;
  readonly body: Body<K>;
  /** Digest of the request that made it, which the engine keeps in the body to know a repeat. */
  readonly request: unknown;
}

export const storedKind = ({ kind, owner }: Pick<Place<Kind>, 'kind' | 'owner'>): string =>
  owner === undefined ? `humanitec_${kind}` : `humanitec_${kind}@${owner}`;

export const read = <K extends Kind>(place: Place<K>, { kind: _, body, ...entry }: Entry): Of<K> => ({
  ...entry,
  place,
  body: bodies[place.kind].parse(body) as Body<K>,
  request: body.request,
});

const entryOf = <K extends Kind>({ place, request, body, ...entry }: Of<K>): Entry => ({
  ...entry,
  kind: storedKind(place),
  body: { request, ...body },
});

export const newEntry = <K extends Kind>(
  place: Place<K>,
  id: string,
  body: Body<K>,
  createdAt: number,
): Of<K> => ({
  place,
  id,
  organization: place.organization,
  createdAt,
  updatedAt: createdAt,
  version: 1,
  body,
  request: undefined,
  unique: {},
});

export const load = async <K extends Kind>(
  { catalog }: Needs,
  place: Place<K>,
  id: string,
): Promise<Of<K> | undefined> => {
  const entry = await catalog.load(place.organization, storedKind(place), id);
  return entry && read(place, entry);
};

export const loadMany = async <K extends Kind>(
  { catalog }: Needs,
  place: Place<K>,
  ids: Iterable<string>,
): Promise<ReadonlyMap<string, Of<K>>> => {
  const wanted = [...new Set(ids)];
  const entries =
    wanted.length === 0 ? [] : await catalog.loadMany(place.organization, storedKind(place), wanted);
  return new Map(entries.map((entry) => [entry.id, read(place, entry)]));
};

export const save = <K extends Kind>({ catalog }: Needs, entry: Of<K>): Promise<SaveEntry> =>
  catalog.save(entryOf(entry));

/** True also when it was gone already; false when it has changed since it was read. */
export const remove = <K extends Kind>({ catalog }: Needs, entry: Of<K>): Promise<boolean> =>
  catalog.remove(entryOf(entry));

/** Every entry in order of creation, a batch of reads at a time. */
export async function* all<K extends Kind>(
  world: Needs,
  place: Place<K>,
  order: ListOrder = 'oldest first',
): AsyncGenerator<Of<K>> {
  const ids = world.catalog.idsOf(place.organization, storedKind(place), order);
  for await (const batch of inBatches(ids)) {
    const found = await loadMany(world, place, batch);
    for (const id of batch) {
      const entry = found.get(id);
      if (entry !== undefined) yield entry;
    }
  }
}

/** Decides on what is there and saves that, until nobody was faster. Undefined: there is no such entry. */
export const revise =
  (world: Pick<World, 'catalog' | 'clock'>) =>
  async <K extends Kind>(
    place: Place<K>,
    id: string,
    change: (entry: Of<K>) => Promise<Body<K> | Refusal> | Body<K> | Refusal,
  ): Promise<Of<K> | Refusal | undefined> => {
    for (;;) {
      const entry = await load(world, place, id);
      if (entry === undefined) return undefined;
      const body = await change(entry);
      if (isRefusal(body)) return body;
      const next = { ...entry, body, updatedAt: world.clock.now(), version: entry.version + 1 };
      if ((await save(world, next)).saved) return next;
    }
  };
