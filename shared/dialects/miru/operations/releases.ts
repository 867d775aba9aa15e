// Releases: the schemas that a version of a robot's software needs an instance of.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import { createEntry } from '#engine/create-entry';
import type { World } from '#engine/ports';
import { all, find, findByRef, findMany, notFound, type Of, read, storedKind } from '../catalog.ts';
import { collisionOf } from '../filepath.ts';
import { expandReleases, only } from './expand.ts';
import { among, orderOf, pageOfItems, tellList } from './lists.ts';
import type { CallOf, Operations } from './types.ts';

const kind = 'release';
type Create = CallOf<'POST /beta/releases'>;

/** Two schemas of one release must not write the same file: no deployment of it could ever be right. */
const refuseSchemas = (
  ids: readonly string[],
  found: ReadonlyMap<string, Of<'config_schema'>>,
): Refusal | undefined => {
  const missing = ids.find((id) => !found.has(id));
  if (missing !== undefined) return notFound('config_schema', missing);
  const collision = collisionOf(ids.map((id) => found.get(id)?.body.filepath ?? ''));
  return (
    collision &&
    refuse(
      'invalid',
      `config_schema_ids: two schemas write the same place on a device: ${collision.join(' and ')}.`,
      {
        field: 'config_schema_ids',
        paths: collision,
      },
    )
  );
};

const create = async (world: World, call: Create): Promise<Of<'release'> | Refusal> => {
  const { organization } = call.principal;
  const { version, config_schema_ids: schemaIds, git_commit_ref } = call.body;
  if (new Set(schemaIds).size < schemaIds.length)
    return refuse('invalid', 'config_schema_ids: the same schema is named twice.', {
      field: 'config_schema_ids',
    });
  const refused = refuseSchemas(schemaIds, await findMany(world, organization, 'config_schema', schemaIds));
  if (refused !== undefined) return refused;
  const commit = git_commit_ref && (await findByRef(world, organization, 'git_commit', git_commit_ref));
  if (isRefusal(commit)) return commit;
  const entry = await createEntry(world)({
    organization,
    kind: storedKind(kind),
    ids: call.ids,
    body: { version, schemaIds, gitCommitId: commit?.id ?? null },
    unique: { version },
    request: call.request,
  });
  return isRefusal(entry) ? entry : read(kind, entry);
};

export const releases: Operations<'POST /beta/releases' | 'GET /beta/releases' | 'GET /beta/releases/{id}'> =
  {
    'POST /beta/releases': (world) => async (call) => {
      const release = await create(world, call);
      if (isRefusal(release)) return release;
      return {
        body: only(await expandReleases(world, call.principal.organization, [release], call.query.expand)),
      };
    },

    'GET /beta/releases':
      (world) =>
      async ({ principal: { organization }, query }) => {
        const paged = await pageOfItems(
          all(world, organization, kind, orderOf(query)),
          query,
          ({ id, body }) => among(query.id, id) && among(query.version, body.version),
        );
        return {
          body: tellList(paged, query, await expandReleases(world, organization, paged.items, query.expand)),
        };
      },

    'GET /beta/releases/{id}':
      (world) =>
      async ({ principal: { organization }, params, query }) => {
        const release = await find(world, organization, kind, params.id ?? '');
        if (isRefusal(release)) return release;
        return { body: only(await expandReleases(world, organization, [release], query.expand)) };
      },
  };
