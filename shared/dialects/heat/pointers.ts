// Pointers: which deployments belong to a server, a project or a config. Each is written before what it points to and removed
// after it, so that one that points to nothing is never seen.
import { createHash } from 'node:crypto';
import type { Entry, World } from '#engine/ports';

/** Server ids are any text: a kind is made of their digest. */
export const serverHash = (serverId: unknown): string =>
  createHash('sha256').update(String(serverId)).digest('hex').slice(0, 40);

const pointerKinds = {
  /** Deployments to a server: their ids, and where they are another tenant's, whose. */
  ofServer: (serverId: unknown) => `heat_at_${serverHash(serverId)}`,
  /** Deployments of other tenants that this one sees. */
  shared: () => 'heat_shared',
  /** Deployments that use a config. */
  ofConfig: (configId: unknown) => `heat_use_${String(configId)}`,
} as const;

export interface Pointer {
  readonly organization: string;
  readonly kind: string;
  readonly id: string;
  readonly owner: string;
}

const at = '@';

export const serverPointer = (viewer: string, owner: string, serverId: unknown, id: string): Pointer => ({
  organization: viewer,
  kind: pointerKinds.ofServer(serverId),
  id: viewer === owner ? id : `${id}${at}${owner}`,
  owner,
});

export const sharedPointer = (viewer: string, owner: string, id: string): Pointer => ({
  organization: viewer,
  kind: pointerKinds.shared(),
  id,
  owner,
});

export const usePointer = (owner: string, configId: string, id: string): Pointer => ({
  organization: owner,
  kind: pointerKinds.ofConfig(configId),
  id,
  owner,
});

export const savePointer = async (
  { catalog }: Pick<World, 'catalog'>,
  { organization, kind, id, owner }: Pointer,
  createdAt: number,
): Promise<void> => {
  const times = { createdAt, updatedAt: createdAt, version: 1 };
  await catalog.save({ organization, kind, id, ...times, body: { owner }, unique: {} });
};

/** A deployment by whose it is. */
export interface Ref {
  readonly owner: string;
  readonly id: string;
}

export async function* refsOfServer(
  { catalog }: Pick<World, 'catalog'>,
  viewer: string,
  serverId: string,
): AsyncGenerator<Ref> {
  for await (const text of catalog.idsOf(viewer, pointerKinds.ofServer(serverId), 'oldest first')) {
    const cut = text.indexOf(at);
    yield cut === -1 ? { owner: viewer, id: text } : { owner: text.slice(cut + 1), id: text.slice(0, cut) };
  }
}

export const idsUsing = (
  { catalog }: Pick<World, 'catalog'>,
  owner: string,
  configId: string,
): AsyncIterable<string> => catalog.idsOf(owner, pointerKinds.ofConfig(configId), 'newest first');

const ownerOf = ({ body }: Entry): string => String(body.owner);

export const sharedRef = async (
  { catalog }: Pick<World, 'catalog'>,
  viewer: string,
  id: string,
): Promise<Ref | undefined> => {
  const entry = await catalog.load(viewer, pointerKinds.shared(), id);
  return entry && { owner: ownerOf(entry), id };
};

export const sharedIds = ({ catalog }: Pick<World, 'catalog'>, viewer: string): AsyncIterable<string> =>
  catalog.idsOf(viewer, pointerKinds.shared(), 'oldest first');

export const sharedRefs = async (
  { catalog }: Pick<World, 'catalog'>,
  viewer: string,
  ids: readonly string[],
): Promise<readonly Ref[]> => {
  const entries = new Map(
    (await catalog.loadMany(viewer, pointerKinds.shared(), ids)).map((entry) => [entry.id, entry]),
  );
  return ids.flatMap((id) => {
    const entry = entries.get(id);
    return entry === undefined ? [] : { owner: ownerOf(entry), id };
  });
};
